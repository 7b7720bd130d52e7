"""A browser that runs no script: nothing is missing but what comes while one types."""

import re

import pytest
from playwright.sync_api import expect

from tests import files
from tests.browser.conftest import sign_in
from tests.browser.keyboard import SMALL, apply_by_keyboard, keyboard_program

pytestmark = pytest.mark.looks


@pytest.fixture(scope="module")
def slug(server):
    return keyboard_program(server)


@pytest.fixture
def resume(tmp_path):
    path = tmp_path / "résumé.pdf"
    path.write_bytes(files.pdf())
    return path


def test_an_application_by_keyboard_alone_without_scripts(server, visitor, slug, resume):
    page = visitor(javascript=False, viewport=SMALL)
    apply_by_keyboard(page, server, slug, "ada@example.org", file=resume)


def test_every_button_of_the_form_saves_and_comes_back_to_its_place(server, visitor, slug, resume):
    page = visitor(javascript=False)
    sign_in(page, server, "bob@example.org")
    page.goto(f"/programs/{slug}/apply/")
    rail = page.get_by_role("navigation", name="Parts of the form")
    expect(rail.get_by_role("link", name="About you")).to_contain_text("0 of 1")

    # A row more: what was typed is saved, and the focus is in the new row.
    page.get_by_label("Your name").fill("Bob Example")
    page.get_by_label("Why this program?").fill("Because.")
    page.locator("[name$='-0-title']").fill("On boards")
    page.get_by_role("button", name="Add another publication").click()
    expect(page.locator("[name$='-1-title']")).to_be_focused()
    expect(page.locator("[name$='-0-title']")).to_have_value("On boards")
    expect(page.get_by_label("Your name")).to_have_value("Bob Example")

    # What scripts tell while one types is told with every save.
    expect(rail.get_by_role("link", name="About you")).to_contain_text("Done")
    expect(page.locator(".kind-statement .state")).to_contain_text("yours has 1 word.")
    expect(page.locator("[data-counts]")).to_have_text("1")
    expect(page.locator("#still-missing")).to_contain_text(re.compile("things are missing"))

    # Offices: added, moved, taken out.
    ranking = page.locator("#offices .ranking li")
    for name in ("Seattle", "Chicago", "Toronto"):
        page.get_by_role("button", name=f"Add {name}").click()
        expect(page.locator("#offices li", has_text=name)).to_be_focused()
    page.get_by_role("button", name="Down Seattle").click()
    page.get_by_role("button", name="Remove Chicago").click()
    expect(page.locator("#offices li", has_text="Chicago")).to_be_focused()
    expect(ranking).to_have_count(2)
    expect(ranking.first).to_contain_text("Seattle")

    # A file, put in and taken out.
    page.locator("input[type=file]").set_input_files(resume)
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator("#documents .file")).to_contain_text("résumé.pdf")
    page.get_by_role("button", name="Remove résumé.pdf").click()
    expect(page.locator("#documents .file")).to_have_count(0)
    expect(page.locator("#missing")).to_have_count(0)
