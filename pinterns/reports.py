"""The figures of the reports, for any windows: counted in the database, or from a stream of rows in bounded memory."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models import Application, OfficeChoice, StatusChange
from applications.undecided import UNDECIDED
from applications.workflow import Status
from programs.models import Membership, Window
from reviews.models import Assignment

# The stages of a funnel in their order: what each is called, and what it takes to have reached it.
STAGES = {
    Status.SUBMITTED: (_("Submitted"), _("sent at least once")),
    Status.IN_REVIEW: (_("Reviewed"), _("its review was begun")),
    Status.INTERVIEW: (_("Interview"), _("invited to an interview")),
    Status.OFFER: (_("Offer"), _("an offer was made")),
    Status.ACCEPTED: (_("Accepted"), _("the offer was accepted")),
    Status.WITHDRAWN: (_("Withdrawn"), _("withdrawn at some time, whatever the stage")),
}

# Where an application waits for somebody; the other statuses are ends.
WAITS = [Status.SUBMITTED, Status.IN_REVIEW, Status.INTERVIEW, Status.WAITLISTED, Status.OFFER]
DAY = timedelta(days=1)
PACE = timedelta(days=7)
CHUNK = 2000  # rows


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the ordered values lie, between two of them by proportion."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def funnel(windows: Iterable[Window]) -> dict[int, Counter[str]]:
    """How many applications of each window (by id) have ever reached each of STAGES."""
    changes = StatusChange.objects.stood().filter(application__window__in=windows, to_status__in=STAGES)
    rows = changes.order_by().values_list("application__window", "to_status")
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for window, stage, number in rows.annotate(number=Count("application", distinct=True)):
        counts[window][stage] = number
    return counts


@dataclass(frozen=True)
class Stay:
    """How long applications stayed in a status. Days are those of the stays that ended, None where none has."""

    status: Status
    ended: int
    median: float | None
    ninetieth: float | None
    there_now: int


def stays(windows: Iterable[Window]) -> list[Stay]:
    """For each status in which an application waits: how long, from the change into it to the next change out of it.

    Memory: four bytes for each stay.
    """
    days: dict[str, array] = {status: array("f") for status in WAITS}
    changes = StatusChange.objects.stood().filter(application__window__in=windows)
    rows = changes.order_by("application", "at", "pk").values_list("application", "to_status", "at")
    last_application, status, since = None, "", None
    for application, to_status, at in rows.iterator(chunk_size=CHUNK):
        if application != last_application:
            last_application, status, since = application, to_status, at
        elif to_status != status:  # sending changes leaves it where it is
            if status in days:
                days[status].append((at - since) / DAY)
            status, since = to_status, at
    now = Application.objects.filter(window__in=windows, status__in=WAITS).order_by().values_list("status")
    there = dict(now.annotate(number=Count("pk")))
    return [_stay(status, sorted(days[status]), there.get(status, 0)) for status in WAITS]


def _stay(status: Status, days: list[float], there_now: int) -> Stay:
    median, ninetieth = (percentile(days, share) if days else None for share in (0.5, 0.9))
    return Stay(status, len(days), median, ninetieth, there_now)


@dataclass
class Reader:
    """What one reviewer was given, and what came of it. Means are over applications that others have read too."""

    user: User
    assigned: int = 0
    handed_in: int = 0
    waiting: int = 0
    recused: int = 0
    lately: int = 0
    days: array = field(default_factory=lambda: array("f"))
    compared: int = 0
    own_total: float = 0.0
    panel_total: float = 0.0

    @property
    def median_days(self) -> float | None:
        return percentile(sorted(self.days), 0.5) if self.days else None

    @property
    def own_mean(self) -> float | None:
        return self.own_total / self.compared if self.compared else None

    @property
    def panel_mean(self) -> float | None:
        return self.panel_total / self.compared if self.compared else None

    @property
    def leniency(self) -> float | None:
        """How far above the panel this reviewer scores; below it where negative."""
        return (self.own_total - self.panel_total) / self.compared if self.compared else None


def readers(windows: Sequence[Window], *, at: datetime) -> list[Reader]:
    """Load and pace of everybody on the panels of `windows`, or who was given something to read there, by name."""
    programs = {window.program_id for window in windows}
    panel = Q(memberships__program__in=programs, memberships__role=Membership.Role.REVIEWER)
    read = Q(pk__in=Assignment.objects.filter(application__window__in=windows).values("reviewer"))
    found = {user.pk: Reader(user) for user in User.objects.filter(panel | read).distinct().order_by("name", "pk")}
    rows = Assignment.objects.filter(application__window__in=windows).order_by()
    rows = rows.values_list(
        *("reviewer", "assigned_at", "recused_at", "review__submitted_at", "review__overall"),
        *("application__status", "application__standing__score", "application__standing__done"),
    )
    for reviewer, *facts in rows.iterator(chunk_size=CHUNK):
        if reviewer in found:  # else it was assigned after the people were read
            _count(found[reviewer], *facts, at=at)
    return list(found.values())


def _count(reader: Reader, assigned_at, recused_at, in_at, overall, status, score, done, *, at: datetime) -> None:
    if recused_at:
        reader.recused += 1
        return
    reader.assigned += 1
    if not in_at:
        reader.waiting += status in UNDECIDED
        return
    reader.handed_in += 1
    reader.lately += in_at > at - PACE
    reader.days.append((in_at - assigned_at) / DAY)
    if score is not None and done > 1:
        reader.compared += 1
        reader.own_total += float(overall)
        reader.panel_total += float(score)


def offices(windows: Iterable[Window]) -> list[tuple[str, int, int]]:
    """Each office that was asked for, with how many named it first and how many at any place; the most wanted first."""
    choices = OfficeChoice.objects.filter(application__window__in=windows).exclude(application__status=Status.DRAFT)
    rows = choices.order_by().values_list("office__name")
    counted = rows.annotate(first=Count("pk", filter=Q(position=1)), named=Count("pk"))
    return sorted(counted, key=lambda row: (-row[1], -row[2], row[0]))


def reasons(windows: Iterable[Window]) -> list[tuple[str, int]]:
    """The reasons of the rejections that stand, each with how often; "" where none was given. The most frequent first."""
    rejections = StatusChange.objects.filter(
        application__window__in=windows,
        application__status=Status.REJECTED,
        to_status=Status.REJECTED,
        at=F("application__status_since"),
    )
    rows = rejections.order_by().values_list("reason__text").annotate(number=Count("application", distinct=True))
    return sorted(((text or "", number) for text, number in rows), key=lambda row: (-row[1], row[0]))


def sent_per_day(windows: Iterable[Window], *, last: date, days: int, zone: ZoneInfo) -> list[tuple[date, int]]:
    """How many applications were sent on each of `days` days up to `last`, as calendars in `zone` have them."""
    first = last - timedelta(days=days - 1)
    begins = datetime.combine(first, time.min, tzinfo=zone)
    ends = datetime.combine(last + DAY, time.min, tzinfo=zone)
    sent = Application.objects.filter(window__in=windows, submitted_at__gte=begins, submitted_at__lt=ends)
    rows = sent.order_by().annotate(day=TruncDate("submitted_at", tzinfo=zone)).values_list("day")
    counts = dict(rows.annotate(number=Count("pk")))
    return [(day, counts.get(day, 0)) for day in (first + timedelta(days=number) for number in range(days))]
