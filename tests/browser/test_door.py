"""At the door: what a hasty finger does."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.looks


def test_a_double_click_on_the_button_of_the_code_signs_in(visitor, server):
    page = visitor()
    posted = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("E-mail").press("Enter")
    page.get_by_label("Code").fill(server.code_for("ada@example.org"))
    page.get_by_role("button", name="Sign in").dblclick()
    expect(page).to_have_url(re.compile("/applications/$"))
    assert len([url for url in posted if "code" in url]) == 1
