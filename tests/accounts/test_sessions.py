"""Where somebody is signed in, and how it ends: by hand, by an administrator, with their rights, and when nothing happens."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.devices import device_of
from accounts.models import Session, User
from accounts.services import make_administrator
from applications.my_data_export import make_exports
from programs.models import Membership
from programs.roles import grant, revoke
from tests.accounts.helpers import ASK, sign_in
from tests.factories import make_program, make_recruiter, make_user

pytestmark = pytest.mark.django_db
ADA, PAGE, STATE = "ada@example.org", "/sessions/", "/staff/session/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def browser(email: str = ADA, user_agent: str = FIREFOX) -> Client:
    """One in which somebody has signed in, as people do."""
    client = Client(headers={"user-agent": user_agent})
    sign_in(client, email)
    return client


def staff_browser(**kwargs) -> Client:
    make_recruiter(make_program(), email=ADA)
    return browser(**kwargs)


def is_signed_in(client: Client) -> bool:
    return client.get("/my-data/").status_code == 200


def row_of(client: Client) -> Session:
    return Session.objects.get(pk=client.cookies["sessionid"].value)


def let_pass(time: timedelta) -> None:
    """Makes every session older, as if so much time had passed."""
    for row in Session.objects.all():
        moved = {"used_at": row.used_at - time, "expire_date": row.expire_date - time}
        Session.objects.filter(pk=row.pk).update(**moved)


# --- The page --------------------------------------------------------------------------------------------------------
def test_the_page_names_every_browser_and_this_one():
    here, phone = browser(), browser(user_agent=SAFARI)
    page = here.get(PAGE).content.decode()
    assert page.index("Firefox on Windows") < page.index("this one") < page.index("Safari on iPhone")
    assert page.count('name="end"') == 1 and "End all others" in page
    assert row_of(here).pk not in page and row_of(phone).pk not in page, "the key of a session signs in"
    assert "no-store" in here.get(PAGE)["Cache-Control"]


def test_another_browser_is_ended_and_its_session_is_dead():
    here, phone = browser(), browser(user_agent=SAFARI)
    key = row_of(phone).pk
    answer = here.post(PAGE, {"end": row_of(phone).public_id}, follow=True)
    assert "signed out in 1 browser" in answer.content.decode() and "nowhere else" in answer.content.decode()
    assert not Session.objects.filter(pk=key).exists()
    assert is_signed_in(here) and not is_signed_in(phone)


def test_all_others_end_and_this_one_stays():
    others, here = [browser() for _ in range(3)], browser()
    assert "in 3 browsers" in here.post(PAGE, {"others": "1"}, follow=True).content.decode()
    assert is_signed_in(here) and not any(map(is_signed_in, others))
    assert Session.objects.filter(user__email=ADA).count() == 1


@pytest.mark.parametrize("end", ["", "0", "x" * 10_000, "\x00"])
def test_nobody_ends_what_is_not_theirs(end):
    here, stranger = browser(), browser("nils@example.org")
    here.post(PAGE, {"end": end or row_of(stranger).public_id})
    assert is_signed_in(stranger) and is_signed_in(here)


def test_the_page_is_for_who_is_signed_in_and_ends_nothing_by_reading(client):
    assert client.get(PAGE).url == f"{ASK}?next={PAGE}"
    here, other = browser(), browser()
    here.get(f"{PAGE}?others=1")
    assert is_signed_in(other)


def test_a_session_that_is_in_use_while_it_ends_does_not_come_back():
    here = browser()
    store = row_of(here).get_session_store_class()(row_of(here).pk)
    store["late"] = True
    browser().post(PAGE, {"others": "1"})
    with pytest.raises(UpdateError):
        store.save()
    assert not is_signed_in(here)


def test_my_data_tells_of_sessions_and_they_go_with_their_person():
    here = browser()
    assert PAGE in here.get("/my-data/").content.decode()
    told = json.loads(_data_json(here))["sessions"]
    assert [one["browser"] for one in told] == ["Firefox on Windows"]
    User.objects.all().delete()
    assert not Session.objects.exists()


def _data_json(client: Client) -> bytes:
    client.post("/my-data/export/")
    make_exports()
    content = client.get("/my-data/download/").getvalue()
    return zipfile.ZipFile(io.BytesIO(content)).read("data.json")


def test_neither_network_address_nor_the_browsers_full_name_is_kept():
    here = Client(REMOTE_ADDR="203.0.113.77", headers={"user-agent": FIREFOX})
    sign_in(here, ADA)
    kept = f"{Session.objects.values().get()} {row_of(here).get_decoded()}"
    assert "203.0.113" not in kept and "Mozilla" not in kept


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (FIREFOX, "Firefox on Windows"),
        (SAFARI, "Safari on iPhone"),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/137.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/137.0 Safari/537.36 Edg/137.0", "Edge on Mac"),
        ("curl/8.5.0", ""),
        ("<script>alert(1)</script> Firefox/1", "Firefox"),
        ("\x00" * 100_000, ""),
    ],
)
def test_a_device_is_told_in_plain_words(user_agent, device):
    assert device_of(user_agent) == device


# --- Ended with rights -----------------------------------------------------------------------------------------------
def test_losing_the_last_role_or_the_account_ends_every_session():
    program = make_program()
    user = make_recruiter(program, email=ADA)
    here = browser()
    revoke(user=user, program=program, role=Membership.Role.RECRUITER)
    assert not is_signed_in(here) and not Session.objects.filter(user=user).exists()


def test_a_candidates_session_never_becomes_one_of_staff():
    user = make_user(ADA)
    here, there = browser(), browser()
    grant(user=user, program=make_program(), role=Membership.Role.REVIEWER)
    assert not is_signed_in(here) and not is_signed_in(there)
    user = make_user("grace@example.org")
    other = browser("grace@example.org")
    make_administrator(email="grace@example.org")
    assert not is_signed_in(other)


def test_a_role_more_ends_nothing():
    user = make_recruiter(make_program(), email=ADA)
    here = browser()
    grant(user=user, program=make_program(), role=Membership.Role.REVIEWER)
    assert is_signed_in(here)


@pytest.mark.parametrize("ticked", ["sign_out", "close"])
def test_an_administrator_ends_all_sessions_of_somebody(client, ticked):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    user = make_recruiter(make_program(), email=ADA)
    here, there = browser(), browser()
    address = f"/admin/accounts/user/{user.pk}/change/"
    assert "in 2 browsers" in client.get(address).content.decode()
    rows = {f"memberships-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    kept = {} if ticked == "close" else {"is_active": "on", "sign_out": "on"}
    answer = client.post(address, {"name": "Ada", "email": ADA, **rows, **kept})
    assert answer.status_code == 302, answer.content.decode()
    assert not is_signed_in(here) and not is_signed_in(there)
    assert not Session.objects.filter(user=user).exists()
    assert is_signed_in(client)


# --- When nothing happens --------------------------------------------------------------------------------------------
def test_staff_are_signed_out_after_an_hour_without_a_request_and_told_why():
    here = staff_browser()
    let_pass(59 * MINUTE)
    assert here.get("/admin/").status_code == 200
    let_pass(59 * MINUTE)
    assert here.get("/admin/").status_code == 200, "the request before began the hour anew"
    let_pass(60 * MINUTE)
    answer = here.get("/admin/programs/window/?o=1", follow=True)
    assert answer.redirect_chain[-1][0].startswith(f"{ASK}?next=/admin/programs/window/")
    assert "nothing happened for 60 minutes" in answer.content.decode()
    assert not Session.objects.filter(user__email=ADA).exists()
    assert "nothing happened" not in here.get(ASK).content.decode(), "told once"


def test_what_was_typed_before_the_end_comes_back_to_be_copied():
    here = staff_browser()
    let_pass(2 * HOUR)
    answer = here.post("/admin/programs/window/add/?a=1", {"season": "Spring", "why": "Two more weeks <b>please</b>"})
    page = answer.content.decode()
    assert answer.status_code == 403 and "no-store" in answer["Cache-Control"]
    assert "nothing happened for 60 minutes" in page and ">Two more weeks &lt;b&gt;please&lt;/b&gt;</textarea>" in page
    assert 'href="/admin/login/?next=/admin/programs/window/add/%3Fa%3D1"' in page
    assert here.post("/admin/programs/window/add/", {"why": "Once more, please"}).status_code == 302, "told once"


def test_after_signing_in_again_one_is_back_on_the_page():
    here = staff_browser()
    let_pass(2 * HOUR)
    target = here.get("/admin/programs/window/", follow=True).redirect_chain[-1][0].partition("?")[2]
    assert sign_in(here, ADA, f"?{target}").url == "/admin/programs/window/"


def test_the_hour_is_a_setting(settings):
    settings.STAFF_IDLE_MINUTES = 5
    here = staff_browser()
    let_pass(5 * MINUTE)
    assert not is_signed_in(here)


def test_what_a_page_asks_for_by_itself_keeps_nobody_signed_in():
    here = staff_browser()
    for _ in range(4):
        let_pass(20 * MINUTE)
        here.get("/admin/", headers={"x-unattended": "1"})
    assert not is_signed_in(here)


def test_candidates_stay_for_two_weeks_whatever_happens():
    here = browser()
    let_pass(13 * DAY)
    assert is_signed_in(here)
    let_pass(DAY + MINUTE)
    assert "nothing happened" not in here.get("/my-data/", follow=True).content.decode()
    assert not is_signed_in(here)


def test_the_pages_script_learns_how_much_time_is_left():
    here = staff_browser()
    let_pass(58 * MINUTE)
    quiet = {"headers": {"x-unattended": "1"}}
    left = here.get(STATE, **quiet).json()
    assert 60 < left["seconds"] <= 120 and left["user"] == User.objects.get(email=ADA).pk and left["token"]
    assert here.get(STATE, **quiet).json()["seconds"] <= 120, "to ask is no sign of life"
    assert here.post(STATE).json()["seconds"] > 3500
    assert here.get(STATE, **quiet).json()["seconds"] > 3500
    assert Client().get(STATE).json()["seconds"] == 0 and browser("nils@example.org").get(STATE).json()["seconds"] == 0
    assert Client(enforce_csrf_checks=True).post(STATE).status_code == 403


def test_staff_have_the_warning_on_every_page_and_candidates_on_none():
    here = staff_browser()
    for page in ("/admin/", "/", PAGE):
        assert 'id="idle"' in here.get(page).content.decode(), page
    assert 'id="idle"' not in browser("nils@example.org").get(PAGE).content.decode()


def test_a_use_is_written_once_a_minute_for_staff_and_once_an_hour_for_candidates():
    for here, pause in ((staff_browser(), MINUTE), (browser("nils@example.org"), HOUR)):
        for passed, writes in ((pause / 2, 0), (pause, 1)):
            let_pass(passed)
            with CaptureQueriesContext(connection) as queries:
                here.get("/")
            assert sum(query["sql"].startswith("UPDATE") for query in queries) == writes


def test_anonymous_readers_meet_neither_sessions_nor_limits():
    program = make_program()
    with CaptureQueriesContext(connection) as queries:
        Client().get("/")
        Client().get(program.get_absolute_url())
    assert queries.captured_queries
    assert not [q["sql"] for q in queries if "rate_limits" in q["sql"] or "session" in q["sql"]]


def test_ended_sessions_are_swept_after_a_day():
    staff_browser()
    let_pass(2 * HOUR)
    call_command("clearsessions")
    assert Session.objects.count() == 1
    let_pass(DAY)
    call_command("clearsessions")
    assert not Session.objects.exists()


# --- Fixation --------------------------------------------------------------------------------------------------------
def test_a_session_that_somebody_planted_is_dead_once_its_reader_signs_in():
    staff = make_user(ADA)
    victim, attacker = Client(), Client()
    attacker.post("/sign-in/", {"email": "mallory@example.org"})
    planted = attacker.cookies["sessionid"].value
    victim.cookies["sessionid"] = planted
    sign_in(victim, ADA)
    assert victim.cookies["sessionid"].value != planted
    assert not Session.objects.filter(pk=planted).exists()
    assert not is_signed_in(attacker) and is_signed_in(victim)
    assert Session.objects.get(user=staff).used_at <= timezone.now()


def test_the_new_key_is_written_once_with_all_that_its_session_holds():
    make_recruiter(make_program(), email=ADA)
    with CaptureQueriesContext(connection) as queries:
        here = browser()
    written = [query["sql"].split()[0] for query in queries if '"accounts_session"' in query["sql"]]
    assert written.count("INSERT") == 2 and written.count("DELETE") == 1 and "UPDATE" not in written
    assert row_of(here).of_staff and row_of(here).device == "Firefox on Windows"
