"""What the form answers while it is filled in: the same judgement as sending, told kindly, and never a write."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from applications.form import ApplicationForm
from applications.models import Application
from applications.progress import progress_of
from programs.models import Window
from tests.applications.test_apply_page import EVERY_KIND, NASTY
from tests.factories import (
    BAD,
    make_draft,
    make_office,
    make_program,
    make_requirement,
    make_user,
    make_window,
    post_for,
)

pytestmark = pytest.mark.django_db
PIECE = re.compile(
    r'<\w+ id="([^"]+)" data-hx-swap-oob="innerHTML">(.*?)(?=<\w+ id="[^"]+" data-hx-swap-oob|\Z)', re.DOTALL
)


@pytest.fixture
def candidate(client):
    user = make_user("ada@example.org", name="Ada Example")
    client.force_login(user)
    return user


@pytest.fixture
def window():
    return make_window(make_program("Machine Learning", asks=EVERY_KIND))


def address(window, name="apply_live"):
    return reverse(name, args=[window.program.slug, window.pk])


def live(client, window, posted, query=""):
    """The words of each piece of the answer, by its id on the page."""
    response = client.post(address(window) + query, posted)
    assert response.status_code == 200
    return {name: " ".join(strip_tags(text).split()) for name, text in PIECE.findall(response.text)}


def filled(window, /, *, answers=None, **changes):
    """A good form as a browser posts it, but for its files; `answers` replaces those of a kind."""
    posted = {name: value for name, value in post_for(window, answers=answers).items() if isinstance(value, str)}
    return {**posted, **changes}


def state(window, kind):
    return f"state-{window.program.requirements.get(kind=kind).pk}"


def test_a_form_without_its_file_lacks_one_thing(client, candidate, window):
    said = live(client, window, filled(window))
    assert {name: said[f"part-{name}"] for name in ("about", "asks", "offices", "documents")} == {
        "about": "Done",
        "asks": "Done",
        "offices": "Done",
        "documents": "0 of 1",
    }
    assert said[state(window, "statement")] == "Met"
    assert said["still-missing"] == "One thing is missing About 2 minutes left Document"
    assert said["time-left"] == said["time-left-on-top"] == "About 2 minutes left"


def test_with_the_file_that_was_saved_it_is_ready_to_send(client, candidate, window):
    client.post(window.program.apply_url, post_for(window, action="save"))
    said = live(client, window, filled(window))
    assert said["part-documents"] == "Done"
    assert said["time-left"] == "Ready to send"
    assert said["still-missing"] == "Everything that is needed is here."


@pytest.mark.parametrize("kind", ["skills", "statement", "choice", "link"])
def test_an_answer_that_is_not_enough_is_told_what_would_be_and_not_as_an_error(client, candidate, window, kind):
    said = live(client, window, filled(window, answers={kind: BAD[kind]}))
    assert said[state(window, kind)].startswith("Not yet: Machine Learning asks for")
    assert not any(text for name, text in said.items() if name.endswith("_errors"))
    assert said["part-asks"] == "5 of 6"


def test_an_untouched_form_is_told_what_it_lacks_and_of_no_error(client, candidate, window):
    said = live(client, window, {})
    assert not any(text for name, text in said.items() if name.endswith("_errors") or name.startswith("state-"))
    assert (said["part-about"], said["part-asks"], said["part-offices"]) == ("0 of 1", "0 of 6", "0 of 1")
    assert said["still-missing"].startswith("10 things are missing")


def test_what_is_wrong_in_a_field_is_told_there(client, candidate, window):
    publication = window.program.requirements.get(kind="publications").pk
    wrong = {"about-phone": "call me", f"r{publication}-0-year": "soon", f"r{publication}-0-venue": ""}
    said = live(client, window, filled(window, **wrong))
    assert "+1 415 555 0100" in said["id_about-phone_errors"]
    assert "whole number" in said[f"id_r{publication}-0-year_errors"]
    assert said[f"id_r{publication}-0-venue_errors"] == ""  # empty, so perhaps not reached yet
    assert (said["part-about"], said["part-asks"]) == ("To fix", "To fix")


def test_after_a_refused_send_empty_fields_are_told_too_and_the_summary_shrinks(client, candidate, window):
    statement = window.program.requirements.get(kind="statement").pk
    said = live(client, window, filled(window, **{f"r{statement}-text": "", "about-full_name": ""}), "?check")
    assert "Machine Learning asks for a text of 3 to 50 words" in said[f"id_r{statement}-text_errors"]
    assert "Tell us your name." in said["id_about-full_name_errors"]
    assert "Choose at least one office." in live(client, window, {}, "?check")["id_offices-rank_1_errors"]
    assert said["missing-list"].startswith("! 3 things are missing")
    said = live(client, window, filled(window, **{f"r{statement}-text": ""}), "?check")
    assert said["missing-list"].startswith("! 2 things are missing")
    assert said["id_about-full_name_errors"] == ""


def test_what_is_preferred_blocks_nothing(client, candidate):
    window = make_window(make_program("Sales"))
    make_requirement(window.program, "skills", mandatory=False)
    said = live(client, window, filled(window, answers=BAD))
    assert said[state(window, "skills")].startswith("Not met, and blocks nothing: Sales asks for")
    assert (said["part-asks"], said["time-left"]) == ("Optional", "Ready to send")


def test_it_takes_eight_queries_at_most_and_writes_nothing(client, candidate, window):
    make_draft(window, candidate=candidate)
    before = Application.objects.values().get()
    for name, extra in (
        ("apply_live", {}),
        ("apply_edit", {"action": f"office-add:{window.program.offices.get().pk}"}),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert client.post(address(window, name), filled(window, **extra)).status_code == 200
        assert len(queries) <= 8
        assert all(query["sql"].startswith("SELECT") for query in queries)
    assert Application.objects.values().get() == before


@pytest.mark.parametrize("name", ["apply_live", "apply_edit"])
def test_nobody_learns_what_they_may_not_know(client, window, name):
    assert client.post(address(window, name), {}).status_code == 401
    client.force_login(make_user())
    assert client.get(address(window, name)).status_code == 405
    other = make_window()
    assert client.post(reverse(name, args=[other.program.slug, window.pk]), {}).status_code == 404
    assert client.post(reverse(name, args=[other.program.slug, 10**30]), {}).status_code == 404
    hidden = make_window(published=False)
    assert client.post(address(hidden, name), {}).status_code == 404


@pytest.mark.parametrize("nasty", NASTY)
def test_any_text_in_any_field_gets_an_answer(client, candidate, window, nasty):
    for field in filled(window):
        response = client.post(address(window), filled(window, **{field: NASTY[nasty]}))
        assert response.status_code == 200, field
        assert "<script>alert" not in response.text


# --- How much is left ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "values", "minutes"),
    [
        ("confirmation", {}, 2),  # a quarter of a minute and one to look it through
        ("skills", {}, 3),
        ("publications", {"rows-count": "1"}, 3),
        ("statement", {"text": ""}, 4),  # 50 words at 20 a minute, and one
        ("statement", {"text": "word " * 31}, 2),
        ("statement", {"text": "word " * 301}, 2),
    ],
)
def test_the_time_left_follows_from_what_is_missing(kind, values, minutes):
    window = make_window(make_program())
    make_requirement(window.program, kind, parameters={"least": 50, "most": 300} if kind == "statement" else {})
    posted = {name: [text] for name, text in post_for(window, answers={kind: values}).items()}
    form = ApplicationForm(window=window, draft=posted, lenient=False)
    assert not form.is_valid()
    assert progress_of(form).minutes == minutes


# --- What is on the page -------------------------------------------------------------------------------------------------


def test_every_link_of_the_summary_and_of_what_is_missing_leads_somewhere_on_the_page(client, candidate, window):
    client.post(window.program.apply_url, {"window": window.pk, "action": "save"})
    page = client.get(f"{window.program.apply_url}?check").text
    links = re.findall(r'<a href="#([^"]+)">', page)
    assert len(links) >= 2 * 9
    assert [link for link in links if f'id="{link}"' not in page] == []
    assert 'id="missing" tabindex="-1" autofocus' in " ".join(page.split())


@pytest.mark.parametrize("query", ["", "?check"])
def test_every_piece_of_the_answer_has_its_place_on_the_page(client, candidate, window, query):
    client.post(window.program.apply_url, {"window": window.pk, "action": "save"})
    page = client.get(window.program.apply_url + query).text
    assert f'data-hx-post="{address(window)}{query}"' in page
    said = live(client, window, {}, query)
    assert len(said) > 30
    assert [name for name in said if f'id="{name}"' not in page] == []


def test_a_form_that_cannot_be_sent_tells_no_time_and_asks_nothing(client, candidate, window):
    client.post(window.program.apply_url, post_for(window, action="save"))
    Window.objects.filter(pk=window.pk).update(closes_at=timezone.now())
    page = client.get(window.program.apply_url).text
    assert "Because I like pins very much." in page
    assert address(window) not in page
    assert 'id="time-left"' not in page


# --- Buttons inside the form ----------------------------------------------------------------------------------------------


@pytest.fixture
def three():
    """A window whose program has three offices in two countries."""
    offices = [make_office("One"), make_office("Two"), make_office("Three", country="CA", time_zone="America/Toronto")]
    return make_window(make_program(offices=offices))


def ranks(window, *names):
    offices = {office.name: str(office.pk) for office in window.program.offices.all()}
    return {f"offices-rank_{number}": offices[name] for number, name in enumerate(names, start=1)}


@pytest.mark.parametrize(
    ("before", "button", "after"),
    [
        ((), "add Two", ["Two"]),
        (("Two",), "add One", ["Two", "One"]),
        (("Two",), "add Two", ["Two"]),
        (("One", "Two", "Three"), "up Three", ["One", "Three", "Two"]),
        (("One", "Two", "Three"), "down One", ["Two", "One", "Three"]),
        (("One", "Two"), "up One", ["One", "Two"]),
        (("One", "Two"), "down Two", ["One", "Two"]),
        (("One", "Two", "Three"), "remove Two", ["One", "Three"]),
        (("One",), "remove Two", ["One"]),
    ],
)
def test_offices_are_ranked_by_buttons_saved_or_in_place(client, candidate, three, before, button, after):
    move, name = button.split()
    office = three.program.offices.get(name=name).pk
    posted = {
        "window": three.pk,
        "action": f"office-{move}:{office}",
        "about-full_name": "Ada",
        **ranks(three, *before),
    }

    in_place = client.post(address(three, "apply_edit"), posted)
    shown = re.findall(r"<strong>(\w+)</strong>", in_place.text)
    assert json.loads(in_place["HX-Trigger-After-Settle"]) == {"edited": {"focus": f"office-{office}"}}
    assert not Application.objects.exists()

    saved = client.post(three.program.apply_url, posted)
    assert saved["Location"] == f"{three.program.apply_url}#office-{office}"
    page = client.get(saved["Location"]).text
    assert f'id="office-{office}" tabindex="-1"' in page
    assert re.findall(r"<strong>(\w+)</strong>", page[page.index('id="offices"') :]) == shown == after
    assert Application.objects.get().draft["about-full_name"] == ["Ada"]


def test_work_authorisation_is_asked_where_an_office_is_chosen_and_kept_elsewhere(client, candidate, three):
    posted = {"window": three.pk, "action": "save", "offices-work_CA": "permit", **ranks(three, "One")}
    client.post(three.program.apply_url, posted)
    page = client.get(three.program.apply_url).text
    assert "Work authorisation: United States of America" in page
    assert "Work authorisation: Canada" not in page
    assert '<input type="hidden" name="offices-work_CA" value="permit"' in page


def test_an_office_that_the_program_has_no_more_leaves_the_ranking(client, candidate, three):
    client.post(three.program.apply_url, {"window": three.pk, "action": "save", **ranks(three, "One", "Two")})
    three.program.offices.remove(three.program.offices.get(name="One"))
    page = client.get(three.program.apply_url).text
    assert re.findall(r"<strong>(\w+)</strong>", page[page.index('id="offices"') :]) == ["Two"]


def test_a_row_is_added_in_place_with_what_was_typed(client, candidate, window):
    publications = window.program.requirements.get(kind="publications").pk
    response = client.post(address(window, "apply_edit"), filled(window, action=f"add:{publications}"))
    assert f'name="r{publications}-1-title"' in response.text
    assert 'value="On boards"' in response.text
    assert json.loads(response["HX-Trigger-After-Settle"]) == {"edited": {"focus": f"id_r{publications}-1-title"}}


@pytest.mark.parametrize("action", ["", "add:1", "add:²", "office-up:999999", "office-up:", "become-recruiter", "send"])
def test_an_unknown_button_is_no_server_error(client, candidate, window, action):
    assert client.post(address(window, "apply_edit"), filled(window, action=action)).status_code in (200, 404)
