"""Saving by itself and in spite of everything: what the form is told, two tabs, a session that ends, a token that is old."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from applications.decisions import decide
from applications.drafts import DraftChanged, save_draft
from applications.models import Application, Document
from programs.models import Window
from tests.accounts.helpers import sign_in
from tests.factories import draft_for, make_draft, make_program, make_recruiter, make_user, make_window, post_for

pytestmark = pytest.mark.django_db
MINE, OTHER, BACK = "Typed in this tab.", "Typed in the other tab.", "You are back, and what you typed is here."


@pytest.fixture
def candidate(client):
    user = make_user("ada@example.org", name="Ada Example")
    client.force_login(user)
    return user


@pytest.fixture
def window():
    return make_window(make_program("Machine Learning", asks=("statement", "publications", "document")))


def url(window):
    return window.program.apply_url


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}"\s+value="([^"]*)"', page)[1]


def from_page(client, window, text=MINE, action="autosave", **extra):
    """What a browser posts that opened the form now and typed `text`; without files, as the script does it."""
    page = client.get(url(window)).text
    marks = {name: hidden(page, name) for name in ("owner", "draft_version", "revision")}
    posted = post_for(window, action=action, answers={"statement": {"text": text}}, **marks)
    return {name: value for name, value in posted.items() if isinstance(value, str)} | extra


def own(candidate):
    return Application.objects.get(candidate=candidate)


def text_of(application):
    return next(values[0] for name, values in application.draft.items() if name.endswith("-text"))


# --- Saving by itself -------------------------------------------------------------------------------------------------


def test_what_was_typed_is_saved_and_the_page_told_so_in_words(client, candidate, window):
    answer = client.post(url(window), from_page(client, window))
    assert answer.status_code == 200
    told = answer.json()
    assert (told["state"], told["version"], told["button"]) == ("saved", 1, "Save")
    assert re.fullmatch(r"Saved \d\d:\d\d\s[A-Z]{3}", told["line"])
    assert text_of(own(candidate)) == MINE
    page = client.get(url(window)).text
    assert hidden(page, "draft_version") == "1"
    assert told["line"] in page


def test_nonsense_is_saved_as_the_button_saves_it_and_files_stay_where_they_are(client, candidate, window):
    client.post(url(window), post_for(window, action="save"))
    nonsense = from_page(client, window, text="\0 half", **{"about-phone": "call me", "invented": "x"})
    assert client.post(url(window), nonsense).json()["state"] == "saved"
    application = own(candidate)
    assert text_of(application) == "\N{REPLACEMENT CHARACTER} half"
    assert application.draft["about-phone"] == ["call me"]
    assert "invented" not in application.draft
    assert Document.objects.get(in_draft=True).name == "résumé.pdf"


def test_the_day_is_told_when_it_was_not_today(client, candidate, window):
    make_draft(window, candidate=candidate)
    Application.objects.update(draft_saved_at=datetime(2026, 3, 3, 22, 5, tzinfo=UTC))
    assert "Saved on 3 March" in client.get(url(window)).text


def test_a_window_that_closes_while_one_types_is_told_at_once(client, candidate, window):
    posted = from_page(client, window)
    Window.objects.filter(pk=window.pk).update(closes_at=timezone.now())
    told = client.post(url(window), posted).json()
    assert told["state"] == "not-open"
    assert "This window closed on" in told["line"]
    assert text_of(own(candidate)) == MINE


def test_a_reviewed_application_is_told_that_nothing_can_be_saved(client, candidate, window):
    client.post(url(window), post_for(window, action="send"))
    posted = from_page(client, window)
    decide(application=own(candidate), action="review", by=make_recruiter(window.program), seen_status="submitted")
    answer = client.post(url(window), posted)
    assert (answer.status_code, answer.json()["state"]) == (409, "not-taken")
    assert "In review" in answer.json()["line"]
    # Posted by hand, what was typed comes back, and is not said to be saved.
    page = client.post(url(window), posted | {"action": "save"}).text
    assert MINE in page
    assert 'data-state="not-saved"' in page


def test_saving_takes_nine_queries_at_most(client, candidate, window, django_assert_max_num_queries):
    posted = from_page(client, window)
    client.post(url(window), posted)
    with django_assert_max_num_queries(9):
        client.post(url(window), posted | {"about-full_name": "Ada", "draft_version": "1"})


# --- Two tabs ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_tabs(client, candidate, window):
    """What a tab posts that was opened before another tab saved something else."""
    late = from_page(client, window, MINE)
    client.post(url(window), from_page(client, window, OTHER, **{"about-phone": "+1 415 555 0100"}))
    return late


def test_the_later_tab_is_told_and_overwrites_nothing(client, candidate, window, two_tabs):
    answer = client.post(url(window), two_tabs)
    assert answer.status_code == 409
    told = answer.json()
    assert re.fullmatch(r"Not saved. This was changed in another tab or device at \d\d:\d\d\sP[SD]T.", told["line"])
    assert (told["state"], told["button"]) == ("not-taken", "Look at both")
    assert "version" not in told
    assert text_of(own(candidate)) == OTHER


@pytest.mark.parametrize("action", ["save", "send"])
def test_both_are_shown_field_by_field_and_nothing_is_done_yet(client, candidate, window, two_tabs, action):
    answer = client.post(url(window), two_tabs | {"action": action})
    assert answer.status_code == 409
    page = answer.text
    for told in ("changed in another tab or device", MINE, OTHER, "+1 415 555 0100", "Nothing", "In 2 answers"):
        assert told in page
    assert page.count('<fieldset class="card difference">') == 2
    application = own(candidate)
    assert (application.status, text_of(application)) == ("draft", OTHER)


@pytest.mark.parametrize(
    ("chosen", "text", "phone"),
    [({}, MINE, ""), ({"text": "saved"}, OTHER, ""), ({"text": "saved", "phone": "saved"}, OTHER, "+1 415 555 0100")],
)
def test_one_chooses_for_each_answer_which_stays(client, candidate, window, two_tabs, chosen, text, phone):
    page = client.post(url(window), two_tabs | {"action": "save"}).text
    posted = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)) | {"action": "save"}
    for name in re.findall(r'name="(keep-[^"]+)"', page):
        posted[name] = next((choice for end, choice in chosen.items() if name.endswith(end)), "typed")
    assert client.post(url(window), posted).status_code == 302
    application = own(candidate)
    assert text_of(application) == text
    assert application.draft.get("about-phone", [""])[0] == phone


def test_the_tab_that_was_first_is_told_in_its_turn(client, candidate, window, two_tabs):
    first = from_page(client, window, OTHER + " And more.")
    page = client.post(url(window), two_tabs | {"action": "save"}).text
    client.post(url(window), two_tabs | {"draft_version": hidden(page, "draft_version")})
    assert client.post(url(window), first).status_code == 409
    assert text_of(own(candidate)) == MINE


def test_a_third_tab_in_between_is_not_overwritten_by_a_choice(client, candidate, window, two_tabs):
    page = client.post(url(window), two_tabs | {"action": "save"}).text
    client.post(url(window), from_page(client, window, "From a third tab."))
    posted = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    assert client.post(url(window), posted | {"action": "save"}).status_code == 409
    assert text_of(own(candidate)) == "From a third tab."


def test_rows_of_the_longer_list_are_kept_and_choices_are_told_in_their_words(client, candidate, window):
    prefix = f"r{window.program.requirements.get(kind='publications').pk}"
    late = from_page(client, window, **{"offices-work_US": "permit"})
    more = {f"{prefix}-rows-count": "2", f"{prefix}-1-title": "On cats"}
    client.post(url(window), from_page(client, window, **more, **{"offices-work_US": "unsure"}))
    page = client.post(url(window), late | {"action": "save"}).text
    for told in ("Publication 2: Title", "On cats", "I would need a permit or sponsorship", "I don&#x27;t know yet"):
        assert told in page
    assert hidden(page, f"{prefix}-rows-count") == "2"


def test_the_same_answers_again_are_no_conflict(client, candidate, window):
    """A reply that is lost on the way: the browser sends once more what has arrived."""
    posted = from_page(client, window)
    versions = [client.post(url(window), posted).json()["version"] for _time in range(2)]
    assert versions == [1, 1]
    assert client.post(url(window), posted | {"action": "save"}).status_code == 302


def test_a_tab_with_an_invented_version_is_shown_both(client, candidate, window):
    client.post(url(window), from_page(client, window, OTHER))
    for version in ("nonsense", "-1", "9" * 40, "7"):
        posted = from_page(client, window, MINE, "save") | {"draft_version": version}
        assert client.post(url(window), posted).status_code == 409
    assert text_of(own(candidate)) == OTHER


def test_a_file_that_was_just_chosen_has_to_be_chosen_again(client, candidate, window, two_tabs):
    file = next(value for value in post_for(window).values() if isinstance(value, SimpleUploadedFile))
    requirement = window.program.requirements.get(kind="document")
    page = client.post(url(window), {**two_tabs, "action": "save", f"r{requirement.pk}-file": file}).text
    assert "has to be chosen again" in page
    assert not Document.objects.exists()


def test_who_saves_without_having_looked_overwrites(window):
    """The demo, and pages that were opened before drafts were counted."""
    draft, user = draft_for(window), make_user()
    assert save_draft(candidate=user, window=window, draft=draft).draft_version == 1
    changed = draft | {"about-full_name": ["Somebody"]}
    assert save_draft(candidate=user, window=window, draft=changed).draft_version == 2
    with pytest.raises(DraftChanged):
        save_draft(candidate=user, window=window, draft=draft, seen_version=1)


def test_a_page_of_a_draft_that_is_gone_makes_no_new_one(window):
    with pytest.raises(DraftChanged):
        save_draft(candidate=make_user(), window=window, draft=draft_for(window), seen_version=3)
    assert not Application.objects.exists()


# --- A session that ends in mid-form ----------------------------------------------------------------------------------


def test_a_page_that_saves_by_itself_is_told_that_its_session_is_over(client, candidate, window):
    posted = from_page(client, window)
    client.logout()
    answer = client.post(url(window), posted)
    assert answer.status_code == 401
    assert (answer.json()["state"], answer.json()["button"]) == ("not-signed-in", "Sign in again")
    assert not Application.objects.exists()


def test_what_was_posted_without_a_session_comes_back_after_signing_in_and_is_saved(client, candidate, window):
    posted = from_page(client, window, action="save")
    client.logout()
    door = client.post(url(window), posted)
    assert door["Location"].endswith(f"/sign-in/?next={url(window)}")
    assert "You were signed out." in client.get(door["Location"]).text
    back = sign_in(client, "ada@example.org", f"?next={url(window)}")
    assert back["Location"] == url(window)
    page = client.get(back["Location"]).text
    assert MINE in page
    assert BACK in page
    assert 'data-state="not-saved"' in page
    assert not Application.objects.exists()  # looking saves nothing
    client.post(url(window), posted | {name: hidden(page, name) for name in ("owner", "draft_version")})
    assert text_of(own(candidate)) == MINE
    assert BACK not in client.get(url(window)).text


def test_somebody_else_who_signs_in_never_gets_it(client, candidate, window):
    posted = from_page(client, window, action="save")
    client.logout()
    client.post(url(window), posted)
    sign_in(client, "eve@example.org", f"?next={url(window)}")
    assert MINE not in client.get(url(window)).text
    client.logout()
    sign_in(client, "ada@example.org")
    assert MINE not in client.get(url(window)).text  # it went when somebody else came


def test_nothing_is_kept_for_a_form_that_does_not_tell_whose_it_is(client, candidate, window):
    posted = from_page(client, window, action="save")
    client.logout()
    for owner in ("", str(candidate.pk), f"{candidate.pk}:forged", posted["owner"][:-1]):
        client.post(url(window), posted | {"owner": owner})
    client.post(url(window), posted | {"window": "nonsense"})
    sign_in(client, "ada@example.org")
    assert MINE not in client.get(url(window)).text


def test_what_another_device_saved_meanwhile_is_not_overwritten_by_what_waited(client, candidate, window):
    posted = from_page(client, window, action="save")
    client.logout()
    client.post(url(window), posted)
    save_draft(candidate=candidate, window=window, draft=draft_for(window, answers={"statement": {"text": OTHER}}))
    sign_in(client, "ada@example.org")
    page = client.get(url(window)).text
    assert hidden(page, "draft_version") == "0"
    answer = client.post(url(window), posted | {"owner": hidden(page, "owner")})
    assert answer.status_code == 409
    assert text_of(own(candidate)) == OTHER
    # Nor does it come back once its writer has decided against it.
    left = client.post(url(window), posted | {"action": "leave-saved"})
    assert left["Location"] == url(window)
    page = client.get(url(window)).text
    assert OTHER in page
    assert MINE not in page


def test_what_waits_is_shown_although_the_window_closed_meanwhile(client, candidate, window):
    posted = from_page(client, window, action="save")
    client.logout()
    client.post(url(window), posted)
    Window.objects.filter(pk=window.pk).update(closes_at=timezone.now())
    sign_in(client, "ada@example.org")
    assert MINE in client.get(url(window)).text


def test_a_form_of_another_account_is_never_saved_as_ones_own(client, candidate, window):
    posted = from_page(client, window)
    eve = make_user("eve@example.org")
    client.force_login(eve)
    answer = client.post(url(window), posted)
    assert answer.status_code == 409
    assert "another account" in answer.json()["line"]
    page = client.post(url(window), posted | {"action": "save"}).text
    assert MINE in page  # whoever posted it reads it again, and can copy it
    assert client.post(url(window), posted | {"owner": hidden(page, "owner"), "action": "save"}).status_code == 200
    assert not Application.objects.exists()


# --- A token that is old ----------------------------------------------------------------------------------------------


@pytest.fixture
def strict(candidate):
    """A browser of the candidate whose tokens are looked at."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(candidate)
    return client


def test_what_was_typed_on_a_page_with_an_old_token_is_on_the_new_one(strict, window):
    posted = from_page(strict, window, action="save", csrfmiddlewaretoken="x" * 64)
    answer = strict.post(url(window), posted)
    assert answer["Location"] == url(window)
    page = strict.get(url(window)).text
    assert MINE in page
    assert BACK in page
    assert not Application.objects.exists()
    token = hidden(page, "csrfmiddlewaretoken")
    assert strict.post(url(window), posted | {"csrfmiddlewaretoken": token}).status_code == 302
    assert Application.objects.get().draft_version == 1


def test_a_script_sends_the_token_of_the_cookie_whatever_the_page_has(strict, window):
    posted = from_page(strict, window)
    token = strict.cookies["csrftoken"].value
    assert strict.post(url(window), posted, headers={"X-CSRFToken": token}).json()["state"] == "saved"


def test_a_form_of_another_site_leaves_nothing_behind(strict, window):
    posted = from_page(strict, window, action="save") | {"owner": "1:made-up"}
    answer = strict.post(url(window), posted)
    assert answer.status_code == 403
    assert MINE not in strict.get(url(window)).text
    assert strict.post("/sign-out/").status_code == 403


def test_control_a_version_counts_what_was_saved(window):
    user, at = make_user(), timezone.now()
    for number in range(1, 4):
        draft = draft_for(window, answers={"statement": {"text": f"Number {number} of them"}})
        application = save_draft(candidate=user, window=window, draft=draft, at=at + timedelta(minutes=number))
        assert application.draft_version == Application.objects.get().draft_version == number
