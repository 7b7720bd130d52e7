"""Decisions that wait: prepared with all that belongs to them, and seen by recruiters alone until they are applied."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from applications import workflow
from applications.decisions import Outcome
from applications.letter_texts import LetterText, OfferTerms
from applications.models import Application, PreparedDecision, RejectionReason
from applications.workflow import Status


@transaction.atomic
def prepare(
    *,
    applications: list[Application],
    action: str,
    by: User,
    note: str = "",
    reason: RejectionReason | None = None,
    letter: LetterText | None = None,
    terms: OfferTerms | None = None,
    at: datetime | None = None,
) -> list[Outcome]:
    """Prepares the same decision for each application, instead of one that waited for it; one outcome each.

    Refused, with the sentence in its outcome, is what the table of transitions does not have from the status of an
    application, and one whose decision is being applied. An offer needs `terms`: ValueError without.
    """
    at = at or timezone.now()
    row = workflow.transition(action)
    if row.target == Status.OFFER and terms is None:
        raise ValueError("An offer needs its terms.")
    waiting = PreparedDecision.objects.filter(application__in=applications)
    running = set(waiting.approved().values_list("application", flat=True))
    outcomes = [Outcome(application, _problem(application, row, running)) for application in applications]
    doable = [outcome.application for outcome in outcomes if not outcome.problem]
    PreparedDecision.objects.waiting().filter(application__in=doable).delete()
    PreparedDecision.objects.bulk_create(
        PreparedDecision(
            application=application,
            action=action,
            seen_status=application.status,
            seen_revision=application.revision,
            note=note,
            reason=reason,
            subject=letter.subject if letter else "",
            body=letter.body if letter else "",
            office=terms.office if terms else None,
            start_date=terms.start_date if terms else None,
            answer_by=terms.answer_by if terms else None,
            prepared_by=by,
            prepared_at=at,
        )
        for application in doable
    )
    return outcomes


def _problem(application: Application, row: workflow.Transition, running: set[int]) -> str:
    if application.status not in row.sources:
        return _("“%(verb)s” is not possible: this application is “%(status)s”.") % {
            "verb": row.verb,
            "status": Status(application.status).label,
        }
    return _("A decision on it is being applied at this moment.") if application.pk in running else ""
