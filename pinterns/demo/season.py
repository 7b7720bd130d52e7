"""The windows of the demo, placed around the day on which it is made, and the staff who run them."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import account_for, make_administrator
from programs.models import Membership, Program, Window, WindowChange
from programs.roles import grant, settle
from programs.services import extend, schedule_window
from programs.times import instant

# A track beyond the catalogue's five, four of which are open and one is scheduled: the one that is full.
EXTRA_CATALOGUE = Path(__file__).with_name("extra.toml")
ZONE = ZoneInfo("America/Los_Angeles")
OPENS, CLOSES = time(9, 0), time(23, 59)
# The reason that stands in the history of every window of the demo: by it the demo knows what it has made.
REASON = "Demo season"
YEAR = 364  # days: last season began on the same weekday


@dataclass(frozen=True)
class Plan:
    """A window: days are counted from today, in Pacific time."""

    program: str
    opens: int
    closes: int
    decides: int
    capacity: int | None = None
    last_season: bool = False


PLANS = [
    Plan("engineering", -5 - YEAR, 30 - YEAR, 75 - YEAR, last_season=True),
    Plan("data-science", -10 - YEAR, 25 - YEAR, 70 - YEAR, last_season=True),
    Plan("pin-labs", -15 - YEAR, 20 - YEAR, 65 - YEAR, last_season=True),
    Plan("data-science", -33, 8, 55),
    Plan("product-design", -30, 19, 60, capacity=6),
    Plan("engineering", -26, 33, 75),
    Plan("machine-learning", -23, 24, 70),
    Plan("pin-labs", -20, 15, 62, capacity=60),
    Plan("sales", 10, 45, 85),
]

ADMINISTRATOR = ("admin@pinterns.example", "Robin Adler")
RECRUITER = ("recruiter@pinterns.example", "Maya Lindqvist")
REVIEWERS = [
    ("reviewer-1@pinterns.example", "Tomás Ferreira"),
    ("reviewer-2@pinterns.example", "Aiko Tanabe"),
    ("reviewer-3@pinterns.example", "Samuel Oyelaran"),
]


def demo_windows() -> dict[tuple[str, str], Window]:
    """The windows that the demo has made, by program (slug) and season; empty before the first time."""
    made = WindowChange.objects.filter(action=WindowChange.Action.CREATED, reason=REASON)
    windows = Window.objects.filter(changes__in=made).select_related("program").order_by("opens_at", "pk")
    return {(window.program.slug, window.season): window for window in windows}


def make_staff() -> User:
    """The administrator, the recruiter of every program, and the reviewers; returns the recruiter."""
    email, name = ADMINISTRATOR
    settle(make_administrator(email=email, name=name))
    programs = list(Program.objects.order_by("position"))
    recruiter = _staff(*RECRUITER)
    _join(recruiter, programs, Membership.Role.RECRUITER)
    for number, reviewer in enumerate(REVIEWERS):
        # Nobody reads for all programs, and each program has two readers.
        own = [program for place, program in enumerate(programs) if place % len(REVIEWERS) != number]
        _join(_staff(*reviewer), own, Membership.Role.REVIEWER)
    return recruiter


def _staff(email: str, name: str) -> User:
    user = account_for(email=email)
    user.name = name
    user.save(update_fields=["name"])
    return user


def _join(user: User, programs: list[Program], role: Membership.Role) -> None:
    for program in programs:
        grant(user=user, program=program, role=role)


def summer(today: date) -> int:
    """The year of the summer for which windows around `today` choose: its first day is at least four months ahead."""
    return today.year + (date(today.year, 6, 1) - today < timedelta(days=120))


def start_date(window: Window) -> date:
    """The day on which the interns of a window's season begin: the first Monday of June."""
    year = re.search(r"\d{4}", window.season)
    start = date(int(year[0]) if year else window.decide_by.year, 6, 1)
    return start + timedelta(days=-start.weekday() % 7)


def planned_windows(at: datetime) -> list[tuple[Plan, Window]]:
    """The windows of PLANS around `at`, in that order and not saved yet."""
    today = at.astimezone(ZONE).date()
    programs = {program.slug: program for program in Program.objects.with_pages()}
    return [
        (
            plan,
            Window(
                program=programs[plan.program],
                season=_("Summer %(year)d") % {"year": summer(today) - plan.last_season},
                opens_at=_instant(today, plan.opens, OPENS),
                closes_at=_instant(today, plan.closes, CLOSES),
                time_zone=ZONE.key,
                capacity=plan.capacity,
                decide_by=today + timedelta(days=plan.decides),
            ),
        )
        for plan in PLANS
    ]


def schedule(windows: list[Window], *, by: User, at: datetime) -> None:
    """Saves the planned windows, each announced two weeks before it opens."""
    for window in windows:
        schedule_window(window=window, by=by, reason=REASON, at=min(at, window.opens_at) - timedelta(days=14))
    _extend_one(windows[0], by)


def _extend_one(window: Window, by: User) -> None:
    """A history that has more than one line."""
    later = window.closes_at.astimezone(ZONE).replace(tzinfo=None) + timedelta(days=2)
    window.closes_at = extend(
        window=window,
        closes_at=instant(later, ZONE),
        by=by,
        reason=_("The last day was a public holiday at several universities."),
        at=window.closes_at - timedelta(days=3),
    ).closes_at


def _instant(today: date, days: int, clock: time) -> datetime:
    return instant(datetime.combine(today + timedelta(days=days), clock), ZONE)
