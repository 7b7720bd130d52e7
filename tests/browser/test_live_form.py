"""The form as it is filled in, with scripts: what it says changes as one types, and nothing is taken out of one's hands."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe, sign_in
from tests.programs.words import COUNTED

pytestmark = pytest.mark.looks


@pytest.fixture(scope="module")
def slug(server):
    """Of a program with three offices and a statement."""
    return json.loads(
        server.python("""
import json
from tests.factories import *
offices = [make_office(name) for name in ("Seattle", "Chicago", "Toronto")]
program = make_program("Pin Labs", asks=("statement", "publications"), offices=offices)
make_window(program)
print(json.dumps(program.slug))
""")
    )


def test_the_form_answers_as_one_types(server, page, slug):
    sign_in(page, server, "ada@example.org")
    page.goto(f"/programs/{slug}/apply/")
    rail = page.get_by_role("navigation", name="Parts of the form")
    expect(rail.get_by_role("link", name="About you")).to_contain_text("0 of 1")
    expect(page.locator("#time-left")).to_have_text("About 5 minutes left")

    # Words are counted at once, as the server counts them.
    statement = page.get_by_label("Why this program?")
    counted = page.locator("[data-counts]")
    for text, words in COUNTED:
        statement.fill(text)
        expect(counted).to_have_text(str(words))

    # A state changes without moving the focus or what is being typed.
    statement.fill("")
    statement.press_sequentially("Because I")
    state = page.locator(".kind-statement .state")
    expect(state).to_contain_text("yours has 2 words.")
    statement.press_sequentially(" like pins.")
    expect(state).to_have_text("Met")
    expect(statement).to_be_focused()
    expect(statement).to_have_value("Because I like pins.")
    expect(rail.get_by_role("link", name="What this program asks")).to_contain_text("1 of 2")
    expect(page.locator("#still-missing")).to_contain_text("4 things are missing")

    # What is wrong in a field is told once it is left, and taken back when it is mended; an empty one is told nothing.
    phone = page.get_by_label("Phone")
    phone.press_sequentially("call me")
    expect(rail.get_by_role("link", name="About you")).to_contain_text("To fix")
    expect(page.locator("#about .error")).to_have_count(0)
    phone.press("Tab")
    expect(page.locator("#about .error")).to_contain_text("+1 415 555 0100")
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(phone).to_have_accessible_description(re.compile("To fix: .*415 555 0100"))
    axe(page)
    phone.fill("+1 415 555 0100")
    expect(page.locator("#about .error")).to_have_count(0)
    expect(phone).not_to_have_attribute("aria-invalid", "true")

    # Offices and rows change in place: what was typed elsewhere stays, and the focus goes to what changed.
    offices = page.locator("#offices")
    for name in ("Seattle", "Toronto"):
        offices.get_by_role("button", name=f"Add {name}").press("Enter")
        expect(offices.locator(".ranking li").last).to_contain_text(name)
        expect(offices.locator("li", has_text=name)).to_be_focused()
    offices.get_by_role("button", name="Up Toronto").press("Enter")
    expect(offices.locator(".ranking li").first).to_contain_text("Toronto")
    expect(offices.locator("li", has_text="Toronto")).to_be_focused()
    page.get_by_role("button", name="Add another publication").press("Enter")
    expect(page.locator("[name$='-1-title']")).to_be_focused()
    expect(statement).to_have_value("Because I like pins.")
    expect(rail.get_by_role("link", name="Offices")).to_contain_text("1 of 2")
    axe(page)


def test_a_button_that_cannot_reach_the_server_says_so_and_loses_nothing(server, browser, slug):
    page = browser.new_page(base_url=server.base_url)  # no `visitor`, whose console has nothing to complain of
    sign_in(page, server, "bob@example.org")
    page.goto(f"/programs/{slug}/apply/")
    page.get_by_label("Phone").fill("+1 415 555 0100")
    page.context.set_offline(True)
    try:
        page.locator("#offices").get_by_role("button", name="Add Seattle").click()
        expect(page.get_by_role("alert")).to_contain_text("This did not work")
    finally:
        page.context.set_offline(False)
    expect(page.get_by_label("Phone")).to_have_value("+1 415 555 0100")
    page.locator("#offices").get_by_role("button", name="Add Seattle").click()
    expect(page.locator("#offices .ranking")).to_contain_text("Seattle")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.context.close()
