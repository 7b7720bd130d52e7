"""What the admin's first page tells: the windows that run, and where the applications of each program stand.

The number of queries is the same however many windows and applications there are.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from applications.models import Application
from applications.workflow import Status
from letters.models import Letter
from programs.models import Program, Window

SHOWN = [status for status in Status if status != Status.DRAFT]


@dataclass(frozen=True)
class Running:
    """A window that runs or comes: `days` are the whole days until it closes, or opens when it is scheduled."""

    window: Window
    state: Window.State
    days: int


@dataclass(frozen=True)
class Funnel:
    """How many applications of a program have each status; a status that nobody has is left out."""

    program: Program
    counts: list[tuple[Status, str, int]]
    total: int


def overview(user: User, *, at: datetime | None = None) -> dict:
    """The figures of the programs that `user` runs; none for others."""
    at = at or timezone.now()
    programs = list(Program.objects.run_by(user))
    windows = list(Window.objects.filter(program__in=programs).order_by("closes_at"))
    for window in windows:
        window.program = next(program for program in programs if program.pk == window.program_id)
    return {
        "running": [_running(window, at) for window in windows if window.closes_at > at],
        "funnels": _funnels(programs, windows),
        "letters": Letter.objects.backlog() if user.is_superuser else None,
        "runs_nothing": not programs,
    }


def _running(window: Window, at: datetime) -> Running:
    state = window.state(at)
    until = window.opens_at if state == Window.State.SCHEDULED else window.closes_at
    return Running(window, state, (until - at).days)


def _funnels(programs: list[Program], windows: list[Window]) -> list[Funnel]:
    """Counted by window, along an index, and added up by program here."""
    program_of = {window.pk: window.program_id for window in windows}
    rows = Application.objects.sent().filter(window__in=windows).order_by().values("window", "status")
    counts: Counter[tuple[int, str]] = Counter()
    for row in rows.annotate(number=Count("pk")):
        counts[program_of[row["window"]], row["status"]] += row["number"]
    return [
        Funnel(
            program,
            [(status, status.label, counts[program.pk, status]) for status in SHOWN if counts[program.pk, status]],
            sum(counts[program.pk, status] for status in SHOWN),
        )
        for program in programs
    ]
