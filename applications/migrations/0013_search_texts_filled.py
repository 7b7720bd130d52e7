"""The texts of what was sent before there was such a column, a batch at a time; then the index that finds them."""

import logging

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import OuterRef, Subquery, TextField, Value
from django.db.models.functions import Concat
from django.db.utils import ProgrammingError

logger = logging.getLogger(__name__)

BATCH = 5_000  # rows
INDEX = "application_by_search_text"


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    Application = apps.get_model("applications", "Application")
    User = apps.get_model("accounts", "User")
    email = Subquery(User.objects.filter(pk=OuterRef("candidate")).values("email"))  # none is nothing to Concat
    space = Value(" ")
    text = Concat(space, "full_name", space, email, space, "reference", space, output_field=TextField())
    empty = Application.objects.filter(submitted_at__isnull=False, search_text="")
    last = 0
    while keys := list(empty.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        last = keys[-1]
        empty.filter(pk__gte=keys[0], pk__lte=last).update(search_text=text)


def index(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """PostgreSQL's alone. Without the right to install pg_trgm the site goes on, and a search reads all rows."""
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except ProgrammingError as error:
        logger.warning("The search stays slow, see “The search” in docs/operations.md: %s", error)
        return
    schema_editor.execute(
        f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {INDEX} ON applications_application"
        " USING gin (UPPER(search_text) gin_trgm_ops)"
    )


def no_index(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("applications", "0012_search_text"), ("accounts", "0003_sessions")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(index, no_index),
    ]
