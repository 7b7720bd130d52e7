"""A whole season at once: copied with shifted dates as windows to look over, and published together."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from programs.models import Program, Window
from programs.services import publish, schedule_window
from programs.times import instant

# 52 weeks later is the same weekday, at about the same time of the year.
YEAR_IN_WEEKS = 52


@dataclass(frozen=True)
class Copy:
    """What becomes of one window in the next season: `copy`, or in words why there is none."""

    window: Window
    copy: Window | None = None
    problem: str = ""


def next_name(season: str) -> str:
    """A name for the season after `season`: its first year raised by one; as it is where it names none."""
    return re.sub(r"\d{4}", lambda year: str(int(year[0]) + 1), season, count=1, flags=re.ASCII)


def plan_season(
    *, programs: Iterable[Program], season: str, new_season: str, weeks: int, at: datetime | None = None
) -> list[Copy]:
    """What copy_season() would make at the instant `at`: one entry for each window that `programs` have in `season`.

    Reads all windows of the programs in one query and writes nothing.
    """
    at = at or timezone.now()
    windows = defaultdict(list)
    for window in Window.objects.filter(program__in=programs).select_related("program").order_by("program"):
        windows[window.program_id].append(window)
    return [
        _plan(window, beside, new_season, weeks, at)
        for beside in windows.values()
        for window in beside
        if window.season == season
    ]


def _plan(window: Window, beside: list[Window], new_season: str, weeks: int, at: datetime) -> Copy:
    """`beside` are all windows of its program."""
    if any(other.season == new_season for other in beside):
        return Copy(window, problem=_("%(program)s has that season already.") % {"program": window.program})
    try:
        copy = _shifted(window, new_season, weeks)
        copy.clean_beside(beside)
    except ValidationError as error:
        return Copy(window, problem=f"{window}: {' '.join(error.messages)}")
    if copy.closes_at <= at:
        return Copy(window, problem=_("%(window)s: its copy would be over already.") % {"window": window})
    return Copy(window, copy)


def _shifted(window: Window, new_season: str, weeks: int) -> Window:
    """An unsaved copy whose clocks show what the old ones did, to the minute.

    Raises ValidationError for a time that clocks skip or show twice.
    """
    later = timedelta(weeks=weeks)

    def shift(at: datetime) -> datetime:
        local = at.astimezone(window.zone).replace(tzinfo=None, second=0, microsecond=0)
        return instant(local + later, window.zone)

    return Window(
        program=window.program,
        season=new_season,
        opens_at=shift(window.opens_at),
        closes_at=shift(window.closes_at),
        time_zone=window.time_zone,
        capacity=window.capacity,
        decide_by=window.decide_by + later,
        published=False,
        reviews_needed=window.reviews_needed,
        blind_reading=window.blind_reading,
    )


@transaction.atomic
def copy_season(
    *,
    programs: Iterable[Program],
    season: str,
    new_season: str,
    weeks: int,
    by: User,
    reason: str = "",
    at: datetime | None = None,
) -> list[Copy]:
    """Makes unpublished copies of the windows that `programs` have in `season`, their dates `weeks` weeks later.

    Local clock times stay what they are. Returns what was made and, in words, what was not: a program that has the new
    season, a time that does not exist then, an overlap. Doing it twice therefore makes nothing twice.
    """
    at = at or timezone.now()
    programs = list(programs)
    # The same windows are judged and made: whoever schedules another one waits for these rows.
    list(Program.objects.select_for_update().filter(pk__in=[program.pk for program in programs]).order_by("pk"))
    plan = plan_season(programs=programs, season=season, new_season=new_season, weeks=weeks, at=at)
    told = _("Copied from %(season)s, %(weeks)d weeks later. %(reason)s")
    told = (told % {"season": season, "weeks": weeks, "reason": reason}).strip()
    for entry in plan:
        if entry.copy:
            schedule_window(window=entry.copy, by=by, reason=told, at=at)
    return plan


@transaction.atomic
def publish_season(*, windows: Iterable[Window], by: User, reason: str, at: datetime | None = None) -> list[Window]:
    """Publishes all of `windows` or none. Raises ValidationError with a sentence for each that can't be."""
    at = at or timezone.now()
    published, refused = [], []
    for window in windows:
        try:
            published.append(publish(window=window, by=by, reason=reason, at=at))
        except ValidationError as error:
            refused.append(f"{window}: {' '.join(error.messages)}")
    if refused:
        raise ValidationError(refused)
    return published
