"""The landing page of the windows: every season on one time axis, and beside each window what can be done to it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from babel.dates import format_date
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from programs.admin.pages import page
from programs.admin.window_pages import Deed, possible
from programs.models import Window

State = Window.State
# The deeds that are one click away; the others are on the window's page.
AT_HAND = ("publish", "open", "close", "extend", "resize")
# A season whose last decision was promised longer ago is folded away.
EARLIER = timedelta(days=90)
# A promise further than this from its season's closings would squeeze the bars: its mark stands at the edge.
LONGEST_WAIT = timedelta(days=366)
MOST_MONTHS, MOST_WEEKS = 10, 40  # how many of them can be told apart on an axis


@dataclass(frozen=True)
class Mark:
    """A line across the axis: `x` is its place as SVG takes it, `label` what stands above it."""

    x: str
    label: str = ""


@dataclass(frozen=True)
class Axis:
    """A stretch of time, drawn as wide as there is room."""

    start: datetime
    end: datetime

    def share(self, at: datetime) -> float:
        """Where `at` lies, in percent; what lies outside is moved to the nearer end."""
        return min(max((at - self.start) / (self.end - self.start) * 100, 0.0), 100.0)

    def place(self, at: datetime) -> str:
        return _percent(self.share(at))

    def has(self, at: datetime) -> bool:
        return self.start <= at <= self.end

    @property
    def months(self) -> list[Mark]:
        """The first days of months, as many as can be told apart."""
        first = self.start.date().replace(day=1)
        begins = [day for day in _months(first, self.end.date()) if self.has(_midnight(day))]
        step = -(-len(begins) // MOST_MONTHS) or 1
        locale = to_locale(get_language() or "en")
        shown = begins[::step]
        return [
            Mark(self.place(_midnight(day)), format_date(day, _pattern(day, shown[0]), locale=locale)) for day in shown
        ]

    @property
    def weeks(self) -> list[Mark]:
        """Mondays, unless there are too many."""
        monday = self.start.date() + timedelta(days=-self.start.weekday() % 7)
        number = (self.end.date() - monday).days // 7 + 1
        if number > MOST_WEEKS:
            return []
        return [Mark(self.place(_midnight(monday + timedelta(weeks=week)))) for week in range(number)]


@dataclass(frozen=True)
class Row:
    """One window: `days` are the whole days until it closes, or opens when it is scheduled; else None.

    The rest says where its bar is drawn: `full` is the share of the bar that is taken, "" where there is no limit.
    """

    window: Window
    state: State
    days: int | None
    deeds: list[Deed]
    x: str
    width: str
    full: str
    decision_x: str
    has_room: bool


@dataclass(frozen=True)
class Season:
    """The windows of one season, by program. `today` is empty where the axis does not reach it."""

    name: str
    axis: Axis
    today: str
    rows: list[Row]
    drafts: int
    is_earlier: bool


def timeline(windows: Iterable[Window], *, at: datetime, may_change: bool) -> list[Season]:
    """The seasons of `windows`: first those that run, then those that come, the next one first, then the latest past."""
    by_season = defaultdict(list)
    for window in windows:
        by_season[window.season].append(window)
    return sorted((_season(name, found, at, may_change) for name, found in by_season.items()), key=_order)


def _order(season: Season) -> tuple[int, float]:
    states = {row.state for row in season.rows}
    start = season.axis.start.timestamp()
    if states & {State.OPEN, State.FULL}:
        return 0, -start
    return (1, start) if states & {State.SCHEDULED, State.DRAFT} else (2, -start)


def _season(name: str, windows: list[Window], at: datetime, may_change: bool) -> Season:
    axis = _axis(windows, at)
    rows = [_row(window, axis, at, may_change) for window in windows]
    return Season(
        name=name,
        axis=axis,
        today=axis.place(at) if axis.has(at) else "",
        rows=rows,
        drafts=sum(row.state == State.DRAFT for row in rows),
        is_earlier=all(row.state == State.CLOSED and _promised(row.window) + EARLIER < at for row in rows),
    )


def _axis(windows: list[Window], at: datetime) -> Axis:
    """From the first opening to the last promise, with some room; today as well where it is near."""
    last = max(window.closes_at for window in windows)
    start = min(window.opens_at for window in windows)
    end = min(max(last, *(_promised(window) for window in windows)), last + LONGEST_WAIT)
    near = timedelta(days=35)
    if start - near <= at <= end + near:
        start, end = min(start, at), max(end, at)
    room = max((end - start) / 40, timedelta(days=1))
    return Axis((start - room).astimezone(UTC), (end + room).astimezone(UTC))


def _row(window: Window, axis: Axis, at: datetime, may_change: bool) -> Row:
    state = window.state(at)
    until = {State.SCHEDULED: window.opens_at, State.OPEN: window.closes_at, State.FULL: window.closes_at}.get(state)
    start = axis.share(window.opens_at)
    width = max(axis.share(window.closes_at) - start, 0.5)  # one of an hour is still seen
    return Row(
        window=window,
        state=state,
        days=(until - at).days if until else None,
        deeds=[deed for deed in possible(window, at) if deed.name in AT_HAND] if may_change else [],
        x=_percent(start),
        width=_percent(width),
        full=_percent(window.taken / window.capacity * 100) if window.capacity else "",
        decision_x=axis.place(_promised(window)),
        has_room=width >= 24,
    )


def _promised(window: Window) -> datetime:
    """Noon of the promised day, where the window is announced."""
    return datetime.combine(window.decide_by, time(12), tzinfo=window.zone)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def _months(first: date, last: date) -> Iterable[date]:
    while first <= last:
        yield first
        first = (first + timedelta(days=32)).replace(day=1)


def _pattern(day: date, first: date) -> str:
    """The year stands where it begins, and at the first month."""
    return "MMM y" if day.month == 1 or day == first else "MMM"


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def timeline_page(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """All windows of the programs that the reader runs."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    rows = model_admin.get_queryset(request).select_related("program")
    windows = list(rows.order_by("program__position", "program__name", "opens_at"))
    may_change = model_admin.has_change_permission(request)
    seasons = timeline(windows, at=timezone.now(), may_change=may_change)
    context = {
        "title": _("Windows"),
        "windows": windows,
        "seasons": [season for season in seasons if not season.is_earlier],
        "earlier": [season for season in seasons if season.is_earlier],
        "may_change": may_change,
        "may_add": model_admin.has_add_permission(request),
    }
    return page(model_admin, request, "admin/programs/window/timeline.html", **context)
