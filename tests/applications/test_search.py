"""The search in the list of applications: what it finds, and that its text is what each application is made of, always."""

import importlib

import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from applications.drafts import save_draft
from applications.models import Application
from applications.search import search_text_of
from applications.services import submit, withdraw
from pinterns.erasing import erase
from tests.factories import draft_for, make_draft, make_user, make_window

pytestmark = pytest.mark.django_db
LIST = reverse("admin:applications_application_changelist")


@pytest.fixture
def administrator(client):
    user = make_user(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def named(name: str, email: str = "") -> Application:
    candidate = make_user(email)
    window = make_window()
    draft = draft_for(window) | {"about-full_name": [name]}
    return submit(application=save_draft(candidate=candidate, window=window, draft=draft), revision=0)


def found(client, asked: str) -> list[Application]:
    return list(client.get(LIST, {"q": asked}).context["cl"].result_list)


def assert_kept() -> None:
    for application in Application.objects.all():
        assert application.search_text == search_text_of(application)


def test_it_finds_parts_of_words_and_short_words_whole(client, administrator):
    ada = named("Ada Lindgren", "ada@uni.example")
    li = named("Li Wu", "wu.li@college.example")
    for asked, expected in {
        "LIND": [ada],
        "lindgren ada": [ada],
        '"ada lindgren"': [ada],
        "@uni": [ada],
        "li": [li],
        "wu li": [li],
        "w": [],
        "li - wu": [li],
        li.reference.lower(): [li],
        li.reference[:4]: [li],
        "example": [li, ada],
        "lindgren li": [],
        "50%": [],
        "a_a": [],
        "---": [],
        "": [li, ada],
        "   ": [li, ada],
    }.items():
        assert found(client, asked) == expected, asked


def test_the_text_follows_whatever_it_is_made_of(client, administrator):
    application, draft = named("Ada Example"), make_draft()
    candidate, window = application.candidate, application.window
    assert_kept()
    assert not draft.search_text

    changed = draft_for(window) | {"about-full_name": ["Ada Lovelace"]}
    submit(application=save_draft(candidate=candidate, window=window, draft=changed), revision=1)
    assert_kept()
    assert found(client, "lovelace") == [application]

    form = reverse("admin:accounts_user_change", args=[candidate.pk])
    roles = {f"memberships-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL")}
    posted = {"name": "", "email": "countess@example.org", "is_active": "on", **roles}
    assert client.post(form, posted).status_code == 302
    assert_kept()
    assert found(client, "countess") == [application]

    application.refresh_from_db()
    withdraw(application=application)
    assert_kept()
    erase(user=candidate, by=None, at=timezone.now())
    assert_kept()
    assert not found(client, "lovelace") and not found(client, "countess")
    application.refresh_from_db()
    assert found(client, application.reference) == [application]


def test_the_migration_fills_what_was_sent_and_nothing_else():
    sent, erased, _draft = named("Ada Example"), named("Bo Example"), make_draft()
    erase(user=erased.candidate, by=None, at=timezone.now())
    Application.objects.update(search_text="")
    migration = importlib.import_module("applications.migrations.0013_search_texts_filled")
    migration.fill(apps, None)
    assert_kept()
    sent.refresh_from_db()
    assert "Ada Example" in sent.search_text


def test_what_the_code_of_before_took_during_an_upgrade_is_found_after_a_recount(client, administrator):
    application = named("Ada Example")
    Application.objects.update(search_text="")
    assert found(client, "Example") == []
    call_command("recount", verbosity=0)
    assert found(client, "Example") == [application]
    assert_kept()
