"""The door, through the views: an address, a code, and out again."""

import re
import smtplib
from urllib.parse import quote, quote_from_bytes

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import SignInCode, User
from accounts.services import forget_old_codes
from pinterns.management.commands.worker import JOBS
from tests.accounts.helpers import ASK, CODE, ask, let_pass, newest_code, sign_in, wrong

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "mara@example.org", "nils@example.org"


@pytest.fixture
def known() -> User:
    return User.objects.create_user(KNOWN)


def signed_in_as(client: Client) -> str | None:
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key).email if key else None


def readable(response, email: str) -> str:
    """The page without what differs from one request to the next, whoever asks."""
    text = response.content.decode().replace(email, "ADDRESS")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


# --- Two steps -------------------------------------------------------------------------------------------------------
def test_a_known_address_signs_in_with_the_code_from_the_letter(client, known):
    answer = ask(client, KNOWN)
    assert (answer.status_code, answer.url) == (302, CODE)
    page = client.get(CODE).content.decode()
    assert KNOWN in page and 'autocomplete="one-time-code"' in page and 'inputmode="numeric"' in page
    answer = client.post(CODE, {"code": newest_code()})
    assert (answer.status_code, answer.url) == (302, "/applications/")
    assert signed_in_as(client) == KNOWN


def test_a_new_address_gets_its_account_only_on_its_first_correct_code(client):
    ask(client, UNKNOWN)
    client.post(CODE, {"code": wrong(newest_code())})
    assert not User.objects.exists()
    client.post(CODE, {"code": newest_code()})
    user = User.objects.get()
    assert user.email == UNKNOWN == signed_in_as(client)
    assert not user.has_usable_password() and not user.is_staff


def test_known_and_unknown_addresses_meet_the_same_pages_and_letters(known):
    seen = []
    for email in (KNOWN, UNKNOWN):
        client = Client()
        answers = [ask(client, email), client.get(CODE)]
        answers.append(client.post(CODE, {"code": "00000000"}))
        answers.append(client.post(CODE, {"again": "1"}))
        let_pass(minutes=16)
        answers.append(client.post(CODE, {"code": newest_code()}))
        letter = mail.outbox[-1]
        seen.append(
            (
                [(a.status_code, a.headers.get("Location"), sorted(a.headers), readable(a, email)) for a in answers],
                sorted(client.cookies),
                letter.subject,
                letter.body.replace(newest_code(), "CODE"),
            )
        )
    assert seen[0] == seen[1]
    assert len(mail.outbox) == 2


def test_before_a_code_was_right_nobody_looks_for_an_account(client, known):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        ask(client, KNOWN)
        client.get(CODE)
        client.post(CODE, {"code": wrong(newest_code())})
        client.post(CODE, {"again": "1"})
    assert not [query["sql"] for query in queries if "accounts_user" in query["sql"]]


def test_an_address_is_trimmed_and_lower_case(client, known):
    ask(client, "  Mara@Example.ORG ")
    assert mail.outbox[0].to == [KNOWN]
    client.post(CODE, {"code": newest_code()})
    assert signed_in_as(client) == KNOWN and User.objects.count() == 1


@pytest.mark.parametrize("typed", ["{}-{}", "{} {}", " {}{} ", "{}\u00a0{}", "{}\u2013{}"])
def test_a_code_is_taken_however_its_numbers_are_spaced(client, typed):
    ask(client, UNKNOWN)
    client.post(CODE, {"code": typed.format(*newest_code().split("-"))})
    assert signed_in_as(client) == UNKNOWN


def test_numbers_of_another_script_are_numbers(client):
    ask(client, UNKNOWN)
    client.post(CODE, {"code": newest_code().translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))})
    assert signed_in_as(client) == UNKNOWN


def test_the_letter_is_short_and_of_the_configured_site(client, settings):
    settings.SITE_URL = "https://internships.example.org"
    ask(client, UNKNOWN, headers={"host": "localhost"})
    letter = mail.outbox[0]
    assert newest_code() in letter.body and "15 minutes" in letter.body
    assert "https://internships.example.org" in letter.body and "localhost" not in letter.body
    assert letter.extra_headers["Message-ID"].endswith("@internships.example.org>")
    [html] = letter.alternatives
    assert letter.content_subtype == "plain" and html.mimetype == "text/html" and newest_code() in html.content
    assert not re.search(r"\d", letter.subject)


def test_the_code_is_kept_only_as_a_hash(client):
    ask(client, UNKNOWN)
    code = newest_code().replace("-", "")
    assert code not in str(SignInCode.objects.values().get()) + str(dict(client.session))


# --- The life of a code ----------------------------------------------------------------------------------------------
def test_a_code_lives_just_under_fifteen_minutes(client):
    ask(client, UNKNOWN)
    let_pass(minutes=14, seconds=55)
    client.post(CODE, {"code": newest_code()})
    assert signed_in_as(client) == UNKNOWN


def test_a_code_of_fifteen_minutes_is_void_and_the_page_offers_another(client):
    ask(client, UNKNOWN)
    let_pass(minutes=15)
    page = client.post(CODE, {"code": newest_code()})
    assert page.status_code == 200 and "older than 15 minutes" in page.content.decode()
    assert signed_in_as(client) is None and not User.objects.exists()
    client.post(CODE, {"again": "1"})
    client.post(CODE, {"code": newest_code()})
    assert signed_in_as(client) == UNKNOWN


def test_a_code_works_once(client):
    sign_in(client, KNOWN)
    code = newest_code()
    client.post("/sign-out/")
    assert client.post(CODE, {"code": code}).url == ASK
    assert signed_in_as(client) is None


def test_a_code_works_only_in_the_session_that_asked_for_it(client):
    ask(client, KNOWN)
    first, stranger = newest_code(), Client()
    assert stranger.post(CODE, {"code": first}).url == ASK
    ask(stranger, UNKNOWN)
    stranger.post(CODE, {"code": first})
    assert signed_in_as(stranger) is None


def test_ten_wrong_tries_void_the_code_and_the_page_offers_another(client):
    ask(client, KNOWN)
    code = newest_code()
    for left in range(9, 0, -1):
        page = client.post(CODE, {"code": wrong(code)}).content.decode()
        assert f"You can try {left} more time" in page
    page = client.post(CODE, {"code": wrong(code)})
    assert page.status_code == 200 and "wrong ten times" in page.content.decode()
    page = client.post(CODE, {"code": code})
    assert page.status_code == 200 and "wrong ten times" in page.content.decode()
    assert signed_in_as(client) is None
    let_pass(seconds=31)
    client.post(CODE, {"again": "1"})
    client.post(CODE, {"code": newest_code()})
    assert signed_in_as(client) == KNOWN


def test_the_tenth_try_may_be_the_right_one(client):
    ask(client, KNOWN)
    for _ in range(9):
        client.post(CODE, {"code": wrong(newest_code())})
    client.post(CODE, {"code": newest_code()})
    assert signed_in_as(client) == KNOWN


def test_what_cannot_be_a_code_costs_no_try(client):
    ask(client, KNOWN)
    for typed in ("", "1234", "not a code", "123456789"):
        page = client.post(CODE, {"code": typed})
        assert page.status_code == 200 and "To fix:" in page.content.decode()
    assert SignInCode.objects.get().tries == 0


def test_whoever_guesses_voids_only_the_code_of_their_own_session(client, known):
    ask(client, KNOWN)
    code = newest_code()
    guesser = Client(REMOTE_ADDR="203.0.113.9")
    ask(guesser, KNOWN)
    for _ in range(12):
        guesser.post(CODE, {"code": "00000000"})
    client.post(CODE, {"code": code})
    assert signed_in_as(client) == KNOWN


# --- Another letter --------------------------------------------------------------------------------------------------
def test_another_code_can_be_asked_for_on_the_same_page(client):
    ask(client, UNKNOWN)
    first = newest_code()
    let_pass(seconds=31)
    answer = client.post(CODE + "?next=/programs/", {"again": "1"}, follow=True)
    assert answer.redirect_chain == [(f"{CODE}?next=/programs/", 302)]
    assert "A new code is on its way" in answer.content.decode()
    assert len(mail.outbox) == 2 and SignInCode.objects.count() == 1
    client.post(CODE, {"code": first})
    assert signed_in_as(client) is None
    client.post(CODE, {"code": newest_code()})
    assert signed_in_as(client) == UNKNOWN


def test_between_two_letters_lies_a_pause_that_the_page_tells(client):
    ask(client, UNKNOWN)
    let_pass(seconds=12)
    page = client.post(CODE, {"again": "1"}).content.decode()
    assert re.search(r"another in 1[78] seconds", page)
    assert len(mail.outbox) == 1
    client.post(CODE, {"code": newest_code()})
    assert signed_in_as(client) == UNKNOWN


def test_a_double_click_sends_one_letter(client):
    client.get(ASK)
    ask(client, UNKNOWN)
    assert ask(client, UNKNOWN).url == CODE
    assert len(mail.outbox) == 1


def test_the_second_of_two_clicks_on_the_button_of_a_code_takes_no_session_away(client, known):
    """It comes with the session from before, which the first has replaced; its answer reaches the browser last."""
    ask(client, KNOWN)
    second = Client()
    second.cookies["sessionid"] = client.cookies["sessionid"].value
    client.post(CODE, {"code": newest_code()})
    answer = second.post(CODE, {"code": "1234-5678"})
    assert answer.url == ASK
    assert "sessionid" not in answer.cookies
    assert client.get(answer.url).url == "/applications/", "so who follows it is where they wanted to be"


def test_who_signs_out_has_no_cookie_of_a_session_left(client, known):
    sign_in(client, KNOWN)
    assert client.post("/sign-out/").cookies["sessionid"]["max-age"] == 0


def test_a_mistyped_address_is_corrected_without_waiting(client):
    ask(client, "nlis@example.org")
    ask(client, UNKNOWN)
    client.post(CODE, {"code": newest_code()})
    assert signed_in_as(client) == UNKNOWN and SignInCode.objects.count() == 0


def test_reading_a_page_sends_nothing(client):
    client.get(ASK + "?email=nils@example.org")
    ask(client, UNKNOWN)
    client.get(CODE + "?again=1")
    assert len(mail.outbox) == 1


def test_the_worker_forgets_old_codes(client):
    ask(client, KNOWN)
    let_pass(days=1, minutes=1)
    ask(Client(), UNKNOWN)
    assert forget_old_codes in dict(map(reversed, JOBS))
    assert forget_old_codes() == 1
    assert [code.email for code in SignInCode.objects.all()] == [UNKNOWN]


# --- Too many letters ------------------------------------------------------------------------------------------------
def test_letters_to_one_address_from_one_network_are_limited_and_others_are_not(known):
    attacker = {"REMOTE_ADDR": "203.0.113.9"}
    answers = [ask(Client(**attacker), KNOWN) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [200]
    assert "Wait five minutes" in answers[-1].content.decode()
    # A false X-Forwarded-For makes nobody somebody else.
    assert ask(Client(**attacker), KNOWN, headers={"x-forwarded-for": "198.51.100.1"}).status_code == 200
    assert len(mail.outbox) == 5
    # The owner, elsewhere, asks and signs in; so does anybody else on the attacker's network.
    owner = Client(REMOTE_ADDR="198.51.100.1")
    sign_in(owner, KNOWN)
    assert signed_in_as(owner) == KNOWN
    neighbour = Client(**attacker)
    sign_in(neighbour, UNKNOWN)
    assert signed_in_as(neighbour) == UNKNOWN


def test_a_whole_university_signs_in_from_one_network(client):
    for number in range(120):
        assert ask(Client(REMOTE_ADDR="192.0.2.1"), f"student{number}@example.edu").status_code == 302


def test_a_request_without_a_network_address_gets_its_code(client):
    """Behind a UNIX socket there is none."""
    assert ask(client, UNKNOWN, REMOTE_ADDR="").status_code == 302


# --- When the mail server does not want ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "error",
    [ConnectionRefusedError(), TimeoutError(), smtplib.SMTPRecipientsRefused({}), smtplib.SMTPServerDisconnected()],
)
def test_a_letter_that_cannot_be_sent_is_said_and_tried_again(client, monkeypatch, caplog, error):
    def refuse(self):
        raise error

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", refuse)
        page = ask(client, UNKNOWN)
    assert page.status_code == 200 and "could not send the letter" in page.content.decode()
    assert UNKNOWN in page.content.decode(), "the address is still in the form"
    assert SignInCode.objects.count() == 0
    assert UNKNOWN not in caplog.text and type(error).__name__ in caplog.text
    assert ask(client, UNKNOWN).status_code == 302


def test_a_second_letter_that_cannot_be_sent_leaves_the_first_code_working(client, monkeypatch):
    def refuse(self):
        raise ConnectionRefusedError

    ask(client, UNKNOWN)
    let_pass(seconds=31)
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", refuse)
        page = client.post(CODE, {"again": "1"})
    assert page.status_code == 200 and "could not send the letter" in page.content.decode()
    client.post(CODE, {"code": newest_code()})
    assert signed_in_as(client) == UNKNOWN


# --- Where one goes on to --------------------------------------------------------------------------------------------
def test_next_is_kept_through_both_steps(client):
    target = "?next=/programs/engineering/apply/%3Fpreview%3D1"
    assert ask(client, UNKNOWN, ASK + target).url == CODE + target.replace("%3Fpreview%3D1", "%3Fpreview%3D1")
    client.post(CODE + target, {"code": wrong(newest_code())})
    answer = client.post(CODE + target, {"code": newest_code()})
    assert answer.url == "/programs/engineering/apply/?preview=1"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "///evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        " //evil.example",
        "http://testserver/applications/",
        "/" + "a" * 3000,
        "/\x00",
    ],
)
def test_next_never_leads_to_another_site(client, target):
    query = f"?next={quote(target)}"
    assert ask(client, UNKNOWN, ASK + query).url.startswith(CODE)
    answer = client.post(CODE + query, {"code": newest_code()})
    assert answer.status_code == 302
    assert answer.url == "/applications/" or (target == "/\x00" and answer.url == "/%00")
    answer = client.get(ASK + query)
    assert answer.url == "/applications/" or (target == "/\x00" and answer.url == "/%00")


@pytest.mark.parametrize("page", [ASK, CODE])
def test_whoever_is_signed_in_goes_on(client, known, page):
    client.force_login(known)
    assert client.get(page).url == "/applications/"
    assert client.get(f"{page}?next=/programs/").url == "/programs/"
    assert client.post(page, {"email": UNKNOWN}).url == "/applications/"
    assert not mail.outbox


def test_the_second_step_without_the_first_leads_to_it(client):
    assert client.get(CODE + "?next=/programs/").url == ASK + "?next=/programs/"
    assert client.post(CODE, {"code": "12345678"}).url == ASK


# --- Sessions --------------------------------------------------------------------------------------------------------
def test_the_session_key_changes_on_signing_in(client):
    ask(client, UNKNOWN)
    before = client.session.session_key
    client.post(CODE, {"code": newest_code()})
    assert signed_in_as(client) == UNKNOWN
    assert client.session.session_key != before
    fixed = Client()
    fixed.cookies["sessionid"] = before
    assert signed_in_as(fixed) is None


def test_signing_out_is_a_post(client, known):
    client.force_login(known)
    assert client.get("/sign-out/").status_code == 405
    assert signed_in_as(client) == KNOWN
    assert client.post("/sign-out/").url == "/"
    assert signed_in_as(client) is None


@pytest.mark.parametrize("page", [ASK, CODE, "/sign-out/"])
def test_every_step_is_protected_against_posts_from_other_sites(page):
    assert Client(enforce_csrf_checks=True).post(page, {"email": UNKNOWN}).status_code == 403
    assert not mail.outbox


@pytest.mark.parametrize("page", [ASK, CODE])
@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client, page, method):
    assert getattr(client, method)(page).status_code == 405


def test_the_pages_of_the_door_are_not_stored(client):
    ask(client, UNKNOWN)
    for page in (ASK, CODE):
        assert "no-store" in client.get(page).headers["Cache-Control"]


def test_a_closed_account_is_told_after_its_code_and_not_before(client, known):
    User.objects.update(is_active=False)
    assert ask(client, KNOWN).url == CODE
    answer = client.post(CODE, {"code": newest_code()}, follow=True)
    assert answer.redirect_chain[0][0] == ASK and "account is closed" in answer.content.decode()
    assert signed_in_as(client) is None


# --- Bad input -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "email",
    [
        "",
        "   ",
        "nils",
        "nils@",
        "nils@example",
        "a@b@example.org",
        "nils\x00@example.org",
        "\x00",
        "nils@example.org\nBcc: all@example.org",
        "nils@example.org, mara@example.org",
        "\ud800@example.org",
        "nils\u202e@example.org",
        "ni\u017fs@example.org",  # a long s, which ignoring case takes for an s
        "n" * 1_000_000 + "@example.org",
        "n" * 250 + "@example.org",
    ],
    ids=lambda email: ascii(email[:30]),
)
def test_what_is_no_address_gets_an_error_at_the_field(client, email):
    page = client.post(ASK, f"email={quote_any(email)}", content_type="application/x-www-form-urlencoded")
    assert page.status_code == 200 and "To fix:" in page.content.decode()
    assert not mail.outbox and SignInCode.objects.count() == 0


@pytest.mark.parametrize("code", ["\x00", "1234567\x00", "\ud800", "²" * 8 + "x" * 100, "9" * 1_000_000])
def test_what_is_no_code_gets_an_error_at_the_field(client, code):
    ask(client, UNKNOWN)
    page = client.post(CODE, f"code={quote_any(code)}", content_type="application/x-www-form-urlencoded")
    assert page.status_code == 200 and "To fix:" in page.content.decode()


def test_fields_that_are_missing_or_invented_change_nothing(client):
    assert client.post(ASK, {"username": "x", "is_staff": "1"}).status_code == 200
    client.post(ASK, {"email": [UNKNOWN, UNKNOWN], "is_staff": "on", "user": "1"})
    assert client.post(CODE, {}).status_code == 200
    client.post(CODE, {"code": newest_code(), "email": "boss@example.org", "is_staff": "on"})
    user = User.objects.get()
    assert user.email == UNKNOWN and not user.is_staff


def test_allauth_has_no_other_page(client, known):
    client.force_login(known)
    for page in (
        "signup",
        "login",
        "password/reset",
        "password/change",
        "email",
        "inactive",
        "reauthenticate",
        "confirm-email",
    ):
        for prefix in ("/", "/accounts/", "/sign-in/", "/staff/security/account/"):
            assert client.get(f"{prefix}{page}/").status_code == 404


def quote_any(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"))
