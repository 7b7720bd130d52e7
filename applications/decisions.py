"""What recruiters decide, and what the calendar decides for them. A decision, its history and its letter are one transaction."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.one_by_one import one_by_one
from applications import letter_texts, tallies, workflow
from applications.letter_texts import InterviewTerms, LetterText, OfferTerms
from applications.models import Application, Interview, Offer, RejectionReason, StatusChange
from applications.workflow import Actor, Status, Transition
from letters.models import Letter
from letters.services import hold_back
from programs.times import when


@dataclass(frozen=True)
class Outcome:
    """What became of one row of many: `problem` is empty when it was done, else the sentence for the recruiter."""

    application: Application
    problem: str = ""


def decide(
    *,
    application: Application,
    action: str,
    by: User | None,
    seen_status: str,
    seen_revision: int | None = None,
    note: str = "",
    reason: RejectionReason | None = None,
    letter: LetterText | None = None,
    terms: OfferTerms | None = None,
    interview: InterviewTerms | None = None,
    at: datetime | None = None,
) -> StatusChange:
    """Takes a recruiter's transition: status, history, letter, and offer or interview together.

    `seen_status` is the status on the page from which the decision was made, `seen_revision` how often the application
    had been sent by then (None: whatever it is now); when it has others by now, the decision is refused. `letter` is as
    the recruiter saw it, None for its standard words; transitions that send none ignore it. An offer needs `terms`, an
    invitation `interview`. “return” holds back the letter of the decision that it takes back, when that still waits.
    Raises workflow.NotAllowed or workflow.Stale, whose texts are for the recruiter; ValueError for missing terms.
    """
    at = at or timezone.now()
    row = workflow.transition(action)
    if (row.target == Status.OFFER and terms is None) or (row.target == Status.INTERVIEW and interview is None):
        raise ValueError("An offer and an interview need their terms.")
    with transaction.atomic():
        application.refresh_from_db(fields=["status", "revision"])
        if application.status != seen_status or seen_revision not in (None, application.revision):
            raise workflow.Stale(stale_sentence(application))
        refuse_unfounded(application, row, note=note, reason=reason, asking=programs_asking(row, reason))
        if row.action == "return":
            _take_back(application)
        written = None
        if row.writes:
            written = letter_texts.write(application, action, at=at, text=letter, terms=terms, interview=interview)
        change = workflow.take(application, action, by=by, at=at, why=note.strip(), reason=reason, letter=written)
        if terms:
            Offer.objects.update_or_create(application=application, defaults={**vars(terms), "answered_at": None})
        if interview:
            Interview.objects.update_or_create(application=application, defaults=vars(interview))
    return change


@dataclass(frozen=True)
class Decision:
    """One of many for decide_many(); its parts are those of decide()."""

    application: Application
    action: str
    by: User | None
    seen_status: str
    seen_revision: int
    note: str = ""
    reason: RejectionReason | None = None
    letter: LetterText | None = None
    terms: OfferTerms | None = None

    @property
    def is_stale(self) -> bool:
        return (self.application.status, self.application.revision) != (self.seen_status, self.seen_revision)


@transaction.atomic
def decide_many(decisions: list[Decision], *, at: datetime | None = None) -> dict[int, str]:
    """Takes decisions on as many applications as decide() would one by one, in a few queries for all that are alike.

    An offer needs its terms; interviews are for decide() alone. Returns what kept those from being done
    that were not, a sentence for the recruiter by the application's id; the others are done.
    Raises what decide() raises for a row that changes all the same, and ValidationError for an address that is none:
    then nothing is done, and each is to be tried by itself.
    """
    at = at or timezone.now()
    _read_locked([decision.application for decision in decisions])
    alike = defaultdict(list)
    for decision in decisions:
        alike[decision.action, decision.by, decision.note.strip(), decision.reason].append(decision)
    problems = {}
    for (action, by, note, reason), group in alike.items():
        row = workflow.transition(action)
        asking = programs_asking(row, reason)
        found = {decision.application.pk: _begin(decision, row, asking) for decision in group}
        ready = [decision for decision in group if not found[decision.application.pk]]
        letters = _letters_of(ready, at=at) if row.writes else {}
        taken = [decision.application for decision in ready]
        workflow.take_many(taken, action, by=by, at=at, why=note, reason=reason, letters=letters)
        _offer([decision for decision in ready if decision.terms])
        problems |= {pk: problem for pk, problem in found.items() if problem}
    return problems


def _read_locked(applications: list[Application]) -> None:
    """Brings status and revision up to date, and keeps others from changing them until the transaction ends."""
    rows = Application.objects.select_for_update().filter(pk__in=[application.pk for application in applications])
    current = {pk: facts for pk, *facts in rows.order_by("pk").values_list("pk", "status", "revision")}
    for application in applications:
        application.status, application.revision = current[application.pk]


def _begin(decision: Decision, row: Transition, asking: set[int]) -> str:
    """Takes back what the decision takes back. Why it can't be done, as a sentence; empty when it can."""
    if decision.is_stale:
        return stale_sentence(decision.application)
    try:
        refuse_unfounded(decision.application, row, note=decision.note, reason=decision.reason, asking=asking)
        if row.action == "return":
            _take_back(decision.application)
    except workflow.NotAllowed as error:
        return str(error)
    return ""


def _letters_of(decisions: list[Decision], *, at: datetime) -> dict[int, Letter]:
    """Writes the letter of each at once; by the application's id."""
    letters = {
        decision.application.pk: letter_texts.new(
            decision.application, decision.action, at=at, text=decision.letter, terms=decision.terms
        )
        for decision in decisions
    }
    Letter.objects.bulk_create(letters.values())
    return letters


def _offer(decisions: list[Decision]) -> None:
    """Keeps the places that are offered, in place of what was offered before."""
    Offer.objects.bulk_create(
        [Offer(application=decision.application, **vars(decision.terms)) for decision in decisions],
        update_conflicts=True,
        unique_fields=["application"],
        update_fields=["office", "start_date", "answer_by", "answered_at"],
    )


def programs_asking(row: Transition, reason: RejectionReason | None) -> set[int]:
    """The ids of the programs that want a reason for `row` where none is given: those that keep a list of them."""
    if row.target != Status.REJECTED or reason:
        return set()
    return set(RejectionReason.objects.filter(retired_at=None).values_list("program", flat=True))


def refuse_unfounded(
    application: Application, row: Transition, *, note: str, reason: RejectionReason | None, asking: set[int]
) -> None:
    """Raises workflow.NotAllowed when recruiters can't decide so: impossible, or without the reason that it needs.

    `asking` is what programs_asking() says.
    """
    if row.actor != Actor.RECRUITER:
        raise workflow.NotAllowed(_("This is not for recruiters to decide."))
    workflow.refuse_impossible(application, row)
    program = application.window.program_id
    if program in asking:
        raise workflow.NotAllowed(_("Choose the reason for rejecting: this program keeps a list of them."))
    if reason and (row.target != Status.REJECTED or reason.program_id != program):
        raise workflow.NotAllowed(_("That reason is not for this decision. Choose one of the program's own."))
    if row.action == "return" and not note.strip():
        raise workflow.NotAllowed(_("Say in the internal note why it returns to review."))


def stale_sentence(application: Application) -> str:
    """Tells a recruiter who changed the application since they looked."""
    last = application.history.select_related("by").last()
    return _(
        "Not done: meanwhile %(who)s changed this application to “%(status)s” (%(time)s). Look at it again before you decide."
    ) % {
        "who": last.by or _("the calendar"),
        "status": Status(last.to_status).label,
        "time": when(last.at, application.window.zone),
    }


def letter_of_last_decision(application: Application) -> Letter | None:
    """The letter that told what the application's status is now; None where none was written."""
    last = application.history.select_related("letter").last()
    return last.letter if last else None


def _take_back(application: Application) -> None:
    """Holds the letter back where it still can be; an offer of which its candidate has read stands."""
    letter = letter_of_last_decision(application)
    with tallies.counting(application):
        held_back = letter is not None and hold_back(letter)
    if application.status == Status.OFFER:
        if not held_back:
            raise workflow.NotAllowed(
                _("The letter with the offer has left, so the offer can't be taken back any more.")
            )
        Offer.objects.filter(application=application).delete()
    if application.status == Status.INTERVIEW:
        Interview.objects.filter(application=application).delete()


def next_waitlisted(*, window_id: int, number: int) -> list[Application]:
    """The next `number` on the waitlist of a window: those who have waited longest come first."""
    waiting = Application.objects.filter(window=window_id, status=Status.WAITLISTED)
    return list(waiting.order_by("status_since", "pk")[:number])


def lapse_offers(*, at: datetime | None = None) -> int:
    """Ends the offers whose last day has passed without an answer; returns how many. The worker calls it."""
    at = at or timezone.now()
    waiting = Offer.objects.filter(application__status=Status.OFFER, answer_by__lte=at.date()).select_related(
        "office", "application__candidate", "application__window__program"
    )

    def lapse(offer: Offer) -> bool:
        if at < offer.ends_at:
            return False
        application = offer.application
        try:
            with transaction.atomic():
                letter = letter_texts.write(application, "lapse", at=at)
                workflow.take(application, "lapse", by=None, at=at, letter=letter)
        except workflow.TransitionError:
            return False  # the candidate answered at this very moment
        return True

    return one_by_one(lapse, waiting, name=attrgetter("pk"))
