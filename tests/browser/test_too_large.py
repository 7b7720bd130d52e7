"""A file far over what one request may hold: the browser shows our page, not an error of the network, and the last save stands."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe, sign_in
from tests.server import running_server

MEGABYTE = 2**20


@pytest.fixture(scope="module")
def server(browser):
    with running_server(env={"MAX_REQUEST_BYTES": str(2 * MEGABYTE)}) as running:
        yield running


@pytest.mark.parametrize("javascript", [True, False])
def test_it_is_told_on_a_page_or_at_the_field_and_the_last_save_is_kept(server, page, tmp_path, javascript):
    huge = tmp_path / "huge.pdf"
    huge.write_bytes(b"%PDF-" + b"0" * (9 * MEGABYTE))  # less than the program takes
    program = json.loads(
        server.python(
            "import json; from tests.factories import *; "
            'program = make_program(); make_requirement(program, "document", parameters={"megabytes": 10}); '
            "print(json.dumps(make_window(program).program.apply_url))"
        )
    )
    sign_in(page, server, f"huge-{javascript}@example.org")
    page.goto(program)
    page.get_by_label("Your name").fill("Ada Example")
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).first.click()
    page.locator("input[type=file]").set_input_files(huge)
    if javascript:
        expect(page.locator(".upload")).to_contain_text("huge.pdf is too large.")
        axe(page)
    page.get_by_role("button", name="Save and go on later").click()
    if not javascript:
        expect(page.get_by_text("Your last save is kept.", exact=False)).to_be_visible()
    page.goto(program)
    expect(page.get_by_label("Your name")).to_have_value("Ada Example")
