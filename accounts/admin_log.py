"""Django's log of who changed what in the admin, without the names of those whose rows they are."""

from collections.abc import Iterable

from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.http import HttpRequest


class NamelessLogMixin:
    """For a ModelAdmin whose rows are called by a name or an address: the log keeps their keys, since its own rows outlive
    them.
    """

    def log_addition(self, request: HttpRequest, obj: Model, message: object) -> LogEntry:
        return _nameless(super().log_addition(request, obj, message))

    def log_change(self, request: HttpRequest, obj: Model, message: object) -> LogEntry:
        return _nameless(super().log_change(request, obj, message))

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Model]) -> list[LogEntry]:
        return [_nameless(entry) for entry in super().log_deletions(request, queryset)]


def _nameless(entry: LogEntry) -> LogEntry:
    entry.object_repr = f"{entry.content_type.name} {entry.object_id}"
    entry.save(update_fields=["object_repr"])
    return entry
