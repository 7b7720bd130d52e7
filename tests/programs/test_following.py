"""Following a program: one click, or an address and a code; and stopping, with and without signing in."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import SignInCode, User
from programs.following import follow, unsubscribe_url
from programs.models import Follower, Notice
from tests.accounts.helpers import newest_code, wrong
from tests.factories import make_program, make_user, make_window

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return make_program("Data Science", slug="data")


def path_of(url: str) -> str:
    return url.removeprefix("http://testserver")


def test_one_click_follows_and_one_click_stops(client, program):
    client.force_login(user := make_user("ada@example.org"))
    assert "You follow this program" not in client.get("/programs/data/").content.decode()
    for _ in range(2):
        page = client.post("/programs/data/follow/", follow=True).content.decode()
        assert "We write to ada@example.org" in page
        assert "You follow this program" in page
    assert list(Follower.objects.values_list("program", "email", "user")) == [(program.pk, user.email, user.pk)]
    page = client.post("/programs/data/follow/stop/", {"back": "program"}, follow=True).content.decode()
    assert "You no longer follow Data Science" in page
    assert "You follow this program" not in page
    assert not Follower.objects.exists()
    client.post("/programs/data/follow/stop/")


def test_nothing_changes_by_looking(client, program):
    client.force_login(user := make_user())
    assert client.get("/programs/data/follow/")["Location"] == "/programs/data/"
    assert client.get("/programs/data/follow/stop/").status_code == 405
    assert not Follower.objects.exists()
    follow(program=program, email=user.email)
    url = path_of(unsubscribe_url(Follower.objects.get()))
    assert client.get(url).status_code == client.head(url).status_code == 200
    assert Follower.objects.exists()


def test_without_an_account_an_address_and_a_code_are_enough(client, program):
    ask, code = "/programs/data/follow/", "/programs/data/follow/code/"
    assert client.get(code)["Location"] == ask
    answer = client.post(ask, {"email": "Eve@Example.org"})
    assert answer["Location"] == code
    assert mail.outbox[-1].subject == "Your code to follow Data Science"
    assert not Follower.objects.exists()
    assert "try 9 more times" in client.post(code, {"code": wrong(newest_code())}).content.decode()
    page = client.post(code, {"code": newest_code()}, follow=True).content.decode()
    assert "You follow Data Science. We write to eve@example.org" in page
    assert Follower.objects.get().email == "eve@example.org"
    assert Follower.objects.get().user is None
    assert not User.objects.exists()
    assert "_auth_user_id" not in client.session
    assert not SignInCode.objects.exists()


def test_a_code_for_following_signs_nobody_in(client, program):
    client.post("/programs/data/follow/", {"email": make_user().email})
    assert client.post("/sign-in/code/", {"code": newest_code()})["Location"] == "/sign-in/"
    assert "_auth_user_id" not in client.session


def test_known_and_unknown_addresses_are_answered_alike(program):
    """Same status, same page but for the address, and the same queries, whether it has an account, follows, or neither."""
    make_user("known@example.org")
    follow(program=program, email="follows@example.org")
    seen = []
    for email in ("known@example.org", "follows@example.org", "unknown@example.org"):
        client = Client()
        with CaptureQueriesContext(connection) as queries:
            asked = client.post("/programs/data/follow/", {"email": email})
            page = client.get(asked["Location"]).content.decode()
        assert not any("accounts_user" in query["sql"] or "follower" in query["sql"] for query in queries)
        page = page.replace(email, "")
        tokens = {piece.split('"')[0] for piece in page.split('name="csrfmiddlewaretoken" value="')[1:]}
        for token in tokens:
            page = page.replace(token, "")
        seen.append((asked.status_code, page, len(queries)))
    assert seen[0] == seen[1] == seen[2]
    assert [message.subject for message in mail.outbox] == ["Your code to follow Data Science"] * 3


def test_an_account_that_is_proved_by_code_gets_the_follow_and_following_twice_changes_nothing(client, program):
    user = make_user("ada@example.org")
    first = follow(program=program, email="ada@example.org")
    client.post("/programs/data/follow/", {"email": "ada@example.org"})
    client.post("/programs/data/follow/code/", {"code": newest_code()})
    assert Follower.objects.get() == first
    assert first.user == user


def test_what_is_open_already_is_known(program):
    open_now = make_window(program)
    make_window(program, opens_at=timezone.now() + timedelta(days=30), closes_at=timezone.now() + timedelta(days=40))
    follow(program=program, email="ada@example.org")
    assert list(Notice.objects.values_list("window", "occasion")) == [(open_now.pk, "open")]


@pytest.mark.parametrize("form", [{}, {"List-Unsubscribe": "One-Click"}], ids=["the page's button", "a mail program"])
def test_one_click_in_the_letter_stops_without_signing_in_nor_a_csrf_token(program, form):
    url = path_of(unsubscribe_url(follow(program=program, email="ada@example.org")))
    other = follow(program=make_program(), email="ada@example.org")
    client = Client(enforce_csrf_checks=True)
    assert "Stop letters about Data Science?" in client.get(url).content.decode()
    answer = client.post(url, form)
    assert (answer.status_code, "You get no more" in answer.content.decode()) == (200, True)
    assert list(Follower.objects.all()) == [other]
    again = client.post(url, form)
    assert (again.status_code, "ended already" in again.content.decode()) == (200, True)
    assert "no-cache" in again["Cache-Control"]


def test_only_that_post_needs_no_csrf_token(program):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    for url in ("/programs/data/follow/", "/programs/data/follow/stop/"):
        assert client.post(url).status_code == 403


@pytest.mark.parametrize(
    "change", [lambda token: token[:-1], lambda token: "2" + token, lambda token: "x", lambda token: "%00"]
)
def test_a_token_that_is_not_ours_stops_nothing(client, program, change):
    url = path_of(unsubscribe_url(follow(program=program, email="ada@example.org")))
    token = url.split("/")[2]
    forged = f"/unsubscribe/{change(token)}/"
    assert client.get(forged).status_code == client.post(forged).status_code == 404
    assert Follower.objects.exists()


def test_a_program_that_is_not_shown_cannot_be_followed_but_left(client):
    hidden = make_program(slug="hidden", published=False)
    client.force_login(user := make_user())
    for url in ("/programs/hidden/follow/", "/programs/hidden/follow/stop/", "/programs/none/follow/"):
        assert client.post(url).status_code == 404
    follow(program=hidden, email=user.email)
    assert client.post("/programs/hidden/follow/stop/")["Location"] == "/my-data/"
    assert not Follower.objects.exists()
