"""What the admin's first page tells: what needs the reader, the windows, the funnels, and what comes in day by day.

The number of queries is the same however many windows and applications there are.
"""

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from applications.models import Application
from pinterns import charts, needs, reports
from pinterns.report_tables import Step, steps
from programs.admin.pages import list_url
from programs.admin.window_pages import Deed, possible
from programs.models import Membership, Program, Window
from programs.times import day, short_day, usual_zone, zone_name

AT_HAND = ["publish", "open", "close", "extend"]
DAYS = 30


@dataclass(frozen=True)
class Running:
    """A window that runs or comes: `days` are the whole days until it closes, or opens when it has not opened yet."""

    window: Window
    state: Window.State
    days: int
    deeds: list[Deed]


@dataclass(frozen=True)
class Funnel:
    """How far the applications to a window have come."""

    window: Window
    steps: list[Step]


@dataclass(frozen=True)
class Incoming:
    """What came in, day by day: a chart, and the same as rows of day, number and the list behind it."""

    chart: SafeString
    rows: list[tuple[str, int, str]]
    zone: str
    total: int


def overview(user: User, *, at: datetime | None = None) -> dict:
    """The figures of the programs that `user` runs, and how many reviews wait for them; nothing else."""
    at = at or timezone.now()
    programs = {program.pk: program for program in Program.objects.run_by(user)}
    windows = list(Window.objects.filter(program__in=programs).order_by("closes_at"))
    for window in windows:
        window.program = programs[window.program_id]
    reads = user.memberships.filter(role=Membership.Role.REVIEWER).exists()
    administers = user.has_perm("accounts.view_erasurerequest")
    waiting = [*(needs.of_administrator(at) if administers else []), *(needs.of_reviewer(user) if reads else [])]
    shown = {"reads": reads, "runs": bool(programs), "needs": waiting}
    if not programs:
        return shown
    return shown | {
        "needs": [*shown["needs"], *needs.of_recruiter(user, windows, at)],
        "running": [_running(window, at) for window in windows if window.closes_at > at],
        "funnels": _funnels(windows, at),
        "incoming": _incoming(windows, at),
    }


def _running(window: Window, at: datetime) -> Running:
    state = window.state(at)
    until = window.opens_at if at < window.opens_at else window.closes_at
    return Running(window, state, (until - at).days, [deed for deed in possible(window, at) if deed.name in AT_HAND])


def _funnels(windows: list[Window], at: datetime) -> list[Funnel]:
    """Those of the window of each program that opened last; what was before is in the reports."""
    opened = sorted(
        (window for window in windows if window.published and window.opens_at <= at), key=attrgetter("opens_at")
    )
    latest = list({window.program_id: window for window in opened}.values())
    counts = reports.funnel(latest)
    return [Funnel(window, steps(counts[window.pk], window=window.pk)) for window in latest if window.pk in counts]


def _incoming(windows: list[Window], at: datetime) -> Incoming:
    zone = usual_zone(windows)
    counted = reports.sent_per_day(windows, last=at.astimezone(zone).date(), days=DAYS, zone=zone)
    total, most = sum(number for _day, number in counted), max(number for _day, number in counted)
    labels = {counted[place][0] for place in (1, 8, 15, 22, 28)}
    description = _("%(total)d in %(days)d days, at most %(most)d a day. The same figures follow as a table.")
    chart = charts.columns(
        [charts.Point(day(when), number, short_day(when) if when in labels else "") for when, number in counted],
        title=_("Applications sent per day"),
        description=description % {"total": total, "days": DAYS, "most": most},
        name="incoming",
    )
    rows = [(day(when), number, list_url(Application, sent=when)) for when, number in counted[::-1]]
    return Incoming(chart, rows, zone_name(zone, at), total)
