"""Rows that recruiters keep in a list of a program: what is in use is retired instead of deleted, and lists have an order."""

from datetime import datetime

from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet
from django.utils import timezone

from programs.models import Program


def remove_listed(*, row: Model, at: datetime | None = None) -> bool:
    """Deletes a row that nothing refers to; retires any other, so that what refers to it keeps it. True when deleted.

    at: the instant that is written down (aware; now).
    """
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError:
        row.retired_at = at or timezone.now()
        row.save(update_fields=["retired_at"])
        return False
    return True


@transaction.atomic
def move_listed(*, row: Model, rows: QuerySet, up: bool) -> None:
    """Moves a row one place up or down among `rows`, those of its program in order; at their end it stays where it is.

    All of them are numbered anew, so that rows which shared a position get one each. A retired row has no place.
    """
    Program.objects.select_for_update(no_key=True).get(pk=row.program_id)
    listed = list(rows.filter(program=row.program_id))
    place = next((place for place, found in enumerate(listed) if found.pk == row.pk), None)
    if place is None:
        return
    target = max(0, place - 1) if up else min(len(listed) - 1, place + 1)
    listed.insert(target, listed.pop(place))
    for position, found in enumerate(listed, start=1):
        found.position = position
    type(row).objects.bulk_update(listed, ["position"])
