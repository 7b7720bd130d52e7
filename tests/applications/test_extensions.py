"""A personal deadline: honoured by sending, for one person, to the instant, and without adding a place."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from applications.extensions import grant_extension
from applications.models import Application, Extension
from letters.models import Letter
from programs.models import Window
from programs.times import when
from tests.factories import make_program, make_recruiter, make_user, make_window, post_for

pytestmark = pytest.mark.django_db
HOUR, TICK = timedelta(hours=1), timedelta(milliseconds=1)


@pytest.fixture
def window():
    """Closed an hour ago."""
    return make_window(make_program(asks=("statement",)), closes_at=timezone.now() - HOUR)


def granted(window, email="ada@example.org", until=None):
    return grant_extension(
        email=email, window=window, until=until or timezone.now() + HOUR, by=make_user(), reason="Hospital"
    )


def signed_in(client, email):
    user, _created = User.objects.get_or_create(email=email)
    client.force_login(user)
    return user


def send(client, window, **extra):
    return client.post(window.program.apply_url, post_for(window, action="send", **extra), follow=True).content.decode()


def test_who_was_granted_more_time_applies_to_a_closed_window_and_nobody_else_does(client, window):
    granted(window)
    signed_in(client, "ada@example.org")
    assert 'value="send"' in client.get(window.program.apply_url).content.decode()
    assert "Your application is in." in send(client, window)
    application = Application.objects.get()
    assert application.status == "submitted"
    window.refresh_from_db()
    assert window.taken == 1
    assert "Change my answers" in client.get(application.get_absolute_url()).content.decode()
    assert "Your application is in." in send(
        client, window, revision="1", answers={"statement": {"text": "A better one now."}}
    )
    signed_in(client, "late@example.org")
    assert "This window closed on" in send(client, window)
    assert Application.objects.filter(status="submitted").count() == 1


def test_the_personal_instant_is_out_and_the_millisecond_before_is_in(client, window, monkeypatch):
    until = timezone.now() + HOUR
    granted(window, until=until)
    signed_in(client, "ada@example.org")
    for at, status in ((until, "draft"), (until - TICK, "submitted")):
        monkeypatch.setattr("applications.apply.timezone.now", lambda at=at: at)
        send(client, window)
        assert Application.objects.get().status == status


def test_the_update_that_takes_the_place_asks_for_the_extension_itself(client, window):
    granted(window)
    signed_in(client, "ada@example.org")
    client.post(window.program.apply_url, post_for(window, action="save"))
    from applications.services import WindowShut, submit

    application = Application.objects.select_related("window__program").get()
    application.window.closes_at = timezone.now() + HOUR  # as this process saw it before the grant was taken back
    Extension.objects.all().delete()
    with pytest.raises(WindowShut, match="closed"):
        submit(application=application, revision=0)
    assert Application.objects.get().status == "draft"


def test_each_has_the_deadline_that_was_granted_to_them(client, window):
    make_window(window.program, season="Next", opens_at=timezone.now() + HOUR, closes_at=timezone.now() + 9 * HOUR)
    later = {name: timezone.now() + number * HOUR for number, name in enumerate(("ada", "bob"), start=2)}
    for name, until in later.items():
        granted(window, email=f"{name}@example.org", until=until)
    for name, until in later.items():
        signed_in(client, f"{name}@example.org")
        client.post(window.program.apply_url, post_for(window, action="save"))
        pages = (window.program.apply_url, Application.objects.first().get_absolute_url())
        assert all(when(until, window.zone) in client.get(page).content.decode() for page in pages)


def test_an_extension_adds_no_place(client, window):
    granted(window)
    Window.objects.filter(pk=window.pk).update(capacity=1, taken=1)
    signed_in(client, "ada@example.org")
    assert "This window is full" in send(client, window)
    assert Application.objects.get().status == "draft"


def test_the_form_of_an_extended_window_comes_before_the_next_season(client, window):
    make_window(window.program, opens_at=timezone.now() + HOUR, closes_at=timezone.now() + 9 * HOUR)
    granted(window, until=timezone.now() + HOUR)
    signed_in(client, "ada@example.org")
    assert window.season in client.get(window.program.apply_url).content.decode()


def test_a_grant_is_told_in_a_letter_and_a_later_one_replaces_it(window):
    granted(window, email="NEW@example.org")
    second = granted(window, email="new@example.org", until=timezone.now() + 5 * HOUR)
    assert Extension.objects.get() == second
    letters = Letter.objects.filter(to="new@example.org", kind="extension")
    assert letters.count() == 2
    assert window.program.apply_url in letters.last().body


@pytest.mark.parametrize("until", [datetime(2020, 1, 1, tzinfo=UTC), None])
def test_nonsense_is_refused_and_leaves_no_account(window, until):
    with pytest.raises(ValidationError, match="after the window closes"):
        granted(window, until=until or window.closes_at)
    assert not User.objects.filter(email="ada@example.org").exists()


def test_recruiters_grant_it_for_their_own_windows_in_the_admin(client, window):
    page = reverse("admin:applications_extension_add")
    typed = {
        "window": window.pk,
        "email": "Ada@example.org",
        "until": (timezone.now() + HOUR).astimezone(window.zone).strftime("%Y-%m-%dT%H:%M"),
        "reason": "A broken arm",
    }
    client.force_login(make_recruiter(make_program()))
    assert client.post(page, typed).status_code == 200
    assert not Extension.objects.exists()
    client.force_login(make_recruiter(window.program))
    assert "after the window closes" in client.post(page, {**typed, "until": "2020-01-01T10:00"}).text
    for nonsense in ({**typed, "until": "soon"}, {**typed, "email": "nobody"}, {"window": "\0"}):
        assert client.post(page, nonsense).status_code == 200
    assert client.post(page, typed).status_code == 302
    assert Extension.objects.get().reason == "A broken arm"
    listed = client.get(reverse("admin:applications_extension_changelist")).text
    assert "ada@example.org" in listed
    client.force_login(make_recruiter(make_program()))
    assert "ada@example.org" not in client.get(reverse("admin:applications_extension_changelist")).text
    client.force_login(make_user())
    assert client.get(page).status_code in (302, 403)


def test_the_preview_shows_the_window_that_was_asked_for(client, window):
    other = make_window(window.program, opens_at=timezone.now() + HOUR, closes_at=timezone.now() + 9 * HOUR)
    client.force_login(make_recruiter(window.program))
    for one, moment in ((window, window.closes_at), (other, other.opens_at)):
        assert when(moment, one.zone) in client.get(f"/programs/{window.program.slug}/preview/?window={one.pk}").text
