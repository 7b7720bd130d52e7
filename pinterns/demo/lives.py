"""What becomes of an application in the demo: the transitions that it goes through, and when.

A life is a list of actions of applications/workflow.py. The first 80 live theirs through the services; those of the
bulk are written as rows, whose statuses follow from the same table.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from applications import workflow
from applications.workflow import Actor, Status
from pinterns.demo.season import ZONE

LIVES: dict[str, list[str]] = {
    "draft": [],
    "submitted": ["submit"],
    "changed": ["submit", "change"],
    "withdrawn": ["submit", "withdraw"],
    "sent again": ["submit", "withdraw", "submit"],
    "in review": ["submit", "review"],
    "interview": ["submit", "review", "interview"],
    "withdrawn late": ["submit", "review", "interview", "withdraw"],
    "waitlisted": ["submit", "review", "waitlist"],
    "rejected": ["submit", "review", "reject"],
    "rejected after interview": ["submit", "review", "interview", "reject"],
    "rejected after waiting": ["submit", "review", "waitlist", "reject"],
    "taken up again": ["submit", "review", "reject", "return"],
    "offer": ["submit", "review", "interview", "offer"],
    "accepted": ["submit", "review", "interview", "offer", "accept"],
    "accepted after waiting": ["submit", "review", "interview", "waitlist", "offer", "accept"],
    "declined": ["submit", "review", "interview", "offer", "decline"],
    "lapsed": ["submit", "review", "interview", "offer", "lapse"],
}
# Days since the action before, from and to. A lapse comes when the offer's last day is over.
GAPS = {
    "change": (0.1, 2),
    "withdraw": (0.5, 3),
    "submit": (0.2, 1),
    "review": (1, 4),
    "interview": (2, 5),
    "waitlist": (2, 5),
    "offer": (3, 6),
    "reject": (1, 6),
    "return": (0.5, 2),
    "accept": (0.3, 4),
    "decline": (0.3, 4),
}
DAYS_TO_ANSWER = 10
DAYS_TO_INTERVIEW = 5
# An offer that stands must have days left, so its life ends shortly before now.
ENDS_WITHIN = timedelta(days=4)
WORK_BEGINS, WORK_ENDS = 9, 18  # o'clock, Pacific time
LONGEST_DRAFT = timedelta(days=3)  # from the first save to the sending


@dataclass(frozen=True)
class Step:
    """One transition and its time."""

    action: str
    source: Status
    target: Status
    at: datetime


@dataclass(frozen=True)
class Life:
    """`begun_at` is when the draft was first saved."""

    begun_at: datetime
    steps: list[Step]

    @property
    def status(self) -> Status:
        return self.steps[-1].target if self.steps else Status.DRAFT

    @property
    def since(self) -> datetime:
        return self.steps[-1].at if self.steps else self.begun_at


def live(name: str, *, opens_at: datetime, closes_at: datetime, at: datetime, rng: Random) -> Life:
    """The life of that name in a window with these times, as far as it has come `at` that moment."""
    actions = LIVES[name]
    latest = min(closes_at, at) - timedelta(minutes=10)
    if not actions:
        return Life(_between(opens_at, latest, rng), [])
    gaps = [timedelta(0), *(_gap(action, rng) for action in actions[1:])]
    whole = sum(gaps, timedelta(0))
    room = at - opens_at - timedelta(hours=2)
    if whole > room:  # the window has not run for so long: everything goes faster
        gaps, whole = [gap * (room / whole) for gap in gaps], room
    last_start = min(latest, at - timedelta(minutes=1) - whole)
    if actions[-1] in ("change", "submit"):  # what candidates send, they send before closing
        last_start = min(last_start, closes_at - whole - timedelta(minutes=10))
    first_start = opens_at + timedelta(hours=1)
    if name == "offer":
        first_start = max(first_start, last_start - ENDS_WITHIN)
    sent_at = _between(first_start, last_start, rng)
    begun_at = _between(max(opens_at, sent_at - LONGEST_DRAFT), sent_at, rng)
    return Life(begun_at, list(_steps(actions, gaps, sent_at)))


def _steps(actions: list[str], gaps: list[timedelta], moment: datetime) -> Iterator[Step]:
    status = Status.DRAFT
    for action, gap in zip(actions, gaps, strict=True):
        row = workflow.transition(action)
        if status not in row.sources:
            raise ValueError(f"The workflow has no “{action}” from “{status}”.")
        earlier, moment = moment, moment + gap
        if row.actor == Actor.RECRUITER:
            moment = _at_work(moment, after=earlier)
        yield Step(action, status, row.target, moment)
        status = row.target


def _gap(action: str, rng: Random) -> timedelta:
    if action == "lapse":
        return timedelta(days=DAYS_TO_ANSWER + 2)  # the last day is over in every time zone
    return timedelta(days=rng.uniform(*GAPS[action]))


def _at_work(moment: datetime, *, after: datetime) -> datetime:
    """The moment itself if recruiters are at work then, else one in the last working hours before, if those are late enough."""
    local = moment.astimezone(ZONE)
    if local.hour < WORK_BEGINS:
        local -= timedelta(days=1)
    local -= timedelta(days=max(0, local.weekday() - 4))
    if not WORK_BEGINS <= local.hour < WORK_ENDS:
        local = local.replace(hour=WORK_BEGINS + local.hour % (WORK_ENDS - WORK_BEGINS))
    at_work = local.astimezone(UTC)
    return at_work if after + timedelta(minutes=30) < at_work <= moment else moment


def _between(first: datetime, last: datetime, rng: Random) -> datetime:
    return first + (last - first) * rng.random() if last > first else first
