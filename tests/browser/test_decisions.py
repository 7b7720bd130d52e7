"""A recruiter at work: a batch is prepared, looked through and applied with the worker running, and one is taken back."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe, sign_in
from tests.server import running_server

RECRUITER = "rosa@example.org"
SECONDS = 1000


@pytest.fixture(scope="module")
def server(browser):
    """Its letters wait, so that there is time to take one back."""
    with running_server(worker=True, env={"LETTER_DELAY_MINUTES": "10"}) as running:
        yield running


@pytest.fixture(scope="module")
def references(server):
    """Three applications in review, their names being One, Two and Three."""
    return json.loads(
        server.python(f"""
import json
from tests.applications.decided import *
from tests.factories import *
window = make_window(make_program("Data Science"), season="Summer 2027")
rosa = make_recruiter(window.program, email="{RECRUITER}", name="Rosa")
make_reason(window.program)
names = []
for name in ("Ada One", "Ada Two", "Ada Three"):
    application = brought_to("in_review", window, rosa)
    Application.objects.filter(pk=application.pk).update(full_name=name)
    names.append(application.reference)
print(json.dumps(names))
""")
    )


def test_a_batch_is_prepared_and_applied_and_one_taken_back(server, page, references):
    sign_in(page, server, RECRUITER)
    page.goto("/admin/applications/application/")
    for reference in references:
        page.locator("tr", has_text=reference).locator("input[type=checkbox]").check()
    page.locator("select[name=action]").select_option(label="Reject")
    page.locator("button[name=index]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reject: 3 applications")
    page.get_by_label("Reason").select_option(label="Too little own work")
    page.get_by_label("Internal note").fill("The line was drawn.")
    axe(page)
    page.get_by_role("button", name="Prepare 3 decisions").click()

    expect(page.locator("#result_list tbody tr")).to_have_count(3)
    axe(page)
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option(label="Apply")
    page.locator("button[name=index]").click()
    expect(page.locator(".decided > li")).to_have_count(3)
    expect(page.locator(".paper").first).to_contain_text("Thank you for the time and care")
    axe(page)
    page.get_by_role("button", name="Apply 3 decisions").click()

    expect(page).to_have_url(re.compile("/batch/"))
    axe(page)
    expect(page.get_by_text("All decisions are settled")).to_be_visible(
        timeout=20 * SECONDS
    )  # it looks again by itself
    expect(page.get_by_role("status")).to_have_text("3 of 3 settled")
    axe(page)

    page.goto("/admin/applications/application/?status=rejected")
    page.get_by_role("link", name="Ada Two").click()
    page.get_by_role("link", name="Return to review").click()
    axe(page)
    page.get_by_label("Internal note").fill("Chosen by mistake.")
    page.get_by_role("button", name="Decide now").click()
    expect(page.locator("h1")).to_have_text("Ada Two")
    expect(page.locator(".story").first).to_contain_text("Chosen by mistake.")
    axe(page)


@pytest.mark.looks
def test_the_pages_of_reasons_are_accessible(server, page, references):
    sign_in(page, server, RECRUITER)
    reasons = "/admin/applications/rejectionreason/"
    for address in (reasons, f"{reasons}add/", f"{reasons}1/change/", f"{reasons}1/delete/"):
        page.goto(address)
        axe(page)


def test_an_interview_is_arranged_without_javascript(server, visitor, references):
    page = visitor(javascript=False)
    sign_in(page, server, RECRUITER)
    page.goto(f"/admin/applications/application/?q={references[1]}")
    page.get_by_role("link", name="Ada Two").click()
    page.get_by_role("link", name="Invite to an interview").click()
    page.locator("[name=starts_at]").fill("2099-03-02T10:00")
    page.get_by_label("Link").fill("https://meet.example/ada")
    page.get_by_role("button", name="Show the letter").click()
    expect(page.locator("[name=body]")).to_have_value(re.compile("2 March 2099, 10:00"))
    page.get_by_role("button", name="Invite to an interview").click()
    expect(page.locator("h1")).to_have_text("Ada Two")
    expect(page.get_by_role("link", name="https://meet.example/ada").first).to_be_visible()
