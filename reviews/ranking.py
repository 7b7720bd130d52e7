"""The ranking of a window: its rows as recruiters see them, a line drawn in it, and decisions prepared from both."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q

from applications import workflow
from applications.models import Application, OfficeChoice, PreparedDecision
from applications.workflow import Actor, Status, Transition
from programs.models import Office, Window
from reviews.models import Review, Standing, StandingQuerySet

ACTIONS = ("offer", "waitlist", "reject")
# What a mark or a line can move. What was only submitted is read first.
DECIDABLE = (Status.IN_REVIEW, Status.INTERVIEW, Status.WAITLISTED)
NOT_READ = (Status.SUBMITTED, Status.IN_REVIEW, Status.INTERVIEW)


def transitions(status: str) -> list[Transition]:
    """What a mark can do to an application with this status."""
    return [row for row in workflow.allowed(status, Actor.RECRUITER) if row.action in ACTIONS]


def standings(window: Window, status: str = "") -> StandingQuerySet:
    """The ranked applications of `window` with what a row shows, those of one status alone when it is named."""
    rows = Standing.objects.ranked(window).select_related("application")
    rows = rows.defer("application__draft", "application__sent")
    return rows.filter(application__status=status) if status else rows


def statuses(window: Window) -> list[tuple[Status, int]]:
    """How many ranked applications have each status; those that nobody has are left out."""
    rows = Standing.objects.filter(window=window).order_by().values("application__status").annotate(number=Count("pk"))
    counts = {row["application__status"]: row["number"] for row in rows}
    return [(status, counts[status]) for status in Status if status in counts]


def not_read(window: Window) -> int:
    """How many applications that wait for a decision have no review yet."""
    waiting = Application.objects.filter(window=window, status__in=NOT_READ)
    return waiting.filter(Q(standing=None) | Q(standing__done=0)).count()


def ranks(window: Window) -> dict[object, int]:
    """The rank of each score in `window`: 1 and one for every better score. Equal scores share a rank."""
    rows = Standing.objects.filter(window=window, score__isnull=False).order_by("-score").values("score")
    found, better = {}, 0
    for row in rows.annotate(number=Count("pk")):
        found[row["score"]] = better + 1
        better += row["number"]
    return found


@dataclass
class Row:
    """One application in the ranking. `recommendations` are (word, how many), from the most favourable."""

    standing: Standing
    rank: int | None
    recommendations: list[tuple[str, int]]
    offices: list[Office]
    prepared: PreparedDecision | None
    transitions: list[Transition]

    @property
    def application(self) -> Application:
        return self.standing.application

    @property
    def status_label(self) -> str:
        return Status(self.application.status).label

    @property
    def prepared_label(self) -> str:
        return decision_label(self.prepared)

    @property
    def more_offices(self) -> int:
        """How many offices they would take besides their first choice."""
        return len(self.offices) - 1


def rows_of(page: list[Standing], window: Window) -> list[Row]:
    """What the page of a ranking shows of `page`, in the same few queries however long it is."""
    ids = [standing.application_id for standing in page]
    found: dict[int, Counter] = defaultdict(Counter)
    reviews = Review.objects.filter(
        submitted_at__isnull=False, assignment__recused_at=None, assignment__application__in=ids
    )
    for application, recommendation in reviews.values_list("assignment__application", "recommendation"):
        found[application][recommendation] += 1
    offices: dict[int, list[Office]] = defaultdict(list)
    for choice in OfficeChoice.objects.filter(application__in=ids).select_related("office"):
        offices[choice.application_id].append(choice.office)
    prepared, rank = waiting_decisions(ids), ranks(window)
    return [
        Row(
            standing=standing,
            rank=rank.get(standing.score),
            recommendations=_in_short(found[standing.application_id]),
            offices=offices[standing.application_id],
            prepared=prepared.get(standing.application_id),
            transitions=transitions(standing.application.status),
        )
        for standing in page
    ]


def _in_short(counts: Counter) -> list[tuple[str, int]]:
    best_first = reversed(Review.Recommendation.choices)
    return [(label, counts[value]) for value, label in best_first if counts[value]]


def decision_label(prepared: PreparedDecision | None) -> str:
    """What a prepared decision would make of the application, in a word; empty without one."""
    return workflow.transition(prepared.action).target.label if prepared else ""


def waiting_decisions(application_ids: list[int]) -> dict[int, PreparedDecision]:
    """The decisions that wait for these applications, or are being applied at this moment."""
    states = [PreparedDecision.State.PREPARED, PreparedDecision.State.APPROVED]
    found = PreparedDecision.objects.filter(application__in=application_ids, state__in=states)
    return {decision.application_id: decision for decision in found}
