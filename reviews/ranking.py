"""The ranking of a window: its rows as recruiters see them, a line drawn in it, and decisions prepared from both."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Prefetch, prefetch_related_objects

from applications import tallies, workflow
from applications.models import Application, OfficeChoice, PreparedDecision, Tally
from applications.workflow import Actor, Status, Transition
from programs.models import Office, Window
from reviews.models import Review, Standing, StandingQuerySet

What = Tally.What
ACTIONS = ("offer", "waitlist", "reject")
# What a mark or a line can move. What was only submitted is read first.
DECIDABLE = (Status.IN_REVIEW, Status.INTERVIEW, Status.WAITLISTED)
NOT_READ = (Status.SUBMITTED, Status.IN_REVIEW, Status.INTERVIEW)


def transitions(status: str) -> list[Transition]:
    """What a mark can do to an application with this status."""
    return [row for row in workflow.allowed(status, Actor.RECRUITER) if row.action in ACTIONS]


def ranked(window: Window, status: str = "") -> StandingQuerySet:
    """The ranked applications of `window`, those of one status alone when it is named."""
    rows = Standing.objects.ranked(window)
    # The window of the application is the same one: told twice, it leads to the few of that status.
    return rows.filter(application__window=window, application__status=status) if status else rows


def standings(window: Window, status: str = "") -> StandingQuerySet:
    """The same with what a row shows of each application: for all of them, since a page is had cheaper by rows_of()."""
    rows = ranked(window, status).select_related("application")
    return rows.defer("application__draft", "application__sent")


@dataclass(frozen=True)
class Counts:
    """How many ranked applications of a window have each status (those that nobody has are left out), and how many
    that wait for a decision have no review yet, ranked or not.
    """

    statuses: dict[Status, int]
    not_read: int

    def of(self, status: str = "") -> int:
        """How many have `status`; empty: how many there are."""
        return self.statuses.get(status, 0) if status else sum(self.statuses.values())


def counts(window: Window) -> Counts:
    """The figures above the ranking of `window`, from those that are kept (applications.tallies): one query."""
    found = tallies.by_name([window], What.NOW, What.RANKED, What.SCORED)
    ranked = found[What.RANKED]
    return Counts(
        statuses={status: ranked[status] for status in Status if status in ranked},
        not_read=sum(found[What.NOW][status] - found[What.SCORED][status] for status in NOT_READ),
    )


def ranks(window: Window, among: list[Standing]) -> dict[Decimal | None, int]:
    """The rank in `window` of each score that one of `among` has: 1 and one for every better score, so equals share one.

    Reads what is as good as they are or better, and nothing below.
    """
    scores = [standing.score for standing in among if standing.score is not None]
    if not scores:
        return {}
    rows = Standing.objects.filter(window=window, score__gte=min(scores)).order_by("-score").values_list("score")
    found, better = {}, 0
    for score, number in rows.annotate(Count("pk")):
        found[score] = better + 1
        better += number
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
    # After the page was cut: joined to all of them, the database reads every application to rank one window.
    prefetch_related_objects(page, Prefetch("application", Application.objects.defer("draft", "sent")))
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
    prepared, rank = waiting_decisions(ids), ranks(window, page)
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
