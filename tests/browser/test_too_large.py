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


def test_the_browser_shows_a_page_and_the_last_save_is_kept(server, page, tmp_path):
    huge = tmp_path / "huge.pdf"
    huge.write_bytes(b"%PDF-" + b"0" * (30 * MEGABYTE))
    program = json.loads(
        server.python(
            "import json; from tests.factories import *; "
            'window = make_window(make_program(asks=("document",))); print(json.dumps(window.program.apply_url))'
        )
    )
    sign_in(page, server, "huge@example.org")
    page.goto(program)
    page.get_by_label("Your name").fill("Ada Example")
    page.get_by_role("button", name="Save", exact=True).first.click()
    page.locator("input[type=file]").set_input_files(huge)
    page.get_by_role("button", name="Save and go on later").click()
    expect(page.get_by_text("Your last save is kept.", exact=False)).to_be_visible()
    axe(page)
    page.goto(program)
    expect(page.get_by_label("Your name")).to_have_value("Ada Example")
