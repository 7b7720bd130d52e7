"""Until when an application is kept. After that day it is made anonymous; a draft that was never sent is deleted."""

import calendar
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from applications.models import Application
from applications.workflow import LIVE, Status
from programs.models import Retention, longest

# Nothing asks to keep what was never sent: its writer has half a year to come back to it.
DRAFT_MONTHS = 6


def kept_until(application: Application, months: dict[str, int]) -> date | None:
    """The last day on which it is kept, in its window's zone; None while it is live, or anonymous already.

    For what was sent the time begins with the last change of its status, or with the day on which decisions were
    promised where that is later; it is the longest among the countries of the offices that were chosen. For a draft it
    begins when the window closes. `months` are Retention's, by country. Reads office_choices with their offices.
    """
    window = application.window
    if application.anonymised_at or application.status in LIVE:
        return None
    if application.status == Status.DRAFT:
        return months_later(window.closes_at.astimezone(window.zone).date(), DRAFT_MONTHS)
    began = max(application.status_since.astimezone(window.zone).date(), window.decide_by)
    countries = (str(choice.office.country) for choice in application.office_choices.all())
    return months_later(began, longest(countries, months))


def due(*, at: datetime) -> QuerySet[Application]:
    """Those whose time may be over at the instant `at`: kept_until() says of each whether it is."""
    shortest = min([*Retention.objects.months_by_country().values(), longest([], {})])
    # A day more than any zone is ahead of ours: what is passed over today is found tomorrow.
    before = at + timedelta(days=1)
    ended = months_later(before.date(), -shortest)
    left = months_later(before.date(), -DRAFT_MONTHS)
    sent = ~Q(status__in=[*LIVE, Status.DRAFT]) & Q(status_since__date__lte=ended, window__decide_by__lte=ended)
    draft = Q(status=Status.DRAFT, window__closes_at__date__lte=left)
    rows = Application.objects.filter(sent | draft, anonymised_at=None).select_related("window__program")
    return rows.prefetch_related("office_choices__office").order_by("pk")


def is_over(application: Application, months: dict[str, int], at: datetime) -> bool:
    """Whether the last day on which it is kept has ended at the instant `at`."""
    last = kept_until(application, months)
    return last is not None and at.astimezone(application.window.zone).date() > last


def months_later(day: date, months: int) -> date:
    """The same day so many months later (earlier, when negative), or the last day of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
