"""The figures of the reports, for any windows: sums of kept ones, however many applications there are."""

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications import tallies
from applications.models import RejectionReason, Tally
from applications.workflow import LIVE, Status
from programs.models import Membership, Office, Window

# The stages of a funnel in their order: what each is called, and what it takes to have reached it.
STAGES = {
    Status.SUBMITTED: (_("Submitted"), _("sent at least once")),
    Status.IN_REVIEW: (_("Reviewed"), _("its review was begun")),
    Status.INTERVIEW: (_("Interview"), _("invited to an interview")),
    Status.OFFER: (_("Offer"), _("an offer was made")),
    Status.ACCEPTED: (_("Accepted"), _("the offer was accepted")),
    Status.WITHDRAWN: (_("Withdrawn"), _("withdrawn at some time, whatever the stage")),
}
What = Tally.What
DAY = timedelta(days=1)
PACE = timedelta(days=7)
# What is told of each reviewer as one number.
READERS = [What.ASSIGNED, What.RECUSED, What.WAITING, What.COMPARED, What.OWN_SCORES, What.PANEL_SCORES]


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the ordered values lie, between two of them by proportion."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def funnel(windows: Sequence[Window]) -> dict[int, Counter[str]]:
    """How many applications of each window (by id) have ever reached each of STAGES; windows without any are left out."""
    return tallies.totals(windows, What.REACHED)


@dataclass(frozen=True)
class Stay:
    """How long applications stayed in a status. Days are those of the stays that ended, None where none has."""

    status: Status
    ended: int
    median: float | None
    ninetieth: float | None
    there_now: int


def stays(windows: Sequence[Window]) -> list[Stay]:
    """For each status in which an application waits: how long, from the change into it to the next change out of it.

    Days are kept to a tenth.
    """
    ended, there = tallies.by_value(windows, What.STAYED), tallies.by_name(windows, What.NOW)[What.NOW]
    return [_stay(status, _in_days(ended[status]), there[status]) for status in LIVE]


def _stay(status: Status, days: Sequence[float], there_now: int) -> Stay:
    median, ninetieth = (percentile(days, share) if days else None for share in (0.5, 0.9))
    return Stay(status, len(days), median, ninetieth, there_now)


def _in_days(tenths: Counter[int]) -> array:
    """As many lengths, in order, as were counted by tenths of a day; four bytes each."""
    days = array("f")
    for value, number in sorted(tenths.items()):
        days.extend(array("f", [value / 10]) * number)
    return days


@dataclass(frozen=True)
class Reader:
    """What one reviewer was given, and what came of it. Means are over applications that others have read too."""

    user: User
    assigned: int
    handed_in: int
    waiting: int
    recused: int
    lately: int
    median_days: float | None
    own_mean: float | None
    panel_mean: float | None

    @property
    def leniency(self) -> float | None:
        """How far above the panel this reviewer scores; below it where negative."""
        return self.own_mean - self.panel_mean if self.own_mean is not None else None


def readers(windows: Sequence[Window], *, at: datetime) -> list[Reader]:
    """Load and pace of everybody on the panels of `windows`, or who was given something to read there, by name.

    `lately` is on the day of `at` and the seven before it, in UTC.
    """
    counts = tallies.by_name(windows, *READERS)
    days = tallies.by_value(windows, What.READ_FOR)
    handed_in = tallies.by_value(windows, What.HANDED_IN)
    panel = Membership.objects.filter(
        program__in={window.program_id for window in windows}, role=Membership.Role.REVIEWER
    )
    read = (int(reader) for what in (What.ASSIGNED, What.RECUSED) for reader in counts[what])
    people = {*panel.values_list("user", flat=True), *read}
    since = tallies.day_number(at - PACE)
    return [
        _reader(user, counts, days[str(user.pk)], handed_in[str(user.pk)], since)
        for user in User.objects.filter(pk__in=people).order_by("name", "pk")
    ]


def _reader(
    user: User, counts: dict[str, Counter[str]], days: Counter[int], handed_in: Counter[int], since: int
) -> Reader:
    own = {what: numbers[str(user.pk)] for what, numbers in counts.items()}
    compared = 100 * own[What.COMPARED]  # scores are kept in hundredths
    return Reader(
        user=user,
        assigned=own[What.ASSIGNED],
        handed_in=handed_in.total(),
        waiting=own[What.WAITING],
        recused=own[What.RECUSED],
        lately=sum(number for day, number in handed_in.items() if day >= since),
        median_days=percentile(_in_days(days), 0.5) if days else None,
        own_mean=own[What.OWN_SCORES] / compared if compared else None,
        panel_mean=own[What.PANEL_SCORES] / compared if compared else None,
    )


def offices(windows: Sequence[Window]) -> list[tuple[str, int, int]]:
    """Each office that was asked for, with how many named it first and how many at any place; the most wanted first."""
    first, named = tallies.by_name(windows, What.FIRST, What.NAMED).values()
    names = Office.objects.in_bulk([int(office) for office in named])
    rows = [(names[int(office)].name, first[office], number) for office, number in named.items()]
    return sorted(rows, key=lambda row: (-row[1], -row[2], row[0]))


def reasons(windows: Sequence[Window]) -> list[tuple[str, int]]:
    """The reasons of the rejections that stand, each with how often; "" where none was given. The most frequent first."""
    counts: Counter[str] = Counter()
    rejected = tallies.by_name(windows, What.REJECTED)[What.REJECTED]
    texts = RejectionReason.objects.in_bulk([int(reason) for reason in rejected if reason])
    for reason, number in rejected.items():
        counts[texts[int(reason)].text if reason else ""] += number
    return sorted(counts.items(), key=lambda row: (-row[1], row[0]))


def sent_per_day(windows: Sequence[Window], *, last: date, days: int, zone: ZoneInfo) -> list[tuple[date, int]]:
    """How many applications were sent on each of `days` days up to `last`, as calendars in `zone` have them."""
    first = last - timedelta(days=days - 1)
    begins = datetime.combine(first, time.min, tzinfo=zone)
    ends = datetime.combine(last + DAY, time.min, tzinfo=zone)
    counts: Counter[date] = Counter()
    for quarter, number in tallies.sent_between(windows, begins, ends):
        counts[quarter.astimezone(zone).date()] += number
    return [(day, counts[day]) for day in (first + timedelta(days=number) for number in range(days))]
