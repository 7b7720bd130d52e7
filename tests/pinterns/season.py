"""A season of one window in which candidates, recruiters, reviewers and the worker do things by chance."""

from collections import Counter
from datetime import timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from applications import workflow
from applications.decisions import decide, lapse_offers
from applications.drafts import NotEditable, save_draft
from applications.erasure import delete_drafts
from applications.models import Application, Offer, PreparedDecision
from applications.prepared import apply_approved, prepare
from applications.services import NotSent, answer_offer, submit, withdraw
from applications.tallies import fold, recount
from applications.workflow import Actor, Status
from letters.delivery import deliver_due
from pinterns.erasing import erase, purge
from reviews import assigning, reviewing
from reviews.models import Assignment
from tests.applications.decided import INTERVIEW, approve_as_read, make_reason, offer_terms
from tests.factories import (
    draft_for,
    make_application,
    make_draft,
    make_office,
    make_program,
    make_recruiter,
    make_reviewer,
    make_user,
    make_window,
)
from tests.reviews.desk import make_criterion

REFUSED = (workflow.TransitionError, NotEditable, NotSent, reviewing.NotTaken, assigning.ValidationError)
YEARS = timedelta(days=365 * 6)


class Season:
    """A window with its people. `act` does one thing, to an application that chance picks, hours after the one before."""

    def __init__(self) -> None:
        program = make_program(offices=[make_office(), make_office()])
        self.window = make_window(program, closes_at=timezone.now() + timedelta(days=60), reviews_needed=2)
        self.recruiter = make_recruiter(program)
        self.readers = [make_reviewer(program) for _number in range(3)]
        self.reason = make_reason(program)
        make_criterion(program)
        self.drafts = [draft_for(self.window) for _number in range(2)]
        offices = [str(office.pk) for office in program.offices.all()]
        self.drafts[1] |= {"offices-rank_1": [offices[1]], "offices-rank_2": [offices[0]]}
        for _number in range(3):
            make_application(self.window)

    def act(self, deed: str, chance: Random, at) -> str:
        """Does it; what became of it: done or refused."""
        try:
            with transaction.atomic():
                getattr(self, deed)(chance, at)
        except REFUSED:
            return "refused"
        return "done"

    def _one(self, chance: Random, *statuses: str) -> Application:
        """One with such a status, or any at all: then the service has to refuse."""
        rows = Application.objects.filter(anonymised_at=None).select_related("window__program", "candidate")
        found = list(rows.filter(status__in=statuses or Status.values).order_by("pk")) or list(rows.order_by("pk"))
        if not found:
            raise NotSent("Nobody is left.")
        return chance.choice(found)

    def begin(self, chance: Random, at) -> None:
        make_draft(self.window, at=at)

    def send(self, chance: Random, at) -> None:
        application = self._one(chance, Status.DRAFT, Status.SUBMITTED, Status.WITHDRAWN)
        draft = chance.choice(self.drafts)
        application = save_draft(candidate=application.candidate, window=self.window, draft=draft, at=at)
        submit(application=application, revision=application.revision, at=at)

    def newcomer(self, chance: Random, at) -> None:
        make_application(self.window, candidate=make_user(), at=at)

    def leave(self, chance: Random, at) -> None:
        withdraw(application=self._one(chance), at=at)

    def decide(self, chance: Random, at) -> None:
        """Whatever the table has from there."""
        application = self._one(chance, *{source for row in workflow.TRANSITIONS for source in row.sources})
        rows = workflow.allowed(application.status, Actor.RECRUITER)
        if not rows:
            raise workflow.NotAllowed
        action = chance.choice(rows).action
        decide(
            application=application,
            action=action,
            by=self.recruiter,
            seen_status=application.status,
            note="Why",
            reason=self.reason if action == "reject" else None,
            terms=offer_terms(self.window) if action == "offer" else None,
            interview=INTERVIEW if action == "interview" else None,
            at=at,
        )

    def take_back(self, chance: Random, at) -> None:
        application = self._one(chance, Status.WAITLISTED, Status.REJECTED, Status.INTERVIEW, Status.OFFER)
        decide(
            application=application,
            action="return",
            by=self.recruiter,
            seen_status=application.status,
            note="A mistake",
            at=at,
        )

    def offer(self, chance: Random, at) -> None:
        application = self._one(chance, Status.IN_REVIEW, Status.INTERVIEW, Status.WAITLISTED)
        terms, seen = offer_terms(self.window), application.status
        decide(application=application, action="offer", by=self.recruiter, seen_status=seen, terms=terms, at=at)

    def answer(self, chance: Random, at) -> None:
        application = self._one(chance, Status.OFFER)
        if not Offer.objects.filter(application=application).exists():
            raise workflow.NotAllowed
        answer_offer(application=application, accept=chance.random() < 0.5, at=at)

    def lapse(self, chance: Random, at) -> None:
        Offer.objects.update(answer_by=(at - timedelta(days=3)).date())
        lapse_offers(at=at)

    def apply_prepared(self, chance: Random, at) -> None:
        found = Application.objects.filter(status__in=[Status.IN_REVIEW, Status.WAITLISTED, Status.INTERVIEW])
        rows = list(found.select_related("window__program").order_by("pk"))
        prepare(applications=rows, action="reject", by=self.recruiter, reason=self.reason, at=at)
        approve_as_read(PreparedDecision.objects.all(), by=self.recruiter)
        apply_approved(at=at)

    def spread(self, chance: Random, at) -> None:
        assigning.spread(window=self.window, by=self.recruiter, at=at)

    def assign(self, chance: Random, at) -> None:
        application = self._one(chance, Status.SUBMITTED, Status.IN_REVIEW, Status.INTERVIEW)
        assigning.assign(application=application, reviewer=chance.choice(self.readers), by=self.recruiter, at=at)

    def _given(self, chance: Random) -> Assignment:
        given = Assignment.objects.active().waiting().select_related("reviewer").order_by("pk")
        if not given:
            raise reviewing.NotTaken("Nothing is given out.")
        return chance.choice(list(given))

    def hand_in(self, chance: Random, at) -> None:
        assignment = self._given(chance)
        scores = {criterion.pk: chance.randint(1, 4) for criterion in reviewing.criteria_of(assignment)}
        facts = {"comment": "", "confidence": 2, "recommendation": "yes"}
        reviewing.save_review(assignment=assignment, scores=scores, by=assignment.reviewer, at=at, **facts)
        reviewing.hand_in(assignment=assignment, by=assignment.reviewer, at=at)

    def recuse(self, chance: Random, at) -> None:
        assignment = self._given(chance)
        reviewing.recuse(assignment=assignment, reason="I know them.", by=assignment.reviewer, at=at)

    def declare(self, chance: Random, at) -> None:
        email = self._one(chance).candidate.email
        assigning.declare_conflict(reviewer=chance.choice(self.readers), email=email, reason="A friend", at=at)

    def letters_leave(self, chance: Random, at) -> None:
        deliver_due(at=at)

    def erase(self, chance: Random, at) -> None:
        erase(user=self._one(chance).candidate, by=None, at=at)

    def delete_draft(self, chance: Random, at) -> None:
        draft = self._one(chance, Status.DRAFT)
        delete_drafts(candidate=draft.candidate, references=[draft.reference])

    def purge(self, chance: Random, at) -> None:
        purge(at=at + YEARS)

    def fold(self, chance: Random, at) -> None:
        fold()

    def put_right(self, chance: Random, at) -> None:
        assert recount(self.window.pk) == 0


# What happens most days comes up most often.
_ALL = """
    newcomer assign spread hand_in hand_in hand_in recuse hand_in declare
    send begin decide decide take_back decide letters_leave decide spread offer answer
    take_back newcomer spread offer lapse fold leave send erase apply_prepared delete_draft purge newcomer put_right
"""
DEEDS = _ALL.split()


def lived(season: Season, deeds: list[tuple[str, int]]) -> Counter:
    """What became of each deed; every one hours after the one before."""
    became, at = Counter(), timezone.now()
    for number, (deed, seed) in enumerate(deeds):
        at += timedelta(hours=1 + seed % 9)
        became[deed, season.act(deed, Random(f"{number} {seed}"), at)] += 1
    return became
