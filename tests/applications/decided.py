"""Applications brought to a status through the services, for tests of decisions."""

from datetime import UTC, date, datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from applications.decisions import decide
from applications.letter_texts import InterviewTerms, OfferTerms
from applications.models import Application, PreparedDecision, RejectionReason
from applications.prepared import approve, prepare, words_of
from applications.services import answer_offer, withdraw
from programs.models import Program, Window
from tests.factories import make_application

START, ANSWER = date(2199, 6, 1), date(2199, 4, 1)
INTERVIEW = InterviewTerms(
    datetime(2199, 3, 1, 18, tzinfo=UTC), "America/Los_Angeles", 45, link="https://meet.example/1"
)

# How an application comes to a status, by the actions that lead there.
WAY = {
    "submitted": [],
    "in_review": ["review"],
    "interview": ["review", "interview"],
    "waitlisted": ["review", "waitlist"],
    "rejected": ["review", "reject"],
    "offer": ["review", "offer"],
    "accepted": ["review", "offer", "accept"],
    "declined": ["review", "offer", "decline"],
    "withdrawn": ["withdraw"],
}


def offer_terms(window: Window) -> OfferTerms:
    return OfferTerms(window.program.offices_list[0], START, ANSWER)


def brought_to(status: str, window: Window, recruiter: User, *, at: datetime | None = None) -> Application:
    """An application with that status, by the way that leads there."""
    application = make_application(window, at=at)
    for action in WAY[status]:
        if action == "withdraw":
            withdraw(application=application, at=at)
        elif action in ("accept", "decline"):
            answer_offer(application=application, accept=action == "accept", at=at)
        else:
            decide(
                application=application,
                action=action,
                by=recruiter,
                seen_status=application.status,
                terms=offer_terms(window) if action == "offer" else None,
                interview=INTERVIEW if action == "interview" else None,
                at=at,
            )
    return application


def prepared_for(application: Application, by: User, action: str = "reject", **facts) -> PreparedDecision:
    """What is prepared for it now."""
    [outcome] = prepare(applications=[application], action=action, by=by, **facts)
    assert not outcome.problem, outcome.problem
    return application.prepared_decisions.waiting().get()


def make_reason(program: Program, text: str = "Too little own work", **fields) -> RejectionReason:
    return RejectionReason.objects.create(program=program, text=text, **fields)


def approve_as_read(prepared: QuerySet, *, by: User) -> UUID | None:
    """By somebody who has read the letters with the words as they are now."""
    return approve(prepared=prepared, by=by, seen_words=words_of(prepared))
