"""What is told of sign-ins and refusals: enough to see an attack, and nothing about a person but a number."""

import logging
import re

import pytest

from accounts.models import Session, User
from programs.models import Membership
from programs.roles import revoke
from tests.accounts.helpers import CODE, ask, newest_code, sign_in, wrong
from tests.accounts.test_second_factor import AUTHENTICATE, REAUTHENTICATE, set_up_app, show_app
from tests.factories import make_program, make_recruiter, make_user

pytestmark = pytest.mark.django_db
ADA, NAME, NETWORK = "ada.planted@example.org", "Ada Planted", "203.0.113.77"
AT = {"REMOTE_ADDR": NETWORK, "headers": {"user-agent": "Planted/1.0"}}


@pytest.fixture
def told(caplog):
    caplog.set_level(logging.INFO, logger="accounts.security")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "accounts.security"]


@pytest.fixture
def staff(settings):
    settings.STAFF_MFA_REQUIRED = True
    return make_recruiter(make_program(), email=ADA, name=NAME)


def test_a_sign_in_and_its_end_are_told(client, told):
    user = make_user(ADA, name=NAME)
    sign_in(client, ADA)
    client.post("/sign-out/")
    assert told() == [f"user {user.pk} signed in: code by e-mail", f"user {user.pk} signed out"]


def test_wrong_codes_are_told_by_the_number_of_the_code(client, told):
    ask(client, ADA)
    for _ in range(11):
        client.post(CODE, {"code": wrong(newest_code())})
    lines = told()
    assert re.fullmatch(r"code \d+ was wrong, 9 tries left", lines[0])
    assert [line.split(" ", 2)[2] for line in lines[-2:]] == ["was tried and is void"] * 2


def test_too_many_letters_are_told(client, told):
    for _ in range(6):
        client.cookies.clear()
        ask(client, ADA, **AT)
    assert told() == ["a code was refused: too many were asked for"]


def test_second_factors_are_told_with_their_kind_and_their_refusals(
    client, told, staff, django_capture_on_commit_callbacks
):
    sign_in(client, ADA)
    with django_capture_on_commit_callbacks(execute=True):
        secret = set_up_app(client)
    client.post(REAUTHENTICATE, {"code": "000000"})
    client.post("/sign-out/")
    sign_in(client, ADA)
    client.post(AUTHENTICATE, {"credential": '{"id": 1}'})
    show_app(client, secret, AUTHENTICATE)
    assert told() == [
        f"user {staff.pk} signed in: code by e-mail",
        f"user {staff.pk}: totp_activated",
        f"a second factor of user {staff.pk} was refused",
        f"user {staff.pk} signed out",
        f"a second factor of user {staff.pk} was refused",
        f"user {staff.pk} signed in: code by e-mail, totp",
    ]


def test_refusals_are_told_by_the_name_of_the_page(client, told):
    user = make_user(ADA, name=NAME)
    client.force_login(user)
    client.get(f"/admin/?q={ADA}", follow=True)
    client.get("/staff/security/")
    assert told() == [f"user {user.pk} was refused: GET {page}" for page in ("admin:login", "mfa_index")]


def test_sessions_that_end_are_told_with_the_reason(client, told, staff, settings):
    settings.STAFF_MFA_REQUIRED = False
    program = staff.memberships.get().program
    for _ in range(2):
        client.force_login(staff)
        client.cookies.clear()
    client.force_login(staff)
    client.post("/sessions/", {"others": "1"})
    revoke(user=staff, program=program, role=Membership.Role.RECRUITER)
    assert told() == [
        f"2 sessions of user {staff.pk} ended: by themselves",
        f"1 sessions of user {staff.pk} ended: may no longer enter the admin",
    ]
    assert not Session.objects.exists()


def test_nothing_in_the_log_is_about_a_person(client, caplog, settings, staff):
    caplog.set_level(logging.DEBUG)
    for name in ("accounts", "django.request", "django.security", "allauth"):
        caplog.set_level(logging.DEBUG, logger=name)
    ask(client, ADA, **AT)
    client.post(CODE, {"code": wrong(newest_code())}, **AT)
    client.post(CODE, {"code": newest_code()}, **AT)
    secret = set_up_app(client)
    show_app(client, secret, REAUTHENTICATE)
    client.get("/admin/", **AT)
    User.objects.filter(pk=staff.pk).update(is_staff=False)
    client.get("/admin/", follow=True, **AT)
    client.post("/sign-out/", **AT)
    written = "\n".join(
        f"{record.getMessage()} {record.args}" for record in caplog.records if record.name != "django.db.backends"
    )
    assert "was refused" in written and "signed in" in written
    for planted in (ADA, "Planted", NETWORK, newest_code(), newest_code().replace("-", ""), secret):
        assert planted not in written
