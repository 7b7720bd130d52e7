"""Decisions that are prepared first and applied later, many at once: prepare, look through, approve; the worker does the rest."""

import logging
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.one_by_one import DATABASE_AWAY, log_failure
from applications import letter_texts, workflow
from applications.decisions import (
    Decision,
    Outcome,
    decide_many,
    programs_asking,
    refuse_unfounded,
    stale_sentence,
)
from applications.letter_texts import LetterText, OfferTerms
from applications.models import Application, PreparedDecision, RejectionReason, StatusChange
from applications.models.decisions import new_batch
from applications.workflow import Status
from letters.models import Letter, LetterQuerySet
from programs.models import Program

logger = logging.getLogger(__name__)

State = PreparedDecision.State
# Decisions in one transaction, and in the same few queries; others wait for the lock while it lasts.
TOGETHER = 50
# Prepared at once, they are more than the database expects in its table.
MORE_THAN_EXPECTED = 500


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
    """Keeps the same decision for each application, in place of what was prepared for it before; candidates see nothing.

    `applications` are as the recruiter saw them: on another status or revision the decision is refused, here and when it
    is applied. `letter` None: each gets the program's words. An offer needs `terms`; an interview is arranged one by one.
    Returns an outcome for each application, in order. Raises ValueError for an interview, or an offer without terms.
    """
    at = at or timezone.now()
    row = workflow.transition(action)
    if row.target == Status.INTERVIEW or (row.target == Status.OFFER and terms is None):
        raise ValueError("An interview is not prepared, and an offer needs its terms.")
    # Locked where the database knows locks, so that of two who prepare at once the second replaces the first.
    locked = Application.objects.select_for_update().filter(pk__in=[application.pk for application in applications])
    current = {pk: (status, sent) for pk, status, sent in locked.order_by("pk").values_list("pk", "status", "revision")}
    running = set(
        PreparedDecision.objects.approved().filter(application__in=current).values_list("application", flat=True)
    )
    asking = programs_asking(row, reason)

    def problem(application: Application) -> str:
        if current.get(application.pk) != (application.status, application.revision):
            return stale_sentence(application)
        if application.pk in running:
            return _("Another decision on this application is being applied at this moment. Look at it again.")
        try:
            refuse_unfounded(application, row, note=note, reason=reason, asking=asking)
        except workflow.NotAllowed as error:
            return str(error)
        return ""

    outcomes = [Outcome(application, problem(application)) for application in applications]
    ready = [outcome.application for outcome in outcomes if not outcome.problem]
    PreparedDecision.objects.waiting().filter(application__in=[application.pk for application in ready]).delete()
    PreparedDecision.objects.bulk_create(
        PreparedDecision(
            application=application,
            action=action,
            seen_status=application.status,
            seen_revision=application.revision,
            note=note.strip(),
            reason=reason,
            subject=letter.subject if letter else "",
            body=letter.body if letter else "",
            prepared_by=by,
            prepared_at=at,
            **(vars(terms) if terms else {}),
        )
        for application in ready
    )
    if len(ready) >= MORE_THAN_EXPECTED:
        transaction.on_commit(_tell_their_number, robust=True)
    return outcomes


def _tell_their_number() -> None:
    """Has PostgreSQL look anew at the table, which it does by itself within a minute.

    Until then it expects the few of before, of applications of before, and reads a million applications to show 50 rows.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(PreparedDecision._meta.db_table)}")


def discard(*, prepared: QuerySet, by: User) -> int:
    """Forgets those of `prepared` that are not applied yet; returns how many."""
    count, _by_model = _waiting_among(prepared).delete()
    logger.info("%s prepared decisions discarded by user %s", count, by.pk)
    return count


class WordsChanged(Exception):
    """The words of these letters are others than the recruiter has seen; nothing was approved."""


@transaction.atomic
def approve(*, prepared: QuerySet, by: User, seen_words: str, at: datetime | None = None) -> UUID | None:
    """Hands those of `prepared` that still wait to the worker, as one batch; returns its name, None when none waits.

    `seen_words` is the mark (words_of) of the words with which the recruiter read the letters; until the batch is done
    the programs' words for them can't be changed (own_words.BeingApplied). Raises WordsChanged.
    One UPDATE, so that of two recruiters who approve at once each row goes with one of them.
    """
    letters = _letters_among(prepared)
    # Locked, where the database knows locks, like the words when somebody changes them.
    programs = Program.objects.filter(pk__in={program for program, _kind in letters}).order_by("pk")
    list(programs.select_for_update().values_list("pk"))
    if not letter_texts.was_seen(letter_texts.words_mark(letters), seen=seen_words):
        raise WordsChanged
    batch = new_batch()
    taken = _waiting_among(prepared).update(
        state=State.APPROVED, batch=batch, approved_by=by, approved_at=at or timezone.now()
    )
    return batch if taken else None


def _waiting_among(prepared: QuerySet) -> QuerySet:
    """As conditions on the rows themselves: those are looked at again when another transaction held a row."""
    return PreparedDecision.objects.waiting().filter(pk__in=prepared.order_by().values("pk"))


def prepared_of(application: Application) -> PreparedDecision | None:
    """What waits or is being applied for this application; there is never more than one."""
    unsettled = application.prepared_decisions.filter(state__in=[State.PREPARED, State.APPROVED])
    return unsettled.select_related("prepared_by", "reason", "office").first()


def terms_of(prepared: PreparedDecision) -> OfferTerms | None:
    return OfferTerms(prepared.office, prepared.start_date, prepared.answer_by) if prepared.office else None


def letter_of(prepared: PreparedDecision) -> LetterText | None:
    """The letter as it goes out with this decision; None where none does."""
    if not workflow.transition(prepared.action).writes:
        return None
    return _own_words(prepared) or letter_texts.compose(prepared.application, prepared.action, terms=terms_of(prepared))


def _own_words(prepared: PreparedDecision) -> LetterText | None:
    return LetterText(prepared.subject, prepared.body) if prepared.subject else None


def words_of(prepared: QuerySet) -> str:
    """The mark of the programs' words in the letters of those of `prepared` that still wait (letter_texts.words_mark)."""
    return letter_texts.words_mark(_letters_among(prepared))


def _letters_among(prepared: QuerySet) -> list[tuple[int, str]]:
    """The letters in a program's own words that those of `prepared` that wait would write: (program's id, kind)."""
    rows = _waiting_among(prepared).filter(subject="").order_by()
    letters = rows.values_list("application__window__program", "action").distinct()
    return [each for each in letters if workflow.transition(each[1]).writes]


def letters_of(batch: UUID) -> LetterQuerySet:
    """The letters with which the decisions of a batch are told, as far as they are done."""
    change = StatusChange.objects.filter(
        application=OuterRef("application"), action=OuterRef("action"), at__gte=OuterRef("approved_at")
    )
    done = PreparedDecision.objects.filter(batch=batch, state=State.DONE)
    return Letter.objects.filter(
        pk__in=done.order_by().values(letter=Subquery(change.order_by("pk").values("letter")[:1]))
    )


def apply_approved(*, at: datetime | None = None, limit: int = 1000) -> int:
    """Takes up to `limit` approved decisions, oldest first; returns how many were done or refused. The worker calls it.

    Each is marked and decided in one transaction, with others: a worker that dies has lost and repeated nothing, and of
    two workers one finds the row taken.
    """
    approved = PreparedDecision.objects.approved().select_related(
        "application__candidate", "application__window__program", "office", "reason", "approved_by"
    )
    approved = approved.prefetch_related(letter_texts.own_words_of("application"))
    rows = list(approved.defer("application__draft", "application__sent").order_by("pk")[:limit])
    return sum(_apply(rows[start : start + TOGETHER], at=at) for start in range(0, len(rows), TOGETHER))


def _apply(rows: list[PreparedDecision], *, at: datetime | None) -> int:
    """All at once; where one of them breaks, each by itself, so that it keeps none of the others from being done."""
    try:
        return _decide(rows, at=at)
    except DATABASE_AWAY:
        raise  # nothing was done, and the next round tries again
    except Exception as error:
        if len(rows) > 1:
            return sum(_apply([prepared], at=at) for prepared in rows)
        return _refuse(rows[0], error)


@transaction.atomic
def _decide(rows: list[PreparedDecision], *, at: datetime | None) -> int:
    """Decides those of `rows` that no other worker has, and marks them; returns how many."""
    approved = PreparedDecision.objects.approved().filter(pk__in=[prepared.pk for prepared in rows])
    # Where the database knows no such locks, there is one writer at a time.
    mine = set(approved.select_for_update(skip_locked=True).values_list("pk", flat=True))
    taken = [prepared for prepared in rows if prepared.pk in mine]
    problems = decide_many([_decision_of(prepared) for prepared in taken], at=at)
    approved.filter(pk__in=mine).exclude(application__in=problems).update(state=State.DONE)
    for application, problem in problems.items():
        approved.filter(application=application).update(state=State.REFUSED, problem=problem)
    return len(taken)


def _decision_of(prepared: PreparedDecision) -> Decision:
    return Decision(
        application=prepared.application,
        action=prepared.action,
        by=prepared.approved_by,
        seen_status=prepared.seen_status,
        seen_revision=prepared.seen_revision,
        note=prepared.note,
        reason=prepared.reason,
        letter=_own_words(prepared),
        terms=terms_of(prepared),
    )


def _refuse(prepared: PreparedDecision, error: Exception) -> int:
    """Marks one that can't be decided, with the sentence for recruiters; 0 when another worker has it."""
    match error:
        case workflow.TransitionError():
            problem = str(error)
        case ValidationError():
            problem = " ".join(error.messages)
        case _:
            log_failure(f"prepared decision {prepared.pk}", error)
            problem = _("Not done: an error of ours stood in the way. Decide on the application's page.")
    return PreparedDecision.objects.approved().filter(pk=prepared.pk).update(state=State.REFUSED, problem=problem)
