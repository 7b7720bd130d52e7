"""Reviews as their services see them: kept bit by bit, handed in complete and once, left with a reason."""

from decimal import Decimal

import pytest

from applications.decisions import decide
from applications.models import Application
from applications.services import withdraw
from pinterns.management.commands.worker import JOBS
from reviews.models import Assignment, Criterion, Review, Standing
from reviews.reviewing import Incomplete, NotTaken, hand_in, note_handed_in, recuse, save_review, weighted_mean
from tests.factories import make_application, make_program, make_recruiter, make_reviewer, make_window
from tests.reviews.desk import make_assignment, make_criterion, make_review, make_review_in

pytestmark = pytest.mark.django_db
NOTHING = {"scores": {}, "comment": "", "confidence": None, "recommendation": ""}


@pytest.fixture
def criteria():
    program = make_program()
    return [make_criterion(program, "Craft", weight=3), make_criterion(program, "Care", weight=1)]


@pytest.fixture
def assignment(criteria):
    program = criteria[0].program
    return make_assignment(make_application(make_window(program)), make_reviewer(program))


def test_a_review_is_kept_as_far_as_it_has_come(assignment, criteria):
    by = assignment.reviewer
    save_review(assignment=assignment, by=by, **NOTHING)
    save_review(assignment=assignment, by=by, **NOTHING | {"scores": {criteria[0].pk: 2}})
    save_review(assignment=assignment, by=by, **NOTHING | {"scores": {criteria[0].pk: 4}, "comment": "Solid."})
    review = Review.objects.get()
    assert (review.comment, review.is_in, review.overall) == ("Solid.", False, None)
    assert list(review.scores.values_list("criterion", "value")) == [(criteria[0].pk, 4)]


def test_a_score_of_another_programs_rubric_is_refused(assignment):
    foreign = make_criterion(make_program())
    with pytest.raises(NotTaken, match="rubric has changed"):
        save_review(assignment=assignment, by=assignment.reviewer, **NOTHING | {"scores": {foreign.pk: 4}})
    assert not Review.objects.exists()


def test_only_a_complete_review_is_handed_in(assignment, criteria):
    with pytest.raises(Incomplete) as nothing:
        hand_in(assignment=assignment, by=assignment.reviewer)
    assert list(nothing.value.missing) == [f"score-{each.pk}" for each in criteria] + ["recommendation", "confidence"]
    make_review(assignment, confidence=None)
    with pytest.raises(Incomplete) as one:
        hand_in(assignment=assignment, by=assignment.reviewer)
    assert list(one.value.missing) == ["confidence"]
    assert not Review.objects.get().is_in


def test_without_a_rubric_nothing_can_be_handed_in():
    program = make_program()
    assignment = make_assignment(make_application(make_window(program)), make_reviewer(program))
    make_review(assignment)
    with pytest.raises(Incomplete) as error:
        hand_in(assignment=assignment, by=assignment.reviewer)
    assert "no rubric" in error.value.missing["__all__"]


def test_handing_in_weighs_the_scores_and_brings_the_standing_up_to_date(assignment, criteria):
    scores = {criteria[0].pk: 4, criteria[1].pk: 1}
    facts = {"comment": "", "confidence": 2, "recommendation": "yes"}
    save_review(assignment=assignment, scores=scores, by=assignment.reviewer, **facts)
    review = hand_in(assignment=assignment, by=assignment.reviewer)
    assert (review.overall, review.revision) == (Decimal("3.25"), 1)
    standing = Standing.objects.get()
    assert (standing.done, standing.assigned, standing.score) == (1, 1, Decimal("3.25"))


@pytest.mark.parametrize(
    ("weights", "scores", "overall"),
    [([1, 1, 1], [1, 2, 2], "1.67"), ([10, 1], [1, 4], "1.27"), ([7, 1], [3, 4], "3.13"), ([1], [4], "4.00")],
)
def test_the_overall_score_is_the_weighted_mean_rounded_half_up(weights, scores, overall):
    criteria = [Criterion(pk=number, weight=weight) for number, weight in enumerate(weights)]
    assert weighted_mean(criteria, dict(enumerate(scores))) == Decimal(overall)


def test_a_retired_criterion_no_longer_counts(assignment, criteria):
    make_review(assignment, value=2)
    Criterion.objects.filter(pk=criteria[0].pk).update(retired_at=assignment.assigned_at)
    assert hand_in(assignment=assignment, by=assignment.reviewer).overall == Decimal("2.00")


def test_what_is_in_stays_as_it_is(assignment):
    make_review_in(assignment, comment="First.")
    for attempt in (
        lambda: make_review(assignment, comment="Second thoughts."),
        lambda: hand_in(assignment=assignment, by=assignment.reviewer),
        lambda: recuse(assignment=assignment, reason="Too late.", by=assignment.reviewer),
    ):
        with pytest.raises(NotTaken, match="in already"):
            attempt()
    assert Review.objects.get().comment == "First."


def test_nobody_writes_anothers_review(assignment):
    other = make_reviewer(assignment.application.program)
    for attempt in (
        lambda: save_review(assignment=assignment, by=other, **NOTHING),
        lambda: hand_in(assignment=assignment, by=other),
        lambda: recuse(assignment=assignment, reason="Me.", by=other),
    ):
        with pytest.raises(NotTaken, match="not yours"):
            attempt()


def test_a_withdrawn_or_decided_application_needs_no_review(assignment):
    make_review(assignment)
    application = Application.objects.get()
    withdraw(application=application)
    with pytest.raises(NotTaken, match="Withdrawn"):
        hand_in(assignment=assignment, by=assignment.reviewer)
    assert not Review.objects.get().is_in


def test_what_the_code_of_before_handed_in_is_noted(assignment):
    review = make_review_in(assignment)
    Assignment.objects.update(handed_in_at=None)
    other = make_assignment(make_application(assignment.application.window), assignment.reviewer)
    make_review(other)
    assert note_handed_in in {job for _seconds, job in JOBS}
    assert [note_handed_in(), note_handed_in()] == [1, 0]
    assert Assignment.objects.done().get() == assignment
    assert Assignment.objects.get(pk=assignment.pk).handed_in_at == review.submitted_at


def test_whoever_steps_back_says_why_and_it_is_handed_on(assignment):
    other = make_reviewer(assignment.application.program)
    with pytest.raises(NotTaken, match="why"):
        recuse(assignment=assignment, reason="  ", by=assignment.reviewer)
    make_review(assignment)
    successor = recuse(assignment=assignment, reason=" I know her. ", by=assignment.reviewer)
    assignment.refresh_from_db()
    assert assignment.recused_at
    assert assignment.recusal_reason == "I know her."
    assert (successor, successor.reviewer) == (assignment.handed_on, other)
    assert Standing.objects.get().assigned == 1
    with pytest.raises(NotTaken, match="not yours"):
        hand_in(assignment=assignment, by=assignment.reviewer)


def test_a_decision_in_between_ends_the_review(assignment):
    make_review(assignment)
    recruiter = make_recruiter(assignment.application.program)
    application = Application.objects.get()
    for action, seen in (("review", "submitted"), ("reject", "in_review")):
        decide(application=application, action=action, by=recruiter, seen_status=seen)
    with pytest.raises(NotTaken, match="Rejected"):
        hand_in(assignment=assignment, by=assignment.reviewer)
