"""What a reviewer does with an application that they were given: score it bit by bit, hand the review in, step back."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from applications.models import Application
from applications.workflow import Status
from reviews import assigning, standings
from reviews.models import Assignment, AssignmentQuerySet, Criterion, Review, Score
from reviews.panel import READABLE
from reviews.tallies import counting


class NotTaken(Exception):
    """Nothing was written; str() is the sentence for the reviewer."""


class Incomplete(NotTaken):
    """The review lacks something and was not handed in; `missing` has a sentence by the name of each field."""

    def __init__(self, missing: dict[str, str]) -> None:
        super().__init__(_("The review is not handed in yet: something is missing."))
        self.missing = missing


def score_field(criterion: Criterion) -> str:
    """The name under which the score of a criterion is posted, and is missing."""
    return f"score-{criterion.pk}"


def still_to_write(assignments: AssignmentQuerySet) -> AssignmentQuerySet:
    """Those of `assignments` whose review is not in, and can still be."""
    return assignments.waiting().filter(application__status__in=READABLE)


@transaction.atomic
def save_review(
    *,
    assignment: Assignment,
    scores: dict[int, int],
    comment: str,
    confidence: int | None,
    recommendation: str,
    by: User,
    at: datetime | None = None,
) -> Review:
    """Keeps a review as far as it has come; parts may be missing.

    `scores` are values from 1 to 4 by the id of an active criterion of the program. Raises NotTaken once the review is
    in, the reviewer has stepped back, the application is decided, or a criterion is none (any more).
    """
    at = at or timezone.now()
    _locked(assignment, by)
    known = {criterion.pk for criterion in criteria_of(assignment)}
    if not known.issuperset(scores):
        raise NotTaken(_("The rubric has changed meanwhile. Load the page again before you go on."))
    facts = {"comment": comment, "confidence": confidence, "recommendation": recommendation, "saved_at": at}
    review, _created = Review.objects.update_or_create(assignment=assignment, defaults=facts)
    Score.objects.bulk_create(
        [Score(review=review, criterion_id=criterion, value=value) for criterion, value in scores.items()],
        update_conflicts=True,
        unique_fields=["review", "criterion"],
        update_fields=["value"],
    )
    return review


@transaction.atomic
def hand_in(*, assignment: Assignment, by: User, at: datetime | None = None) -> Review | None:
    """Makes a complete review count, for good: its overall score, and the application's standing with it.

    None when the reviewer has declared a conflict of interest with whoever sent the application, and was not told that
    it is among theirs: the review counts for nothing, and the application leaves their list.
    Raises Incomplete, which names what is missing; NotTaken as save_review() does. Of two who hand in at once, one
    wins and the other is told.
    """
    at = at or timezone.now()
    application = _locked(assignment, by)
    review = Review.objects.filter(assignment=assignment).first() or Review(assignment=assignment)
    criteria = criteria_of(assignment)
    scores = dict(review.scores.values_list("criterion", "value")) if review.pk else {}
    if missing := missing_of(review, criteria, scores):
        raise Incomplete(missing)
    # What counts are the scores of the rubric as it is now: the others would stand beside an overall without them.
    review.scores.exclude(criterion__in=criteria).delete()
    if assignment.is_untold:
        assignment.is_untold = False
        assignment.save(update_fields=["is_untold"])
        return None
    review.overall = weighted_mean(criteria, scores)
    review.saved_at = review.submitted_at = at
    review.revision = application.revision
    with counting(application):
        review.save(update_fields=["overall", "saved_at", "submitted_at", "revision"])
    Assignment.objects.filter(pk=assignment.pk).update(handed_in_at=at)
    standings.refresh(application)
    return review


@transaction.atomic
def recuse(*, assignment: Assignment, reason: str, by: User, at: datetime | None = None) -> Assignment | None:
    """Takes a reviewer off an application, with their reason, and hands it on; returns who has it now, if anybody.

    Raises NotTaken without a reason, and once the review is in.
    """
    at = at or timezone.now()
    if not reason.strip():
        raise NotTaken(_("Say in a few words why you step back."))
    application = _locked(assignment, by, needs_open=False)
    was_handed_on = assignment.is_untold
    assignment.recused_at, assignment.recusal_reason, assignment.is_untold = at, reason.strip(), False
    with counting(application):
        assignment.save(update_fields=["recused_at", "recusal_reason", "is_untold"])
    if was_handed_on:
        return assignment.handed_on
    return assigning.hand_on(assignment=assignment, at=at)


def note_handed_in(*, limit: int = 1_000) -> int:
    """Notes at up to `limit` assignments that their review is in, where that was written without: by the code of before,
    or restored from a backup of it. Returns how many; the worker calls it.
    """
    missed = Assignment.objects.waiting().filter(review__submitted_at__isnull=False).order_by("pk")
    rows = Assignment.objects.filter(pk__in=list(missed.values_list("pk", flat=True)[:limit]))
    handed_in = Review.objects.filter(assignment=OuterRef("pk")).values("submitted_at")
    return rows.update(handed_in_at=Subquery(handed_in))


def criteria_of(assignment: Assignment) -> list[Criterion]:
    """What is scored now in the program of the application, in order."""
    return list(Criterion.objects.active().filter(program__windows__applications=assignment.application_id))


def missing_of(review: Review, criteria: list[Criterion], scores: dict[int, int]) -> dict[str, str]:
    """What `review` still lacks before it can be handed in: a sentence by the name of the field, in the page's order."""
    missing = {
        score_field(criterion): _("Score “%(criterion)s”.") % {"criterion": criterion.title}
        for criterion in criteria
        if criterion.pk not in scores
    }
    if not criteria:
        missing["__all__"] = _("This program has no rubric yet. Ask its recruiter for one; what you wrote is kept.")
    if not review.recommendation:
        missing["recommendation"] = _("Say what you recommend.")
    if not review.confidence:
        missing["confidence"] = _("Say how sure you are.")
    return missing


def weighted_mean(criteria: list[Criterion], scores: dict[int, int]) -> Decimal:
    """The overall score: the mean of `scores` by the weights of `criteria`, each of which has one; two decimals."""
    total = sum(criterion.weight * scores[criterion.pk] for criterion in criteria)
    mean = Decimal(total) / sum(criterion.weight for criterion in criteria)
    return mean.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _locked(assignment: Assignment, by: User, *, needs_open: bool = True) -> Application:
    """Holds the application, so that of two who write at once the second one sees what the first one did.

    Returns it as it is now; raises NotTaken when nothing may be written any more.
    """
    rows = Application.objects.select_for_update().only("status", "revision", "window")
    application = rows.get(pk=assignment.application_id)
    assignment.refresh_from_db(fields=["reviewer", "recused_at", "is_untold", "handed_on"])
    if assignment.reviewer_id != by.pk or (assignment.recused_at and not assignment.is_untold):
        raise NotTaken(_("This application is not yours to review any more."))
    if Review.objects.filter(assignment=assignment, submitted_at__isnull=False).exists():
        raise NotTaken(_("Your review is in already, so it stays as it is."))
    if needs_open and application.status not in READABLE:
        raise NotTaken(
            _("This application is “%(status)s” by now, so it needs no review any more.")
            % {"status": Status(application.status).label}
        )
    return application
