"""What one agrees to by sending: asked once for each wording, kept in its words, and never rewritten."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from applications import consent
from applications.models import Application, Consent
from tests.factories import make_application, make_program, make_recruiter, make_user, make_window, post_for

pytestmark = pytest.mark.django_db

# Of what each version says. Other words are another version: add a line, and leave the earlier ones.
WORDED = {"2026-11": "bbbbcb743e73783d"}


@pytest.fixture
def window():
    return make_window(make_program(asks=("statement",)))


@pytest.fixture
def ada(client):
    user = make_user("ada@example.org")
    client.force_login(user)
    return user


def test_other_words_are_another_version():
    templates = Path(settings.BASE_DIR, "templates/pinterns")
    page, times = ((templates / name).read_text(encoding="utf-8") for name in ("privacy.html", "_retentions.html"))
    times = re.sub("^.*#}", "", times, flags=re.DOTALL)  # a comment is no word of it
    page = page.replace('{% include "pinterns/_retentions.html" %}', times)
    words = " ".join(f"{consent.WORDING}\n{re.sub('<[^>]+>', ' ', page)}".split())
    assert WORDED[consent.VERSION] == hashlib.sha256(words.encode()).hexdigest()[:16]


def test_nothing_is_sent_without_it_and_nothing_typed_is_lost(client, ada, window):
    posted = post_for(window, action="send")
    box = next(name for name in posted if name.startswith("consent-"))
    del posted[box]
    answer = client.post(window.program.apply_url, posted, follow=True)
    page = answer.content.decode()
    assert "Tick this before you send." in page
    assert "Because I like pins very much." in page
    assert (Application.objects.get().status, Consent.objects.count()) == ("draft", 0)
    client.post(window.program.apply_url, posted | {box: "on", "draft_version": "1"})
    assert (Application.objects.get().status, Consent.objects.count()) == ("submitted", 1)


def test_the_words_and_the_moment_are_kept_and_shown_to_both(client, ada, window):
    at = timezone.now()
    application = make_application(window, candidate=ada, at=at)
    kept = Consent.objects.get()
    assert (kept.application, kept.version, kept.wording, kept.at) == (
        application, consent.VERSION, str(consent.WORDING), at
    )  # fmt: skip
    Consent.objects.update(wording="Words of that time")
    assert "Words of that time" in client.get("/my-data/").content.decode()
    client.force_login(make_recruiter(window.program))
    assert (
        "Words of that time" in client.get(f"/admin/applications/application/{application.pk}/change/").content.decode()
    )


def test_changes_under_the_same_words_record_nothing_new(client, ada, window):
    make_application(window, candidate=ada)
    first = Consent.objects.values().get()
    client.post(window.program.apply_url, post_for(window, action="send", revision="1", draft_version="1"))
    assert Application.objects.get().revision == 2
    assert Consent.objects.values().get() == first


def test_other_words_are_asked_anew_and_leave_the_earlier_record(client, ada, window, monkeypatch):
    make_application(window, candidate=ada)
    first = Consent.objects.values().get()
    monkeypatch.setattr(consent, "VERSION", "2031-01")
    monkeypatch.setattr(consent, "WORDING", "Other words.")
    assert "Other words." in client.get(window.program.apply_url).content.decode()
    again = {"action": "send", "revision": "1", "draft_version": "1"}
    box = "consent-agreed-2031-01"
    unticked = {name: value for name, value in post_for(window, **again).items() if name != box}
    client.post(window.program.apply_url, unticked | {"consent-agreed-2026-11": "on"})
    assert Application.objects.get().revision == 1, "a tick under the old words is none under the new ones"
    client.post(window.program.apply_url, unticked | {box: "on", "draft_version": "2"})
    assert Application.objects.get().revision == 2
    assert Consent.objects.values().get(version="2026-11") == first
    assert Consent.objects.get(version="2031-01").wording == "Other words."


def test_the_box_is_not_ticked_for_the_next_intake(client, ada, window):
    make_application(window, candidate=ada)
    other = make_window(make_program(asks=("statement",)))
    page = client.get(other.program.apply_url).content.decode()
    box = re.search(r'<input[^>]*name="consent-agreed-2026-11"[^>]*>', page).group()
    assert "checked" not in box


def test_the_privacy_page_is_for_everybody_and_tells_how_long(client):
    page = client.get("/privacy/").content.decode()
    assert "Canada: 36 months" in page
    assert "United States of America: 24 months" in page
    assert "Version 2026-11" in page
    assert 'href="/privacy/"' in client.get("/").content.decode()
