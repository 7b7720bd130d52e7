"""Says which migrations could stop the site that still runs the code of before: `make check`, where TEST_POSTGRES_URL names
a PostgreSQL server.

django-migration-linter reads the SQL of each migration. It is PostgreSQL's that matters: there somebody goes on serving
meanwhile, while SQLite's tables are copied for nearly every change, which it takes for many that they are not.
Nothing is written to the server. The rules, and what was measured, are in docs/decisions.md.
"""

import os
import sys

APPS = {"accounts", "letters", "programs", "applications", "reviews", "pinterns"}
# Released before there was a linter; every site has them by now. Nothing is added here without its reason.
RELEASED = {
    ("applications", "0005_draft_version"),  # NOT NULL without a default in the database
    ("letters", "0003_unsubscribe_url"),  # the same
    ("programs", "0002_publishing_and_reviews"),  # the same
    ("programs", "0004_program_changed_at"),  # the same
}


def main() -> int:
    """Prints what is wrong; how many migrations are not safe."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()

    from django_migration_linter import MigrationLinter

    linter = MigrationLinter(no_cache=True, quiet=["ignore", "ok"])
    for key, migration in sorted(linter.migration_loader.disk_migrations.items()):
        if migration.app_label in APPS and key not in RELEASED:
            linter.lint_migration(migration)
    print(f"{linter.nb_valid} safe, {linter.nb_warnings} with a warning, {linter.nb_erroneous} not safe")
    return linter.nb_erroneous


if __name__ == "__main__":
    sys.exit(min(main(), 1))
