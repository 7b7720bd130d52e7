"""Staff at a browser whom the page warns before it signs them out. The clock is moved; the server is asked for real."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe, sign_in
from tests.server import running_server

pytestmark = pytest.mark.looks
MINUTE = 60_000  # milliseconds


@pytest.fixture(scope="module")
def server(browser):
    with running_server(env={"STAFF_MFA_REQUIRED": "0"}) as running:
        running.manage("create_administrator", "ada@example.org")
        yield running


def test_one_click_stays_and_what_was_typed_outlives_the_end(server, page):
    sign_in(page, server, "ada@example.org")
    page.clock.install()
    page.goto("/admin/accounts/user/add/")
    page.get_by_label("Name").fill("Half a name")
    dialog = page.get_by_role("alertdialog")

    nearly_over = {"seconds": 120, "user": 1, "token": page.locator("[name=csrfmiddlewaretoken]").first.input_value()}
    page.route("**/staff/session/", lambda asked: asked.fulfill(json=nearly_over), times=1)
    page.clock.run_for(55 * MINUTE)
    expect(dialog).to_contain_text("signed out in 2 minutes")
    axe(page)
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()

    kept = page.context.cookies()
    page.context.clear_cookies()
    page.clock.run_for(56 * MINUTE)
    expect(dialog).to_contain_text("What you typed is still on this page")
    assert page.get_by_label("Name").input_value() == "Half a name"
    # As after signing in again in another tab.
    page.context.add_cookies(kept)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(dialog).to_be_hidden()
