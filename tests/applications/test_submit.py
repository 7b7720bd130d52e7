"""The instant that counts, places, and what a failed send leaves behind."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from applications import letter_texts, services
from applications.drafts import NotEditable, save_draft
from applications.models import Application
from applications.services import WindowShut, submit
from letters.models import Letter
from programs.models import Window
from tests.factories import draft_for, make_application, make_draft, make_user, make_window

pytestmark = pytest.mark.django_db
OPENS, CLOSES = datetime(2027, 2, 1, 8, tzinfo=UTC), datetime(2027, 3, 1, 7, 59, 59, 999000, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def draft_in(window):
    return make_draft(window, at=max(window.opens_at, CLOSES - timedelta(days=1)))


@pytest.mark.parametrize(
    ("at", "is_in"),
    [
        (OPENS - MILLISECOND, False),
        (OPENS, True),
        (CLOSES - MILLISECOND, True),
        (CLOSES, False),
        (CLOSES + MILLISECOND, False),
    ],
)
def test_one_millisecond_before_is_in_and_the_instant_itself_is_out(at, is_in):
    window = make_window(opens_at=OPENS, closes_at=CLOSES)
    application = draft_in(window)
    if is_in:
        submit(application=application, revision=0, at=at)
    else:
        with pytest.raises(WindowShut):
            submit(application=application, revision=0, at=at)
    application.refresh_from_db()
    assert application.status == ("submitted" if is_in else "draft")
    window.refresh_from_db()
    assert window.taken == int(is_in)
    assert Letter.objects.count() == int(is_in)


@pytest.mark.parametrize("at", [CLOSES - MILLISECOND, CLOSES])
def test_the_update_that_takes_a_place_keeps_the_deadline_by_itself(at):
    """Somebody closed the window after this process had looked at it: the row in the database decides."""
    window = make_window(opens_at=OPENS, closes_at=CLOSES + timedelta(days=1))
    application = draft_in(window)
    Window.objects.filter(pk=window.pk).update(closes_at=CLOSES)
    if at < CLOSES:
        submit(application=application, revision=0, at=at)
    else:
        with pytest.raises(WindowShut, match="closed"):
            submit(application=application, revision=0, at=at)
        application.refresh_from_db()
        assert application.status == "draft"
        assert not application.answers.exists()


def test_the_last_place_goes_once_and_the_next_is_told_that_it_is_full():
    window = make_window(capacity=1)
    first, second = make_draft(window), make_draft(window)
    submit(application=first, revision=0)
    stale = Application.objects.select_related("window__program").get(pk=second.pk)
    stale.window.taken = 0  # as this process saw the window before the first one was in
    with pytest.raises(WindowShut, match="full"):
        submit(application=stale, revision=0)
    window.refresh_from_db()
    assert window.taken == 1
    assert not Letter.objects.filter(addressee=second.candidate).exists()


def test_a_send_that_fails_half_way_leaves_nothing_but_the_draft(monkeypatch):
    application = make_draft()

    def explode(*args, **kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr(services, "_take_place", explode)
    with pytest.raises(RuntimeError):
        submit(application=application, revision=0)
    kept = Application.objects.get(pk=application.pk)
    assert (kept.status, kept.revision, kept.submitted_at) == ("draft", 0, None)
    assert not kept.answers.exists()
    assert not kept.history.exists()
    assert not Letter.objects.exists()


def test_a_draft_is_kept_after_closing_and_never_before_opening():
    window = make_window(opens_at=OPENS, closes_at=CLOSES)
    draft = draft_for(window)
    with pytest.raises(NotEditable, match="not opened yet"):
        save_draft(candidate=make_user(), window=window, draft=draft, at=OPENS - MILLISECOND)
    kept = save_draft(candidate=make_user(), window=window, draft=draft, at=CLOSES + timedelta(days=1))
    assert Application.objects.get(pk=kept.pk).draft == draft


def test_the_database_refuses_a_second_application_and_a_sent_one_without_a_date():
    application = make_application()
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(candidate=application.candidate, window=application.window)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(submitted_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(status="hired")


@pytest.mark.parametrize(
    "kind", ["receipt", "withdraw", "interview", "waitlist", "reject", "accept", "decline", "lapse"]
)
def test_every_letter_is_complete(kind):
    application = make_application()
    text = letter_texts.compose(application, kind)
    assert "%(" not in text.subject + text.body
    assert application.reference in text.body
    assert application.program.name in text.subject
    assert text.body.startswith("Dear Ada Example,")
