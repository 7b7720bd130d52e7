"""What the admin asks of staff beyond the code by e-mail, against the pinned version of allauth."""

import re
import time
from importlib.metadata import version
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as site_settings
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.accounts.helpers import ASK, CODE, ask, newest_code, sign_in, totp_code
from tests.factories import make_program, make_recruiter

pytestmark = pytest.mark.django_db
STAFF = "ada@example.org"
SECURITY = "/staff/security/"
ACTIVATE, REAUTHENTICATE, AUTHENTICATE = (
    SECURITY + "totp/activate/",
    SECURITY + "reauthenticate/",
    SECURITY + "authenticate/",
)


@pytest.fixture(autouse=True)
def _in_production(settings):
    settings.STAFF_MFA_REQUIRED = True


@pytest.fixture
def staff() -> User:
    return User.objects.create_superuser(STAFF)


def set_up_app(client: Client) -> str:
    """Sets up an authenticator app as a person does, and returns its key."""
    page = client.get(ACTIVATE).content.decode()
    secret = re.search(r"<code>(\w+)</code>", page).group(1)
    answer = client.post(ACTIVATE, {"code": totp_code(secret, time.time())})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def show_app(client: Client, secret: str, page: str, target: str = "/admin/"):
    return client.post(page, {"code": totp_code(secret, time.time()), "next": target})


def test_this_is_the_version_that_was_looked_at():
    """Read accounts/staff.py against the release notes, then change the pin and this line together."""
    pinned = re.search(
        r"^django-allauth(?:\[.*\])?==(\S+)", (Path(site_settings.BASE_DIR) / "requirements.txt").read_text(), re.M
    )
    assert version("django-allauth") == pinned.group(1)


def test_the_admin_has_no_sign_in_page_of_its_own(client):
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{ASK}?next=/admin/"
    assert client.post("/admin/login/", {"username": STAFF, "password": "x"}).url == f"{ASK}?next=/admin/"
    assert b'type="password"' not in answer.content


@pytest.mark.parametrize("page", ["/admin/password_change/", "/admin/password_change/done/"])
def test_the_admin_knows_no_passwords(client, staff, settings, page):
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(staff)
    assert client.get(page).status_code == 404


def test_a_candidate_is_refused_and_not_sent_in_circles(client):
    sign_in(client, "nils@example.org")
    assert client.get("/admin/", follow=True).status_code == 403
    for page in (
        "",
        "totp/activate/",
        "totp/picture.svg",
        "recovery-codes/",
        "passkeys/",
        "passkeys/add/",
        "reauthenticate/",
    ):
        assert client.get(SECURITY + page).status_code == 403
    assert client.get(AUTHENTICATE).status_code == 302


def test_staff_without_a_second_factor_are_sent_to_set_one_up(client, staff):
    assert sign_in(client, STAFF, "?next=/admin/").url == "/admin/"
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == SECURITY
    assert "Set up one of these first" in answer.content.decode()
    assert client.get("/admin/auth/group/").status_code == 302


def test_setting_up_an_app_opens_the_admin_once_it_was_shown(client, staff):
    sign_in(client, STAFF)
    secret = set_up_app(client)
    assert client.get("/admin/login/?next=/admin/auth/group/").url == f"{REAUTHENTICATE}?next=/admin/auth/group/"
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == f"{REAUTHENTICATE}?next=/admin/"
    assert client.post(REAUTHENTICATE, {"code": "000000", "next": "/admin/"}).status_code == 200
    assert client.get("/admin/").status_code == 302
    assert show_app(client, secret, REAUTHENTICATE).url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_wrong_code_sets_nothing_up(client, staff):
    sign_in(client, STAFF)
    client.get(ACTIVATE)
    page = client.post(ACTIVATE, {"code": "12"})
    assert page.status_code == 200 and "To fix:" in page.content.decode()
    assert not Authenticator.objects.exists()


def test_signing_in_asks_for_the_second_factor_before_anybody_is_signed_in(client, staff):
    sign_in(client, STAFF)
    secret = set_up_app(client)
    client.post("/sign-out/")

    answer = sign_in(client, STAFF, "?next=/admin/")
    assert answer.url == AUTHENTICATE
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == f"{ASK}?next=/admin/"
    assert client.get(SECURITY).url == f"{ASK}?next={SECURITY}"
    assert client.get(AUTHENTICATE).status_code == 200
    before = client.session.session_key
    assert client.post(AUTHENTICATE, {"code": "000000"}).status_code == 200
    assert "_auth_user_id" not in client.session
    assert show_app(client, secret, AUTHENTICATE).url == "/admin/"
    assert client.session.session_key != before
    assert client.get("/admin/").status_code == 200


def test_a_session_from_before_the_second_factor_is_asked_for_it(client, staff):
    old = Client()
    sign_in(old, STAFF)
    mail.outbox.clear()
    sign_in(client, STAFF)
    secret = set_up_app(client)
    show_app(client, secret, REAUTHENTICATE)
    assert client.get("/admin/").status_code == 200
    assert old.get("/admin/").status_code == 302
    assert old.get("/admin/", follow=True).redirect_chain[-1][0] == f"{REAUTHENTICATE}?next=/admin/"


def test_the_admin_closes_when_the_second_factor_is_gone(client, staff):
    sign_in(client, STAFF)
    secret = set_up_app(client)
    show_app(client, secret, REAUTHENTICATE)
    assert client.get(SECURITY + "totp/deactivate/").status_code == 200
    assert client.post(SECURITY + "totp/deactivate/").url == SECURITY
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == SECURITY


def test_one_persons_second_factor_is_not_anothers(client, staff):
    other = User.objects.create_superuser("grace@example.org")
    Authenticator.objects.create(user=other, type=Authenticator.Type.TOTP, data={"secret": "A" * 32})
    sign_in(client, STAFF)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == SECURITY


def test_recovery_codes_stand_in_for_a_lost_phone_once(client, staff):
    sign_in(client, STAFF)
    secret = set_up_app(client)
    show_app(client, secret, REAUTHENTICATE)
    page = client.get(SECURITY + "recovery-codes/").content.decode()
    codes = re.findall(r"<code>(\d+)</code>", page)
    assert len(codes) == 10
    download = client.get(SECURITY + "recovery-codes/download/")
    assert download.content.decode().split() == codes and "no-store" in download.headers["Cache-Control"]
    client.post("/sign-out/")
    sign_in(client, STAFF)
    assert client.post(AUTHENTICATE, {"code": codes[0]}).url == "/applications/"
    assert client.get("/admin/").status_code == 200
    client.post("/sign-out/")
    sign_in(client, STAFF)
    assert client.post(AUTHENTICATE, {"code": codes[0]}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_new_recovery_codes_replace_the_old_ones(client, staff):
    sign_in(client, STAFF)
    secret = set_up_app(client)
    show_app(client, secret, REAUTHENTICATE)
    before = re.findall(r"<code>(\d+)</code>", client.get(SECURITY + "recovery-codes/").content.decode())
    assert client.get(SECURITY + "recovery-codes/generate/").status_code == 200
    after = client.post(SECURITY + "recovery-codes/generate/", follow=True).content.decode()
    assert not set(before) & set(re.findall(r"<code>(\d+)</code>", after))


def test_the_qr_code_is_a_picture_of_its_own(client, staff):
    sign_in(client, STAFF)
    page = client.get(ACTIVATE).content.decode()
    assert 'src="/staff/security/totp/picture.svg"' in page and "data:" not in page and "style=" not in page
    picture = client.get(SECURITY + "totp/picture.svg")
    assert picture.headers["Content-Type"] == "image/svg+xml" and "no-store" in picture.headers["Cache-Control"]
    assert picture.content.startswith(b"<?xml") and b"style=" not in picture.content
    assert client.post(SECURITY + "totp/picture.svg").status_code == 405


def test_passkeys_belong_to_the_configured_host(client, staff, settings):
    settings.SITE_URL = "https://internships.example.org"
    sign_in(client, STAFF)
    page = client.get(SECURITY + "passkeys/add/", headers={"host": "localhost"}).content.decode()
    assert '"id": "internships.example.org"' in page and 'id="passkey"' in page


@pytest.mark.parametrize(
    "credential", ["", "{}", "[]", "null", "not json", '{"id": 1}', '{"id": "' + "a" * 1000 + '"}', "1"]
)
def test_a_passkey_that_is_none_is_refused(client, staff, credential):
    sign_in(client, STAFF)
    client.get(SECURITY + "passkeys/add/")
    assert client.post(SECURITY + "passkeys/add/", {"name": "x", "credential": credential}).status_code == 200
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", "not json", '{"id": 1}', "1"])
def test_signing_in_with_a_passkey_that_is_none_is_refused(client, staff, credential):
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={"secret": "A" * 32})
    sign_in(client, STAFF)
    assert client.post(AUTHENTICATE, {"credential": credential}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_guessing_second_factors_is_stopped(client, staff):
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={"secret": "A" * 32})
    sign_in(client, STAFF)
    for number in range(10):
        client.post(AUTHENTICATE, {"code": f"{number:06}"})
    assert "Too many" in client.post(AUTHENTICATE, {"code": "000010"}).content.decode()


def test_where_none_is_required_staff_need_no_second_factor(client, staff, settings):
    settings.STAFF_MFA_REQUIRED = False
    sign_in(client, STAFF)
    assert client.get("/admin/").status_code == 200


def test_staff_whose_account_is_closed_are_out_at_once(client, staff, settings):
    settings.STAFF_MFA_REQUIRED = False
    sign_in(client, STAFF)
    User.objects.update(is_active=False)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == f"{ASK}?next=/admin/"


def test_staff_meet_the_same_door(client, staff):
    assert ask(client, STAFF).url == CODE
    assert newest_code()


def test_only_whoever_has_a_passkey_is_offered_one(client, staff):
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={"secret": "A" * 32})
    sign_in(client, STAFF)
    assert "Use a passkey" not in client.get(AUTHENTICATE).content.decode()


# --- Lost ---
def with_app(email: str) -> Client:
    """A browser in which its owner set up an app, and has shown it."""
    client = Client()
    sign_in(client, email)
    show_app(client, set_up_app(client), REAUTHENTICATE)
    return client


def forget(client: Client, user: User, **more) -> object:
    rows = {f"memberships-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}  # no role is given or taken
    posted = {"name": user.name, "email": user.email, "is_active": "on", "forget_factor": "on", **rows, **more}
    return client.post(f"/admin/accounts/user/{user.pk}/change/", posted)


def test_an_administrator_takes_a_lost_second_factor_away_and_a_new_one_is_set_up(staff, caplog):
    client = with_app(STAFF)
    colleague = make_recruiter(make_program(), email="grace@example.org")
    theirs = with_app(colleague.email)
    Authenticator.objects.create(user=colleague, type=Authenticator.Type.WEBAUTHN, data={"name": "x", "credential": {}})
    page = client.get(f"/admin/accounts/user/{colleague.pk}/change/").content.decode()
    assert "TOTP Authenticator" in page and "WebAuthn" in page
    assert forget(client, colleague).status_code == 302
    assert not Authenticator.objects.filter(user=colleague).exists()
    assert Authenticator.objects.filter(user=staff).exists()
    assert theirs.get("/admin/").url.startswith("/admin/login/"), "their sessions end"
    assert f"the second factor of user {colleague.pk} was taken away by user {staff.pk}" in caplog.text
    again = Client()
    sign_in(again, colleague.email)
    assert again.get("/admin/", follow=True).redirect_chain[-1][0] == SECURITY
    show_app(again, set_up_app(again), REAUTHENTICATE)
    assert again.get("/admin/").status_code == 200


def test_nobody_takes_away_their_own(staff):
    answer = forget(with_app(STAFF), staff, is_superuser="on")
    assert "lock yourself out" in answer.content.decode()
    assert Authenticator.objects.filter(user=staff).exists()
