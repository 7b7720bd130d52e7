"""A line drawn in the ranking, and marks set by hand: what each would do to whom, and the decisions prepared from it."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from applications import workflow
from applications.decisions import Outcome
from applications.letter_texts import OfferTerms
from applications.models import Application, OfficeChoice, PreparedDecision, RejectionReason
from applications.prepared import prepare
from applications.workflow import Status
from programs.models import Office, Window
from reviews.models import Standing, StandingQuerySet
from reviews.ranking import DECIDABLE, decision_label, ranked, ranks, transitions, waiting_decisions


@dataclass(frozen=True)
class Line:
    """Offer the first so many, waitlist the next, reject whoever comes after. Only what has a score is moved by it."""

    offer: int = 0
    waitlist: int = 0
    reject_rest: bool = False

    @property
    def is_drawn(self) -> bool:
        return bool(self.offer or self.waitlist or self.reject_rest)

    def action_at(self, place: int) -> str:
        """What it does to the one at `place`, counted from 0; empty: nothing."""
        if place < self.offer:
            return "offer"
        if place < self.offer + self.waitlist:
            return "waitlist"
        return "reject" if self.reject_rest else ""


@dataclass
class Fate:
    """What one application would get. `problem` says why nothing happens to it; `replaces` is prepared already."""

    standing: Standing
    rank: int | None
    action: str
    office: Office | None = None
    replaces: PreparedDecision | None = None
    problem: str = ""

    @property
    def application(self) -> Application:
        return self.standing.application

    @property
    def status_label(self) -> str:
        return Status(self.application.status).label

    @property
    def replaced_label(self) -> str:
        return decision_label(self.replaces)


@dataclass(frozen=True)
class Effect:
    """What a line and marks would do, row by row in the order of the ranking."""

    fates: list[Fate]
    needed: int

    def of(self, action: str) -> list[Fate]:
        """Those who would get this decision."""
        return [fate for fate in self.fates if fate.action == action and not fate.problem]

    @property
    def impossible(self) -> list[Fate]:
        return [fate for fate in self.fates if fate.problem]

    @property
    def possible(self) -> list[Fate]:
        return [fate for fate in self.fates if not fate.problem]

    @property
    def unfinished(self) -> int:
        """How many would be decided before all of their reviews are in."""
        return sum(fate.standing.done < self.needed for fate in self.possible)

    @property
    def offers_by_office(self) -> list[tuple[Office, int]]:
        """How many would be offered a place at each office, the most first."""
        return Counter(fate.office for fate in self.of("offer")).most_common()

    @property
    def fingerprint(self) -> str:
        """The same for the same effect on the same applications: what was seen before is what is prepared."""
        seen = (
            f"{fate.application.pk} {fate.application.status} {fate.application.revision} "
            f"{fate.action} {fate.office and fate.office.pk}"
            for fate in self.possible
        )
        return hashlib.sha256("\n".join(seen).encode()).hexdigest()


def effect_of(window: Window, *, line: Line, marks: dict[int, str], status: str = "") -> Effect:
    """What `line`, and `marks` (the action by the application's id), would do now. Nothing is written.

    A mark goes before the line. With `status` the line is drawn among the applications of that status alone.
    """
    marked = _light(ranked(window).filter(application__in=marks))
    actions = [(standing, marks[standing.application_id]) for standing in marked]
    among = ranked(window, status).exclude(application__in=marks)
    actions += [(standing, line.action_at(place)) for place, standing in enumerate(_reached(line, among))]
    actions.sort(key=lambda each: (-(each[0].score or 0), each[0].application_id))
    rank = ranks(window, [standing for standing, _action in actions])
    fates = [Fate(standing, rank.get(standing.score), action) for standing, action in actions]
    for fate in fates:
        fate.application.window = window
    _complete(fates)
    return Effect(fates, window.reviews_needed)


def _reached(line: Line, among: StandingQuerySet) -> StandingQuerySet:
    """Those of `among` to whom the line does something: no more are read."""
    if not line.is_drawn:
        return among.none()
    found = _light(among.filter(application__status__in=DECIDABLE, score__isnull=False))
    return found if line.reject_rest else found[: line.offer + line.waitlist]


def _light(rows: StandingQuerySet) -> StandingQuerySet:
    """With what the effect tells of an application, and no more: there may be thousands in memory."""
    told = (f"application__{name}" for name in ("reference", "full_name", "status", "revision", "window"))
    return rows.select_related("application").only("score", "done", *told)


def _complete(fates: list[Fate]) -> None:
    """Adds offices, what is prepared already, and why something is not possible, in three queries."""
    offered = [fate.application.pk for fate in fates if fate.action == "offer"]
    choices = OfficeChoice.objects.filter(application__in=offered, position=1).order_by()
    first_choices = dict(choices.values_list("application", "office"))
    offices = Office.objects.in_bulk(set(first_choices.values()))
    prepared = waiting_decisions([fate.application.pk for fate in fates])
    for fate in fates:
        fate.replaces = prepared.get(fate.application.pk)
        if fate.application.pk in first_choices:
            fate.office = offices[first_choices[fate.application.pk]]
        fate.problem = _problem(fate)


def _problem(fate: Fate) -> str:
    if fate.action not in [row.action for row in transitions(fate.application.status)]:
        return _("“%(verb)s” is not possible: it is “%(status)s”.") % {
            "verb": workflow.transition(fate.action).verb,
            "status": fate.status_label,
        }
    if fate.action == "offer" and fate.office is None:
        return _("It names no office. Make the offer on its own page.")
    if fate.replaces and fate.replaces.state == PreparedDecision.State.APPROVED:
        return _("A decision on it is being applied at this moment.")
    return ""


@transaction.atomic
def prepare_effect(
    *,
    effect: Effect,
    by: User,
    start_date: date | None = None,
    answer_by: date | None = None,
    reason: RejectionReason | None = None,
    note: str = "",
    at: datetime | None = None,
) -> list[Outcome]:
    """Prepares a decision for everybody in `effect`: offers at the office each would like best, from the same day.

    `start_date` and `answer_by` are needed when there are offers. Nothing is decided and no letter written.
    """
    outcomes: list[Outcome] = []
    for office, _number in effect.offers_by_office:
        chosen = [fate.application for fate in effect.of("offer") if fate.office == office]
        terms = OfferTerms(office, start_date, answer_by)
        outcomes += prepare(applications=chosen, action="offer", by=by, note=note, terms=terms, at=at)
    for action, why in (("waitlist", None), ("reject", reason)):
        chosen = [fate.application for fate in effect.of(action)]
        if chosen:
            outcomes += prepare(applications=chosen, action=action, by=by, note=note, reason=why, at=at)
    return outcomes
