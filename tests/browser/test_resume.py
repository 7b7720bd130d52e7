"""A résumé at the browser: under way, refused, cut off, tried again, and what it offers."""

import json

import pytest
from playwright.sync_api import expect

from tests import files
from tests.browser.conftest import axe, sign_in

pytestmark = pytest.mark.looks


@pytest.fixture
def form(server, page):
    """The form of a program of the test's own, with a candidate who has typed something that is not saved."""
    url = json.loads(
        server.python(
            "import json; from tests.factories import *; "
            'window = make_window(make_program(asks=("skills", "document"))); print(json.dumps(window.program.apply_url))'
        )
    )
    sign_in(page, server, "ada@example.org")
    page.goto(url)
    page.get_by_label("Your name").fill("Ada Typed")
    return page


def test_a_failed_upload_loses_nothing_and_what_arrives_offers_what_is_in_it(form):
    page, chooser = form, form.locator("input[type=file]")
    upload = page.locator(".upload")

    def choose(name, data):
        chooser.set_input_files({"name": name, "mimeType": "application/pdf", "buffer": data})

    # Refused by the server, in words at the field; too large, by the page itself.
    choose("letter.pdf", files.docx())
    expect(upload.locator(".error")).to_contain_text("text processor")
    choose("huge.pdf", b"%PDF-" + b"0" * 2**21)
    expect(upload).to_contain_text("huge.pdf is too large")
    expect(chooser).to_have_value("")

    # Cancelled under way, then cut off, then tried again.
    resume = files.pdf(text="Phone +1 415 555 0100, PyTorch")
    page.route("**/files/*/", lambda route: None)
    choose("cv.pdf", resume)
    expect(upload.get_by_role("progressbar", name="cv.pdf")).to_be_visible()
    expect(upload).to_contain_text("cv.pdf")
    axe(page)
    upload.get_by_role("button", name="Cancel").click()
    expect(upload.get_by_role("progressbar")).to_have_count(0)
    expect(chooser).to_be_focused()
    expect(chooser).to_have_value("")
    page.unroute("**/files/*/")
    page.route("**/files/*/", lambda route: route.abort())
    choose("cv.pdf", resume)
    expect(upload).to_contain_text("The connection was cut, so cv.pdf did not arrive.")
    page.unroute("**/files/*/")
    upload.get_by_role("button", name="Try again").click()
    expect(upload.get_by_role("link", name="cv.pdf")).to_be_visible()
    expect(upload.locator(".ask")).to_be_focused()
    expect(page.get_by_label("Your name")).to_have_value("Ada Typed")
    page.get_by_text("The text that we read from it").click()
    expect(upload.locator(".read-text")).to_contain_text("PyTorch")
    upload.get_by_role("img", name="Page one of cv.pdf").scroll_into_view_if_needed()
    axe(page)

    # Chosen in a window that was opened before the field was put anew.
    with page.expect_file_chooser() as window:
        chooser.click()
    choose("older.pdf", resume)
    expect(upload.get_by_role("link", name="older.pdf")).to_be_visible()
    window.value.set_files({"name": "cv.pdf", "mimeType": "application/pdf", "buffer": resume})
    expect(upload.get_by_role("link", name="cv.pdf")).to_be_visible()

    # Nothing is filled in unasked.
    expect(page.locator("#id_about-phone")).to_have_value("")
    expect(upload.get_by_role("checkbox", checked=True)).to_have_count(0)
    upload.get_by_role("checkbox", name="Phone").check()
    upload.get_by_role("button", name="Use these").click()
    expect(page.get_by_text("Filled in from your file: Phone (+1 415 555 0100).")).to_be_visible()
    expect(page.locator("#id_about-phone")).to_have_value("+1 415 555 0100")
    expect(page.get_by_label("PyTorch", exact=True)).to_have_value("")
    expect(page.get_by_label("Your name")).to_have_value("Ada Typed")

    # Removed by its button, which saves the rest.
    upload.get_by_role("button", name="Remove").click()
    expect(upload.get_by_role("link", name="cv.pdf")).to_have_count(0)
    expect(page.get_by_label("Your name")).to_have_value("Ada Typed")


def test_a_session_that_has_ended_is_told_and_nothing_typed_is_lost(form):
    form.context.clear_cookies(name="sessionid")
    form.locator("input[type=file]").set_input_files(
        {"name": "cv.pdf", "mimeType": "application/pdf", "buffer": files.pdf()}
    )
    expect(form.locator(".upload")).to_contain_text("You are signed out, so cv.pdf was not kept.")
    expect(form.get_by_label("Your name")).to_have_value("Ada Typed")
