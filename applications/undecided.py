"""What waits for a decision: the count beside a window's promise, and the list's filter."""

from collections.abc import Iterable

from django.db.models import Count

from applications.models import Application
from applications.workflow import Status
from programs.models import Window

UNDECIDED = [Status.SUBMITTED, Status.IN_REVIEW, Status.INTERVIEW, Status.WAITLISTED]


def undecided_in(windows: Iterable[Window]) -> dict[int, int]:
    """How many applications wait for a decision, by the id of the window; windows without any are left out."""
    waiting = Application.objects.filter(window__in=windows, status__in=UNDECIDED)
    return dict(waiting.order_by().values_list("window").annotate(number=Count("pk")))
