"""An application told to its candidate: where it stands since when, what comes next and by when."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from applications import story
from applications.models import Application, Interview
from tests.applications.decided import WAY, brought_to
from tests.factories import make_draft, make_program, make_recruiter, make_window

pytestmark = pytest.mark.django_db
PROMISE = date(2027, 3, 1)
BEFORE_CLOSING, AFTER = timedelta(hours=1), timedelta(days=8)


@pytest.mark.parametrize(
    ("status", "later", "promised", "can_act", "ended"),
    [
        ("draft", BEFORE_CLOSING, False, True, False),
        ("draft", AFTER, False, False, True),
        ("submitted", BEFORE_CLOSING, True, True, False),
        ("submitted", AFTER, True, False, False),
        ("in_review", BEFORE_CLOSING, True, False, False),
        ("interview", BEFORE_CLOSING, True, False, False),
        ("waitlisted", AFTER, True, False, False),
        ("offer", AFTER, False, False, False),
        ("accepted", AFTER, False, False, False),
        ("declined", BEFORE_CLOSING, False, False, True),
        ("rejected", BEFORE_CLOSING, False, False, True),
        ("withdrawn", BEFORE_CLOSING, False, True, False),
        ("withdrawn", AFTER, False, False, True),
    ],
)
def test_the_next_step_has_its_dates(status, later, promised, can_act, ended):
    window = make_window(make_program(), decide_by=PROMISE)
    application = brought_to(status, window, make_recruiter()) if status in WAY else make_draft(window)
    step = story.next_step(application, timezone.now() + later)
    assert step.promise == (PROMISE if promised else None)
    assert step.closes_at == (window.closes_at if can_act else None)
    assert step.ended == ended
    assert "1 March 2027" in step.text or not promised


def test_an_interview_that_is_over_is_no_longer_announced():
    application = brought_to("interview", make_window(), make_recruiter())
    starts = Interview.objects.get().starts_at
    assert "have talked" not in story.next_step(application, starts - timedelta(minutes=1)).text
    assert "have talked" in story.next_step(application, starts).text


def test_what_was_never_sent_ended_when_its_window_closed():
    draft = make_draft()
    assert story.since(draft, timezone.now()) == draft.status_since
    assert story.since(draft, draft.window.closes_at) == draft.window.closes_at


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("submitted", ["What comes next", "We write to you by", "The window closes", "Change my answers"]),
        ("interview", ["What comes next", "When", "2199", "https://meet.example/1"]),
        ("offer", ["What comes next", "First day", "Answer by", "Answer the offer"]),
        ("rejected", ["How it ended", "See what is open today"]),
    ],
)
def test_the_page_says_it(client, status, said):
    application = brought_to(status, make_window(), make_recruiter())
    client.force_login(Application.objects.get().candidate)
    page = client.get(application.get_absolute_url()).text
    assert "since" in page
    for words in said:
        assert words in page, words
