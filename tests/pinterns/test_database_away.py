"""While the database is away people get a page that says try again, with what they typed, and no bare error."""

from importlib import import_module

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from applications import apply
from tests.factories import make_program, make_user, make_window, post_for

TYPED = "Ada <Example>"


@pytest.fixture
def window(db):
    return make_window(make_program(asks=("confirmation", "statement")))


@pytest.fixture
def client(window):
    client = Client(raise_request_exception=False)
    client.force_login(make_user())
    return client


def gone(error):
    def raises(*args, **kwargs):
        raise error("the connection is closed")

    return raises


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_form_that_could_not_be_saved_comes_back_with_what_was_typed(client, window, monkeypatch, error):
    form = post_for(window, action="send", **{"about-full_name": TYPED})
    with monkeypatch.context() as patched:
        patched.setattr(apply, "save_draft", gone(error))
        answer = client.post(window.program.apply_url, form)

    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert "no-store" in answer["Cache-Control"]
    page = answer.content.decode()
    assert "We could not save this just now" in page
    assert '<input type="hidden" name="about-full_name" value="Ada &lt;Example&gt;">' in page
    assert all(f'name="{name}"' in page for name in form)


def test_a_page_says_to_open_it_again_though_it_broke_before_its_view(client, window, monkeypatch, settings):
    monkeypatch.setattr(import_module(settings.SESSION_ENGINE).SessionStore, "load", gone(OperationalError))
    answer = client.get(window.program.apply_url)

    assert answer.status_code == 503
    assert "reload this page" in answer.content.decode()
    assert "<form" not in answer.content.decode()


def test_autosave_is_told_that_it_will_try_again(client, window, monkeypatch):
    monkeypatch.setattr(apply, "save_draft", gone(OperationalError))
    answer = client.post(window.program.apply_url, post_for(window, action="autosave"))

    assert answer.status_code == 503
    assert answer.json()["state"] == "not-reached"
    assert answer.json()["line"].startswith("Not saved yet")
    assert "version" not in answer.json()


def test_another_error_stays_an_error(client, window, monkeypatch):
    monkeypatch.setattr(apply, "save_draft", gone(ValueError))
    assert client.post(window.program.apply_url, post_for(window, action="send")).status_code == 500
