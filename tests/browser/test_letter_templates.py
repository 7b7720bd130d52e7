"""A program's words for its letters at a browser: the preview follows what one types, and works without scripts."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe, fits, sign_in

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def pages(server):
    """The addresses of the list, of a kind's page, of going back to the standard words and of sending again."""
    return json.loads(
        server.python("""
import json
from django.urls import reverse
from applications.letter_texts import LetterText
from applications.own_words import save_words
from letters.models import Letter
from tests.factories import *
program = make_program("Data Science")
recruiter = make_recruiter(program, email="rosa@example.org", name="Rosa")
application = make_application(make_window(program))
words = LetterText("Welcome to {program}", "Dear {name}, see you soon.")
own = save_words(program=program, kind="accept", words=words, by=recruiter, seen=None)
letter = Letter.objects.get()
Letter.objects.filter(pk=letter.pk).update(status="failed")
print(json.dumps({
    "list": reverse("admin:applications_lettertemplate_changelist"),
    "words": reverse("admin:applications_words", args=[program.pk, "offer"]),
    "own": reverse("admin:applications_words", args=[program.pk, "accept"]),
    "standard": reverse("admin:applications_lettertemplate_delete", args=[own.pk]),
    "again": reverse("admin:applications_letter_again", args=[application.pk, letter.pk]),
    "application": reverse("admin:applications_application_change", args=[application.pk]),
    "reference": application.reference,
}))
""")
    )


@pytest.mark.looks
@pytest.mark.parametrize(("viewport", "colours"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_every_page_is_accessible_and_fits(server, visitor, pages, viewport, colours):
    page = visitor(viewport=viewport, color_scheme=colours)
    sign_in(page, server, "rosa@example.org")
    for name in ("list", "words", "own", "standard", "again", "application"):
        page.goto(pages[name])
        for fold in page.locator("details.fold:not([open]) > summary").all():
            fold.click()
        assert fits(page), name
        axe(page)


def test_the_preview_follows_the_words_and_what_is_wrong_is_told_while_one_types(server, visitor, pages):
    page = visitor(viewport=DESK)
    sign_in(page, server, "rosa@example.org")
    page.goto(pages["words"])
    words, preview = page.get_by_label("Letter", exact=True), page.locator("#preview")
    expect(page.get_by_role("button", name="Show the preview")).to_be_hidden()
    words.press("Control+End")
    words.press_sequentially("\nP.S. {program} is fun, {nmae}")
    expect(preview).to_contain_text("P.S. Data Science is fun, {nmae}")
    expect(preview.get_by_role("status")).to_contain_text("“{nmae}” is no placeholder.")
    expect(words).to_be_focused()
    for _letter in "{nmae}":
        words.press("Backspace")
    words.press_sequentially("{name}")
    expect(preview).to_contain_text("P.S. Data Science is fun, Ada Lovelace")
    expect(preview.get_by_role("status")).to_have_count(0)
    page.get_by_label("Preview for").select_option(pages["reference"])
    expect(preview).to_contain_text("is fun, Ada Example")
    page.get_by_role("button", name="Save the words").click()
    expect(page.get_by_text("Saved. The next letters have these words.")).to_be_visible()
    assert "P.S. {program} is fun, {name}" in page.get_by_label("Letter", exact=True).input_value()
    page.get_by_role("link", name="Back to the standard words").click()
    page.get_by_role("button", name="Take the standard words").click()
    expect(page.get_by_text("This letter has the standard words again.")).to_be_visible()
    assert "P.S." not in page.get_by_label("Letter", exact=True).input_value()


@pytest.mark.parametrize("javascript", [False])
def test_the_preview_without_scripts_is_a_button(server, page, pages):
    sign_in(page, server, "rosa@example.org")
    page.goto(pages["words"])
    page.get_by_label("Subject").fill("For {name}")
    page.get_by_role("button", name="Show the preview").click()
    expect(page.locator("#preview")).to_contain_text("For Ada Lovelace")
    page.goto(pages["words"])
    assert page.get_by_label("Subject").input_value() != "For {name}"
