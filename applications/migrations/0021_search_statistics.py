"""What PostgreSQL is to know of the texts that are searched, so that it does not take a rare name for a frequent one.

It compares what is searched with a sample of its own, of a hundred by default. Whatever was found among those seemed to be in a
hundredth of all rows, and was looked for from the newest on instead of in the index: a search among 100,000 read half of them.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_OF_INDEX = "ALTER INDEX IF EXISTS application_by_search_text ALTER COLUMN 1 SET STATISTICS"


def larger_sample(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"{_OF_INDEX} 500")


def usual_sample(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"{_OF_INDEX} -1")


class Migration(migrations.Migration):
    dependencies = [("applications", "0020_pages_wanted")]

    operations = [migrations.RunPython(larger_sample, usual_sample)]
