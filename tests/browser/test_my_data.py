"""Following, and one's own data, at a browser: every page of it is accessible, and the download arrives."""

import zipfile

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe, fits, sign_in

pytestmark = pytest.mark.looks  # what is written meanwhile, tests/applications/test_my_data.py holds on both databases

SETTING = """
from accounts.models import User
from tests.factories import *
program = make_program("Data Science", slug="data", asks=("statement", "skills"))
make_application(make_window(program), candidate=(ada := make_user("ada@example.org")))
make_draft(make_window(make_program("Sales", asks=("choice",))), candidate=ada)
"""


def test_following_by_address_then_signed_in_and_looking_at_all_that_is_held(visitor, server, tmp_path):
    server.python(SETTING)
    passer_by = visitor()
    passer_by.goto("/programs/data/")
    passer_by.get_by_role("link", name="Follow this program").click()
    passer_by.get_by_label("E-mail").fill("eve@example.org")
    passer_by.get_by_role("button", name="Send me a code").click()
    passer_by.get_by_label("Code").fill(server.code_for("eve@example.org"))
    passer_by.get_by_role("button", name="Follow Data Science").click()
    expect(passer_by.get_by_text("You follow Data Science.")).to_be_visible()

    page = visitor()
    sign_in(page, server, "ada@example.org")
    page.goto("/programs/data/")
    page.get_by_role("button", name="Follow this program").click()
    axe(page)
    page.get_by_role("contentinfo").get_by_role("link", name="My data").click()
    page.locator("details.fold").evaluate_all("folds => folds.forEach(fold => { fold.open = true })")
    axe(page)
    page.set_viewport_size({"width": 320, "height": 700})
    assert fits(page)
    page.get_by_role("button", name="Make a copy to take with you").click()
    with page.expect_download() as started:  # once the worker has made it, and the page has looked again by itself
        page.get_by_role("link", name="Download everything").click()
    axe(page)
    started.value.save_as(tmp_path / "data.zip")
    assert zipfile.ZipFile(tmp_path / "data.zip").testzip() is None
    page.get_by_role("button", name="Stop following Data Science").click()
    expect(page.get_by_text("You no longer follow Data Science.")).to_be_visible()

    page.get_by_role("link", name="Delete my drafts").click()
    page.get_by_role("button", name="Delete them").click()
    expect(page.get_by_text("1 draft is deleted.")).to_be_visible()
    page.get_by_role("link", name="Ask us to erase my data").click()
    page.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_text("You asked on")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("You asked on")).to_have_count(0)

    url = server.python(
        "from programs.following import *; from programs.models import Follower; print(unsubscribe_url(Follower.objects.get()))"
    )
    passer_by.goto(url.strip())
    passer_by.get_by_role("button", name="Stop these letters").click()
    expect(passer_by.get_by_text("You get no more of these letters")).to_be_visible()
