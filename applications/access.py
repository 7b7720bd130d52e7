"""The log of who opened whose application. Staff's pages, files and downloads write it; administrators read it."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from applications.models import Access

# As long as an application is usually kept; with the person it goes earlier.
KEPT = timedelta(days=730)


def record_access(*, by: User, application_id: int, what: Access.What, at: datetime | None = None) -> None:
    """Notes that `by` opened `what` of an application; once for each quarter of an hour. at: when (aware; now).

    It is written while answering GET: a log of the look, which changes nothing that anybody looks at. One INSERT, in
    which the database itself passes over what is noted already.
    """
    at = at or timezone.now()
    row = Access(by=by, application_id=application_id, what=what, at=at, quarter=_quarter(at))
    Access.objects.bulk_create([row], ignore_conflicts=True)


def record_export(*, by: User, rows: int, at: datetime | None = None) -> None:
    """Notes that `by` took so many rows about candidates out as a table. at: when (aware; now)."""
    at = at or timezone.now()
    Access.objects.create(by=by, what=Access.What.EXPORT, rows=rows, at=at, quarter=_quarter(at))


def forget_old_accesses(*, at: datetime | None = None) -> int:
    """Deletes what was noted longer ago than KEPT, and returns how many rows. at: the time to go by (aware; now)."""
    deleted, _by_model = Access.objects.filter(at__lt=(at or timezone.now()) - KEPT).delete()
    return deleted


def _quarter(at: datetime) -> datetime:
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
