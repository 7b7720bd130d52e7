"""What migrations do to large tables while the site goes on serving: docs/decisions.md has the rules."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddIndex, RemoveIndex
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class _Meanwhile:
    """Does beside those who write what `plain` would do while they wait; SQLite knows but the plain way."""

    plain: type[Operation]

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        else:
            self.plain.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
        else:
            self.plain.database_backwards(self, app_label, schema_editor, from_state, to_state)


class AddIndexMeanwhile(_Meanwhile, AddIndexConcurrently):
    """An index of a large table. Its migration has `atomic = False`."""

    plain = AddIndex


class RemoveIndexMeanwhile(_Meanwhile, RemoveIndexConcurrently):
    """The same for one that goes: nobody waits for it, nor for whom it waits."""

    plain = RemoveIndex
