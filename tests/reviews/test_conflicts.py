"""A conflict of interest with somebody whose application is being read blind: it never counts, and nothing tells of it."""

import re

import pytest
from django.urls import reverse

from programs.models import Window
from reviews.assigning import declare_conflict
from reviews.models import Assignment, Conflict, Standing
from reviews.reviewing import Incomplete, hand_in, recuse
from tests.factories import make_application, make_program, make_recruiter, make_reviewer, make_window
from tests.reviews.desk import make_assignment, make_criterion, make_review, post_of

pytestmark = pytest.mark.django_db
HOME, LIST = reverse("admin:index"), reverse("admin:reviews_assignment_changelist")


def page_of(assignment: Assignment) -> str:
    return reverse("admin:reviews_assignment_change", args=[assignment.pk])


@pytest.fixture
def window():
    program = make_program(asks=("statement",))
    make_criterion(program)
    return make_window(program)


@pytest.fixture
def rita(client, window):
    user = make_reviewer(window.program, name="Rita")
    make_reviewer(window.program, name="Tom")
    client.force_login(user)
    return user


@pytest.fixture
def theirs(window, rita):
    """What Rita was given of the person whom she should not judge."""
    return make_assignment(make_application(window), rita)


@pytest.fixture
def other(window, rita, theirs):
    return make_assignment(make_application(window), rita)


def declare(rita, theirs) -> None:
    declare_conflict(reviewer=rita, email=theirs.application.candidate.email, reason="My sister")


def seen(client, *pages: str) -> list[str]:
    """What pages show, without what differs at each call."""
    return [re.sub(r"csrfmiddlewaretoken\W+value=\W\w+", "", _text(client.get(page))) for page in pages]


def _text(answer) -> str:
    assert answer.status_code == 200
    return answer.getvalue().decode()


def test_whoever_declares_it_sees_no_difference(client, rita, theirs, other):
    make_review(theirs, comment="So far.")
    pages = (HOME, LIST, f"{LIST}?state=begun", page_of(theirs), page_of(other), f"{LIST}export/")
    before = seen(client, *pages)
    declare(rita, theirs)
    assert seen(client, *pages) == before
    saved = client.post(reverse("admin:reviews_save", args=[theirs.pk]), post_of(theirs))
    assert re.search(r"Saved\s+<time", saved.text)


def test_control_without_staying_in_the_list_it_would_be_told(client, rita, theirs, other):
    before = seen(client, LIST)
    declare(rita, theirs)
    Assignment.objects.update(is_untold=False)
    assert seen(client, LIST) != before
    assert client.get(page_of(theirs)).status_code == 404


def test_somebody_else_has_it_at_once_and_what_is_written_meanwhile_never_counts(client, rita, theirs, other):
    declare(rita, theirs)
    theirs.refresh_from_db()
    assert theirs.handed_on.reviewer.name == "Tom"
    with pytest.raises(Incomplete):
        hand_in(assignment=theirs, by=rita)
    answer = client.post(page_of(theirs), post_of(theirs, value=4, do="hand_in_next"), follow=True)
    assert "does not count" in answer.text
    assert answer.redirect_chain[-1][0] == page_of(other)
    assert not theirs.review.is_in
    standing = Standing.objects.get(application=theirs.application)
    assert (standing.assigned, standing.done, standing.score) == (1, 0, None)
    assert list(client.get(LIST).context["cl"].result_list) == [other]
    assert client.get(page_of(theirs)).status_code == 404
    assert theirs.application.assignments.count() == 2


def test_whoever_steps_back_from_it_hands_it_on_no_second_time(rita, theirs, window):
    make_reviewer(window.program, name="Third")
    declare(rita, theirs)
    successor = recuse(assignment=theirs, reason="I know this one.", by=rita)
    theirs.refresh_from_db()
    assert successor == theirs.handed_on
    assert (theirs.is_untold, theirs.recusal_reason) == (False, "I know this one.")
    assert theirs.application.assignments.count() == 2


def test_taking_it_back_makes_nothing_count_again(client, rita, theirs):
    declare(rita, theirs)
    Conflict.objects.all().delete()
    make_review(theirs)
    assert hand_in(assignment=theirs, by=rita) is None
    assert Standing.objects.get(application=theirs.application).done == 0


def test_in_an_open_window_it_leaves_the_list_at_once(client, rita, theirs):
    Window.objects.update(blind_reading=False)
    declare(rita, theirs)
    assert list(client.get(LIST).context["cl"].result_list) == []
    assert client.get(page_of(theirs)).status_code == 404


def test_recruiters_see_that_it_is_not_told(client, rita, theirs, window):
    declare(rita, theirs)
    client.force_login(make_recruiter(window.program))
    page = client.get(reverse("admin:reviews_reviewers", args=[window.pk, theirs.application_id])).text
    assert "A conflict of interest was declared." in page
    assert "still in their list" in page
    hand_in_void = make_review(theirs)
    assert hand_in(assignment=hand_in_void.assignment, by=rita) is None
    assert (
        "still in their list"
        not in client.get(reverse("admin:reviews_reviewers", args=[window.pk, theirs.application_id])).text
    )
