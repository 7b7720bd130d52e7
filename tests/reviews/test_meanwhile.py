"""What happens to a review while it is being written: a second tab, another rubric, a decision, another way of reading."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.decisions import decide
from applications.drafts import save_draft
from applications.models import Application
from applications.services import submit, withdraw
from programs.listed import remove_listed
from programs.models import Window
from reviews.models import Assignment, Review, Standing
from tests.factories import (
    draft_for,
    make_application,
    make_program,
    make_recruiter,
    make_reviewer,
    make_window,
)
from tests.reviews.desk import make_assignment, make_criterion, make_review, make_review_in, post_of

pytestmark = pytest.mark.django_db
LIST = reverse("admin:reviews_assignment_changelist")


@pytest.fixture
def window():
    return make_window(make_program())


@pytest.fixture
def craft(window):
    return make_criterion(window.program, "Craft", weight=3, position=1)


@pytest.fixture
def care(window):
    return make_criterion(window.program, "Care", position=2)


@pytest.fixture
def rita(client, window):
    user = make_reviewer(window.program, name="Rita")
    client.force_login(user)
    return user


@pytest.fixture
def assignment(window, craft, care, rita):
    return make_assignment(make_application(window), rita)


def page_of(assignment: Assignment) -> str:
    return reverse("admin:reviews_assignment_change", args=[assignment.pk])


def save(client, assignment: Assignment, posted: dict) -> str:
    """What the line beside the buttons says after a save in the background."""
    answer = client.post(reverse("admin:reviews_save", args=[assignment.pk]), posted)
    assert answer.status_code == 200
    return answer.text


def hand_in(client, assignment: Assignment, posted: dict) -> str:
    """The page that one is led to."""
    answer = client.post(page_of(assignment), posted, follow=True)
    assert answer.status_code == 200
    return answer.text


# --- Two tabs ---


def test_scores_of_two_tabs_come_together(client, assignment, craft, care):
    save(client, assignment, {f"score-{craft.pk}": 4})
    save(client, assignment, {f"score-{care.pk}": 2})
    assert sorted(Review.objects.get().scores.values_list("value", flat=True)) == [2, 4]


def test_a_tab_that_comes_late_is_told_and_changes_nothing(client, assignment):
    hand_in(client, assignment, post_of(assignment, value=4))
    for told in (
        save(client, assignment, post_of(assignment, value=1)),
        hand_in(client, assignment, post_of(assignment, value=1)),
        hand_in(client, assignment, post_of(assignment, value=1, do="save")),
    ):
        assert "Your review is in already, so it stays as it is." in told
    assert Standing.objects.get().score == 4


# --- The rubric changes ---


def test_a_score_for_a_criterion_that_was_retired_meanwhile_neither_counts_nor_stays(client, assignment, craft, care):
    page_before = post_of(assignment, value=4) | {f"score-{care.pk}": 1}
    save(client, assignment, page_before)
    assert remove_listed(row=care) is False
    assert "Care" not in client.get(page_of(assignment)).text
    page = hand_in(client, assignment, page_before)
    assert "Your review is in." in page
    assert "Care" not in page
    assert list(Review.objects.get().scores.values_list("criterion", "value")) == [(craft.pk, 4)]
    assert Standing.objects.get().score == 4


def test_a_criterion_that_came_meanwhile_is_asked_for(client, assignment, window):
    page_before = post_of(assignment)
    added = make_criterion(window.program, "Clarity", position=3)
    page = hand_in(client, assignment, page_before)
    assert "Score “Clarity”." in page
    assert not Review.objects.get().is_in
    assert "Your review is in." in hand_in(client, assignment, page_before | {f"score-{added.pk}": 2})


def test_reviews_that_are_in_keep_the_scores_of_what_is_retired_later(client, assignment, care):
    make_review_in(assignment, value=2)
    remove_listed(row=care)
    assert "Care" in client.get(page_of(assignment)).text
    assert Review.objects.get().scores.count() == 2


# --- The application moves on ---


@pytest.mark.parametrize("ending", ["withdrawn", "rejected"])
def test_what_ends_while_somebody_reads_it_is_told(client, assignment, window, ending):
    make_review(assignment, comment="Half way.")
    application = Application.objects.get()
    if ending == "withdrawn":
        withdraw(application=application)
    else:
        recruiter = make_recruiter(window.program)
        for action, seen in (("review", "submitted"), ("reject", "in_review")):
            decide(application=application, action=action, by=recruiter, seen_status=seen)
    assert f"“{ending.capitalize()}” by now" in save(client, assignment, post_of(assignment))
    page = hand_in(client, assignment, post_of(assignment))
    assert f"“{ending.capitalize()}” by now" in page
    assert "Ada Example" not in page
    assert Review.objects.get().comment == "Half way."
    assert Standing.objects.get().done == 0
    assert "No longer needed" in client.get(LIST).text


def test_a_decision_that_is_taken_back_gives_the_half_written_review_back(client, assignment, window):
    make_review(assignment, comment="Half way.")
    application, recruiter = Application.objects.get(), make_recruiter(window.program)
    for action, seen in (("review", "submitted"), ("reject", "in_review"), ("return", "rejected")):
        decide(application=application, action=action, by=recruiter, seen_status=seen, note="Why")
    assert "Half way." in client.get(page_of(assignment)).text
    assert "Your review is in." in hand_in(client, assignment, post_of(assignment))


def test_answers_sent_again_after_a_review_leave_it_and_are_told_to_whoever_reads(client, assignment, window):
    make_review_in(assignment, value=2)
    application = Application.objects.get()
    withdraw(application=application)
    again = save_draft(candidate=application.candidate, window=window, draft=draft_for(window))
    submit(application=again, revision=again.revision)
    assert "The answers have changed since your review" in client.get(page_of(assignment)).text
    assert (Standing.objects.get().score, Standing.objects.get().done) == (2, 1)
    client.force_login(make_recruiter(window.program))
    readers = reverse("admin:reviews_reviewers", args=[window.pk, application.pk])
    assert "Of an earlier sending" in client.get(readers).text


# --- Who may read, and how ---


def test_whoever_leaves_the_panel_while_reading_finds_nothing_and_counts_no_more_as_a_reader(client, assignment, rita):
    make_review(assignment)
    rita.memberships.all().delete()
    for url in (page_of(assignment), reverse("admin:reviews_save", args=[assignment.pk])):
        assert client.post(url, post_of(assignment)).status_code in (403, 404)
    assert not Review.objects.get().is_in


def test_a_window_can_read_openly_and_blind_again(client, assignment):
    make_review(assignment)
    for blind in (True, False, True):
        Window.objects.update(blind_reading=blind)
        page = client.get(page_of(assignment)).text
        assert ("Ada Example" in page, "You read this without name" in page) == (not blind, blind)
        assert "What happened" not in page
    assert "Your review is in." in hand_in(client, assignment, post_of(assignment))
    assert "Ada Example" in client.get(page_of(assignment)).text


def test_a_closed_window_is_read_on(client, assignment):
    Window.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    assert "Your review is in." in hand_in(client, assignment, post_of(assignment))
