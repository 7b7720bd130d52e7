"""What recruiters decide, and what the calendar decides for them. A decision, its history and its letter are one transaction."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from applications import letter_texts, workflow
from applications.letter_texts import LetterText, OfferTerms
from applications.models import Application, Offer, StatusChange
from applications.workflow import Actor, Status
from programs.times import when


def decide(
    *,
    application: Application,
    action: str,
    by: User,
    seen_status: str,
    note: str = "",
    letter: LetterText | None = None,
    terms: OfferTerms | None = None,
    at: datetime | None = None,
) -> StatusChange:
    """Takes a recruiter's transition: status, history, offer and letter together.

    `seen_status` is the status on the page from which the decision was made; when the application has another one by
    now, the decision is refused. `letter` is as the recruiter saw it, None for its standard words; transitions that
    send none ignore it. An offer needs `terms`.
    Raises workflow.NotAllowed or workflow.Stale, whose texts are for the recruiter; ValueError for an offer without terms.
    """
    at = at or timezone.now()
    row = workflow.transition(action)
    if row.actor != Actor.RECRUITER:
        raise workflow.NotAllowed(_("This is not for recruiters to decide."))
    if row.target == Status.OFFER and terms is None:
        raise ValueError("An offer needs its terms.")
    with transaction.atomic():
        application.refresh_from_db(fields=["status", "revision"])
        if application.status != seen_status:
            raise workflow.Stale(_stale_sentence(application))
        written = letter_texts.write(application, action, at=at, text=letter, terms=terms) if row.writes else None
        change = workflow.take(application, action, by=by, at=at, why=note.strip(), letter=written)
        if terms:
            Offer.objects.update_or_create(
                application=application,
                defaults={
                    "office": terms.office,
                    "start_date": terms.start_date,
                    "answer_by": terms.answer_by,
                    "answered_at": None,
                },
            )
    return change


def _stale_sentence(application: Application) -> str:
    last = application.history.select_related("by").last()
    return _(
        "Not done: meanwhile %(who)s changed this application to “%(status)s” (%(time)s). Look at it again before you decide."
    ) % {
        "who": last.by or _("the calendar"),
        "status": Status(application.status).label,
        "time": when(last.at, application.window.zone),
    }


@dataclass(frozen=True)
class Outcome:
    """What became of one row of a bulk decision: `problem` is empty when it was done."""

    application: Application
    problem: str = ""


def decide_many(
    *,
    applications: list[Application],
    seen: dict[int, str],
    action: str,
    by: User,
    note: str = "",
    at: datetime | None = None,
) -> list[Outcome]:
    """Takes the same transition for each application by itself; one that is refused does not stop the others.

    `seen` is the status on the confirmation page, by the application's id.
    """
    outcomes = []
    for application in applications:
        try:
            decide(
                application=application,
                action=action,
                by=by,
                seen_status=seen.get(application.pk, ""),
                note=note,
                at=at,
            )
            outcomes.append(Outcome(application))
        except workflow.TransitionError as error:
            outcomes.append(Outcome(application, str(error)))
    return outcomes


def lapse_offers(*, at: datetime | None = None) -> int:
    """Ends the offers whose last day has passed without an answer; returns how many. The worker calls it."""
    at = at or timezone.now()
    waiting = Offer.objects.filter(application__status=Status.OFFER, answer_by__lte=at.date()).select_related(
        "office", "application__candidate", "application__window__program"
    )
    lapsed = 0
    for offer in waiting:
        if at < offer.ends_at:
            continue
        application = offer.application
        try:
            with transaction.atomic():
                letter = letter_texts.write(application, "lapse", at=at)
                workflow.take(application, "lapse", by=None, at=at, letter=letter)
        except workflow.TransitionError:
            continue  # the candidate answered at this very moment
        lapsed += 1
    return lapsed
