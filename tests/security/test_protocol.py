"""What holds for every address, whatever is behind it: tokens against forged posts, frames, caches, hosts, sessions."""

import json
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.test import Client

from tests.accounts.helpers import ASK, sign_in
from tests.security.site_doors import ALL, address
from tests.security.test_every_url import arrive
from tests.security.world import make_side

pytestmark = pytest.mark.django_db
# Mail programs post here for their reader, whose signed token says whose follow ends (RFC 8058).
WITHOUT_TOKEN = {"unsubscribe"}


@pytest.fixture
def here():
    return make_side("Here")


@pytest.mark.parametrize("role", ["candidate", "administrator"])
def test_no_post_is_taken_without_the_pages_token(here, role):
    signed_in = arrive(role, here)
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in.cookies
    taken = [
        name
        for name, rule in ALL.items()
        if role in rule.who and "POST" in rule.takes and name not in WITHOUT_TOKEN
        if client.post(address(name, rule.arguments(here)), rule.posts).status_code != 403
    ]
    # The admin's sign-in and its old addresses only lead on, whatever the method.
    assert [name for name in taken if name != "admin:login" and not name.endswith("_old")] == []


@pytest.mark.parametrize(
    "said", [{"origin": "https://evil.example"}, {"origin": "null"}, {"referer": "https://evil.example/"}]
)
def test_no_post_from_another_site_is_taken_though_it_has_a_token(said):
    client = Client(enforce_csrf_checks=True)
    page = client.get(ASK, secure=True)
    posted = {"email": "ada@example.org", "csrfmiddlewaretoken": page.context["csrf_token"]}
    assert client.post(ASK, posted, secure=True, headers=said).status_code == 403
    same = {"origin": "https://testserver"}
    assert client.post(ASK, posted, secure=True, headers=same).status_code == 302  # the control


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded; charset=utf-7"]
)
def test_a_form_in_another_clothing_is_no_form(here, content_type):
    """What is no form is read as an empty one."""
    client = arrive("candidate", here)
    application = here.application
    body = json.dumps({"action": "send", "status": "accepted", "window": here.window.pk})
    answer = client.post(here.program.apply_url, body, content_type=content_type)
    assert answer.status_code < 500
    before = (application.status, application.revision)
    application.refresh_from_db()
    assert (application.status, application.revision) == before


def test_no_answer_can_be_framed_and_private_ones_are_not_kept(here):
    client = arrive("candidate", here)
    for name, rule in ALL.items():
        answer = client.get(address(name, rule.arguments(here)))
        answer.getvalue()  # a download is made, and its file closed, while it is read
        kept = answer.headers.get("Cache-Control", "")
        assert "no-store" in kept or "public" in kept or answer.status_code == 405, name
        assert answer.headers["X-Frame-Options"] == "DENY", name
        if "no-store" in kept and "sandbox" not in answer.headers["Content-Security-Policy"]:
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], name


def test_errors_can_be_framed_by_nobody(client, settings):
    settings.MAX_REQUEST_BYTES = 10
    answers = [client.get("/", headers={"host": "evil.example"}), client.post("/sign-in/", {"email": "x" * 20})]
    answers += [client.get("/no/such/page"), client.delete("/")]
    assert [answer.status_code for answer in answers] == [400, 413, 404, 405]
    for answer in answers:
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_letter_carries_the_configured_host_alone(client, settings):
    settings.SITE_URL = "https://internships.example.org"
    client.post(ASK, {"email": "ada@example.org"}, headers={"host": "localhost", "x-forwarded-host": "evil.example"})
    letter = mail.outbox[-1].message().as_string()
    assert "https://internships.example.org" in letter and "evil" not in letter and "localhost" not in letter


def test_a_session_planted_before_signing_in_is_not_the_one_after(client):
    client.get("/where-do-i-qualify/")
    client.post(ASK, {"email": "ada@example.org"})
    planted = client.session.session_key
    sign_in(client, "ada@example.org")
    inside = client.session.session_key
    assert planted and inside != planted
    client.post("/sign-out/")
    client.cookies["sessionid"] = inside
    assert client.get("/applications/").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        *("//evil.example", "\\\\evil.example", "https:evil.example", "/\\evil.example", "javascript:alert(1)"),
        *("https://testserver@evil.example", "/\t/evil.example", "%2F%2Fevil.example", "\n//evil.example"),
    ],
)
def test_nobody_is_led_to_another_site(client, target):
    assert sign_in(client, "ada@example.org", f"?{urlencode({'next': target})}").url == "/applications/"


@pytest.mark.parametrize(
    "address", ["/admin/login/?next=", "/sign-in/code/?next=", "/admin/?_changelist_filters=", "/admin/?_to_field="]
)
def test_who_is_signed_in_is_led_to_no_other_site_either(here, address):
    client = arrive("administrator", here)
    answer = client.get(f"{address}//evil.example/")
    assert "evil.example" not in answer.headers.get("Location", "").split("?")[0]


@pytest.mark.parametrize("page", ["/", "/accessibility/", "/robots.txt", "/openings.atom", "/api/v1/programs.json"])
def test_public_pages_set_no_cookie(client, page):
    assert not client.get(page).cookies
