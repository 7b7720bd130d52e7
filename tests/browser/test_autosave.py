"""Nothing typed is lost: not with a killed tab, nor offline, nor when the session ends, nor between two tabs."""

import json
import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe, sign_in

SAVED = re.compile(r"^\s*Saved \d\d:\d\d\s[A-Z]{3}\s*$")
WITHIN = 2.0  # seconds from the last key until it is on its way

# Hides the page from its scripts, as another tab does, and says whether they sent something in the same moment.
SWITCHES_TAB = """() => {
  const { fetch } = window;
  let sent = false;
  window.fetch = (...request) => { sent = true; return fetch(...request); };
  Object.defineProperty(document, "visibilityState", { value: "hidden" });
  document.dispatchEvent(new Event("visibilitychange"));
  return sent;
}"""


@pytest.fixture
def form(server) -> dict:
    """The address of a form of the test's own, and of its candidate."""
    return json.loads(
        server.python("""
import json
from tests.factories import *
window = make_window(make_program(asks=("statement",)), closes_at=timezone.now() + timedelta(days=1))
print(json.dumps({"path": window.program.apply_url, "email": make_user().email}))
""")
    )


def saved_text(server, form) -> str:
    return server.python(f"""
from applications.models import Application
for application in Application.objects.filter(candidate__email="{form["email"]}"):
    print(next(values[0] for name, values in application.draft.items() if name.endswith("-text")), end="")
""")


def opened(page: Page, server, form) -> Page:
    sign_in(page, server, form["email"])
    page.goto(form["path"])
    return page


def statement(page: Page):
    return page.get_by_label("Why this program?")


def is_saved(page: Page) -> None:
    """All that was typed is on the server: the line's time alone may be that of an earlier save."""
    expect(page.locator("#saved[data-state=saved]")).to_have_text(SAVED)


def asks_before_leaving(page: Page) -> bool:
    """Whether the browser asks before the page goes; answers “stay”."""
    return page.evaluate("!window.dispatchEvent(new Event('beforeunload', { cancelable: true }))")


def test_what_is_typed_is_saved_and_a_killed_tab_is_found_again(server, page, form):
    opened(page, server, form)
    expect(page.locator("#saved")).to_have_text("Not saved yet")
    assert not asks_before_leaving(page)
    statement(page).press_sequentially("Because I like pins")
    assert asks_before_leaving(page)
    began = time.monotonic()
    with page.expect_request(form["path"]):
        pass
    assert time.monotonic() - began < WITHIN
    is_saved(page)
    assert not asks_before_leaving(page)
    assert saved_text(server, form) == "Because I like pins"

    # Who types without a pause is saved meanwhile, and who switches to another tab at once.
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    for _key in range(40):
        statement(page).press("x", delay=50)
    assert sent
    is_saved(page)
    page.locator("#offices").get_by_role("button", name="Add").first.click()
    expect(page.locator("#offices .ranking li")).to_have_count(1)
    is_saved(page)
    statement(page).press("End")
    statement(page).press("y")
    with page.expect_response(form["path"]):
        assert page.evaluate(SWITCHES_TAB)
    context = page.context
    page.close()  # without a word to the page, as a crash does
    again = context.new_page()
    again.goto(form["path"])
    expect(statement(again)).to_have_value("Because I like pins" + "x" * 40 + "y")
    expect(again.locator("#offices .ranking li")).to_have_count(1)


def test_offline_it_stays_in_the_page_and_goes_as_soon_as_it_can(server, page, form):
    opened(page, server, form)
    page.context.set_offline(True)
    statement(page).fill("Typed in a tunnel.")
    line = page.locator("#saved")
    expect(line).to_have_text("Not saved: you're offline. It is kept here and sent as soon as you're back.")
    assert asks_before_leaving(page)
    axe(page)
    # The button would lose the page to an error of the browser: it stays instead.
    page.get_by_role("button", name="Save", exact=True).click()
    statement(page).press("End")
    statement(page).press_sequentially(" And more.")
    expect(page).to_have_url(re.compile(form["path"]))
    assert "tunnel" not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    page.context.set_offline(False)
    is_saved(page)
    assert saved_text(server, form) == "Typed in a tunnel. And more."
    assert not asks_before_leaving(page)

    # A reply that is lost on the way makes no conflict with oneself.
    page.route(f"**{form['path']}", lambda route: (route.fetch(), route.abort()), times=1)
    statement(page).fill("It arrived, and nobody said so.")
    expect(line).to_contain_text("our server did not answer")
    statement(page).fill("It arrived, and went on.")
    is_saved(page)

    # Nor does one from a server whose database is away. The script goes by what it says; its 503 would fail this test.
    away = {"state": "not-reached", "line": "Not saved yet.", "button": "Save"}
    page.route(f"**{form['path']}", lambda route: (route.fetch(), route.fulfill(json=away)), times=1)
    statement(page).fill("It arrived, and perhaps.")
    expect(line).to_have_text("Not saved yet.")
    statement(page).fill("It arrived, and went on.")
    is_saved(page)
    page.get_by_role("button", name="Save and go on later").click()
    expect(statement(page)).to_have_value("It arrived, and went on.")
    assert saved_text(server, form) == "It arrived, and went on."


def test_a_session_that_ends_in_mid_form_loses_nothing(server, page, form):
    opened(page, server, form)
    statement(page).fill("Before the end.")
    is_saved(page)

    # In place: the button signs in, and leads back to the filled form.
    page.context.clear_cookies(name="sessionid")
    statement(page).fill("After the end.")
    expect(page.locator("#saved")).to_contain_text("you are signed out")
    axe(page)
    page.get_by_role("button", name="Sign in again").click()
    expect(page.get_by_text("You were signed out.", exact=False)).to_be_visible()
    known = len(server.letters(form["email"]))
    page.get_by_label("E-mail").fill(form["email"])
    page.get_by_role("button", name="Send me a code").click()
    page.locator("main input[name=code]").fill(server.code_for(form["email"], after=known))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(statement(page)).to_have_value("After the end.")
    is_saved(page)
    assert saved_text(server, form) == "After the end."

    # Or in another tab, which changes the token as well: the form goes on by itself.
    page.context.clear_cookies(name="sessionid")
    statement(page).fill("After the second end.")
    expect(page.locator("#saved")).to_contain_text("you are signed out")
    sign_in(page.context.new_page(), server, form["email"])
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    is_saved(page)
    page.get_by_role("button", name="Send my application").click()
    expect(page.locator("#missing")).to_be_visible()
    expect(statement(page)).to_have_value("After the second end.")


def test_of_two_tabs_the_later_is_told_and_sees_both(server, page, form):
    opened(page, server, form)
    other = page.context.new_page()
    other.goto(form["path"])
    statement(other).fill("From the other tab.")
    is_saved(other)

    statement(page).fill("From this tab.")
    expect(page.locator("#saved")).to_contain_text("This was changed in another tab or device at")
    assert asks_before_leaving(page)
    assert saved_text(server, form) == "From the other tab."
    axe(page)
    page.get_by_role("button", name="Look at both").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Which answers stay?")
    axe(page)
    choices = page.get_by_role("group", name="Why this program?")
    expect(choices.get_by_label("From this tab.")).to_be_checked()
    choices.get_by_label("From the other tab.").check()
    page.get_by_role("button", name="Save what is chosen").click()
    expect(statement(page)).to_have_value("From the other tab.")

    # Both go on from there without a word.
    statement(page).fill("From this tab again.")
    is_saved(page)
    assert saved_text(server, form) == "From this tab again."

    # When the window closes meanwhile, the page is told without a key being pressed.
    page.clock.install()
    page.reload()
    server.python(f"""
from django.utils import timezone
from programs.models import Window
Window.objects.filter(program__slug="{form["path"].split("/")[2]}").update(closes_at=timezone.now())
""")
    page.clock.fast_forward("25:00:00")
    expect(page.locator("#saved")).to_contain_text("This window closed on")
    assert not asks_before_leaving(page)
