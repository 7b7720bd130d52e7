"""Every way round the second factor, and what allauth must keep doing so that there is none."""

import re
import time
from datetime import timedelta

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts import second_factor
from accounts.models import User
from programs.models import Membership
from programs.roles import grant
from tests.accounts.helpers import sign_in, totp_code
from tests.accounts.test_second_factor import AUTHENTICATE, REAUTHENTICATE, SECURITY, set_up_app, show_app
from tests.factories import make_program, make_user

pytestmark = pytest.mark.django_db
STAFF = "ada@example.org"


@pytest.fixture(autouse=True)
def _in_production(settings):
    settings.STAFF_MFA_REQUIRED = True


@pytest.fixture
def staff() -> User:
    return User.objects.create_superuser(STAFF)


@pytest.fixture
def secret(client, staff) -> str:
    """The key of an app that was set up and shown in `client`, whose admin is open."""
    sign_in(client, STAFF)
    secret = set_up_app(client)
    show_app(client, secret, REAUTHENTICATE)
    assert is_open(client)
    return secret


def is_open(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def another_browser() -> Client:
    """One that has proved the address, and stands before the second factor."""
    client = Client()
    sign_in(client, STAFF, "?next=/admin/")
    return client


def later(monkeypatch, seconds: int) -> None:
    """The clocks of codes and of the cache stand so much later."""
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + seconds)
    monkeypatch.setattr("django.core.cache.backends.db.tz_now", lambda: timezone.now() + timedelta(seconds=seconds))


# --- What allauth records --------------------------------------------------------------------------------------------
def test_a_record_has_the_shape_that_the_admin_goes_by(client, secret, rf, staff):
    """Another shape after an upgrade fails here, before it opens the admin to anybody or closes it to everybody."""
    request = rf.get("/")
    request.session, request.user = client.session, staff
    [record] = [one for one in get_authentication_records(request, staff) if one["method"] == "mfa"]
    app = Authenticator.objects.get(user=staff, type="totp")
    assert set(record) == {"method", "at", "id", "type", "reauthenticated"}
    assert (record["id"], record["type"]) == (app.pk, "totp") and time.time() - record["at"] < 60
    assert get_authentication_records(request, make_user()) == [], "the records of one are nobody else's"
    assert get_authentication_records(request, AnonymousUser()) == []


@pytest.mark.parametrize("invented", [[], None, "mfa", {}, [{"method": "password", "at": 1}], [{"method": "code"}]])
def test_without_a_record_of_a_second_factor_the_admin_is_closed(client, secret, invented):
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = invented
    session.save()
    assert not is_open(client)


def test_a_record_of_what_is_gone_or_anothers_opens_nothing(client, secret, staff):
    other = User.objects.create_superuser("grace@example.org")
    theirs = Authenticator.objects.create(user=other, type="totp", data={"secret": "A" * 32})
    for pk in (theirs.pk, theirs.pk + 1000):
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": time.time(), "id": pk, "type": "totp"}]
        session.save()
        assert not is_open(client)


# --- Sessions --------------------------------------------------------------------------------------------------------
def test_a_candidates_session_is_not_promoted(client):
    user = make_user(STAFF)
    sign_in(client, STAFF)
    grant(user=user, program=make_program(), role=Membership.Role.RECRUITER)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/sign-in/")
    sign_in(client, STAFF, "?next=/admin/")
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == SECURITY


@pytest.mark.parametrize(
    "page",
    [
        "totp/activate/",
        "totp/deactivate/",
        "recovery-codes/",
        "recovery-codes/generate/",
        "recovery-codes/download/",
        "passkeys/add/",
    ],
)
def test_a_session_from_before_the_second_factor_can_change_none(staff, page):
    old, new = Client(), Client()
    sign_in(old, STAFF)
    sign_in(new, STAFF)
    show_app(new, set_up_app(new), REAUTHENTICATE)
    before = list(Authenticator.objects.order_by("pk").values())
    for answer in (old.get(SECURITY + page), old.post(SECURITY + page, {"code": "000000", "credential": "{}"})):
        assert answer.status_code in (302, 405), answer.content.decode()
    assert list(Authenticator.objects.order_by("pk").values()) == before and not is_open(old)


def test_whoever_stands_before_the_second_factor_has_nothing_of_the_admin_yet(secret):
    half = another_browser()
    for page in ("/admin/", "/admin/login/?next=/admin/", SECURITY, SECURITY + "totp/picture.svg", REAUTHENTICATE):
        assert half.get(page, follow=True).redirect_chain[-1][0].startswith("/sign-in/"), page
    assert "_auth_user_id" not in half.session


def test_whoever_removes_the_factor_that_was_shown_shows_the_new_one_first(client, secret, staff):
    client.post(SECURITY + "totp/deactivate/")
    assert not is_open(client)
    new = set_up_app(client)
    assert not is_open(client), "set up, and not shown"
    cache.clear()
    show_app(client, new, REAUTHENTICATE)
    assert is_open(client)


def test_removing_the_factor_closes_the_admin_in_every_browser(client, secret):
    other = another_browser()
    cache.clear()
    show_app(other, secret, AUTHENTICATE)
    assert is_open(other)
    client.post(SECURITY + "totp/deactivate/")
    assert not is_open(other) and not is_open(client)


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/admin/", "/\\evil.example/", "javascript:1"]
)
def test_the_step_of_the_second_factor_leads_nowhere_else(secret, target):
    cache.clear()
    half = Client()
    sign_in(half, STAFF, f"?next={target}")
    answer = half.post(f"{AUTHENTICATE}?next={target}", {"code": totp_code(secret, time.time()), "next": target})
    assert answer.url == "/applications/"
    assert show_app(half, secret, REAUTHENTICATE, target).headers.get("Location", "/").startswith("/")


def test_signing_in_with_the_second_factor_leaves_the_session_before_dead(secret):
    half = another_browser()
    planted = half.cookies["sessionid"].value
    cache.clear()
    show_app(half, secret, AUTHENTICATE)
    attacker = Client()
    attacker.cookies["sessionid"] = planted
    assert is_open(half) and not is_open(attacker)


# --- Codes -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seconds", [0, 25, 31, 55])
def test_a_code_of_the_app_is_right_once_for_as_long_as_it_would_be_right(secret, monkeypatch, seconds):
    """allauth alone takes it once more after 31 seconds: it forgets after 30, and with our tolerance a code lives on."""
    cache.clear()
    at = (time.time() // 30) * 30 + 30  # the step that begins next, whose code is already right
    code = totp_code(secret, at)
    first, second = another_browser(), another_browser()
    assert first.post(AUTHENTICATE, {"code": code}).status_code == 302
    later(monkeypatch, seconds)
    answer = second.post(AUTHENTICATE, {"code": f" {code[:3]}-{code[3:]}"})
    assert answer.status_code == 200 and "tried this code already" in answer.content.decode()
    assert "_auth_user_id" not in second.session


def test_without_our_memory_a_code_would_be_right_twice(secret, monkeypatch):
    """The control."""
    monkeypatch.setattr(second_factor.OnceForm, "_is_first_try", lambda form: True)
    cache.clear()
    code = totp_code(secret, (time.time() // 30) * 30 + 30)
    first, second = another_browser(), another_browser()
    assert first.post(AUTHENTICATE, {"code": code}).status_code == 302
    later(monkeypatch, 31)
    assert second.post(AUTHENTICATE, {"code": code}).status_code == 302


def test_a_recovery_code_is_right_once_at_either_step(client, secret):
    page = client.get(SECURITY + "recovery-codes/").content.decode()
    code = re.findall(r"<code>(\d+)</code>", page)[0]
    first, second = another_browser(), another_browser()
    assert first.post(AUTHENTICATE, {"code": code}).status_code == 302
    assert is_open(first)
    cache.clear()
    assert second.post(AUTHENTICATE, {"code": code}).status_code == 200
    assert first.post(REAUTHENTICATE, {"code": code}).status_code == 200
    assert "_auth_user_id" not in second.session


def test_recovery_codes_alone_are_no_second_factor(client, staff):
    Authenticator.objects.create(user=staff, type="recovery_codes", data={"seed": "x" * 40, "used_mask": 0})
    sign_in(client, STAFF)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == SECURITY


def test_guesses_of_the_second_factor_are_counted_over_all_browsers(secret):
    halves = [another_browser() for _ in range(3)]
    cache.clear()
    answers = [halves[number % 3].post(AUTHENTICATE, {"code": f"{number:06}"}) for number in range(12)]
    assert ["Too many" in answer.content.decode() for answer in answers] == [False] * 10 + [True] * 2
    assert not any("_auth_user_id" in half.session for half in halves)
