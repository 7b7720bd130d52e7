"""Scripts in every word of the site, read by everybody in Chromium: none runs, none asks to, none becomes part of a page."""

import json
import re
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.rendered import show
from tests.files import pdf
from tests.security.scripts import IS_READ, PAYLOADS, TAKEN_FOR_MORE, TELL_VIOLATIONS

pytestmark = pytest.mark.looks

SEED = """
import json
from accounts.mail import as_html
from letters.models import Letter
from applications.models import Application
from tests.factories import *
from tests.security.filled import make_filled
from tests.security.scripts import text_of

side = make_filled(text_of)
own = {application.status: application for application in Application.objects.filter(candidate=side.candidate)}
people = {"candidate": side.candidate, "reviewer": side.reviewer, "recruiter": side.recruiter,
          "administrator": make_user(is_staff=True, is_superuser=True)}
print(json.dumps({
    "program": side.program.get_absolute_url(),
    "form": own["draft"].program.apply_url,
    "application": f"/admin/applications/application/{side.application.pk}/",
    "review": f"/admin/reviews/assignment/{side.assignment.pk}/change/",
    "calendar": f"{side.program.get_absolute_url()}{side.window.pk}.ics",
    "letters": [as_html(subject=one.subject, text=one.body) for one in Letter.objects.all()[:4]],
    "sessions": {role: make_session(user) for role, user in people.items()},
}))
"""
# By role, the pages with the most words, from which the long set walks on.
PAGES = {
    "nobody": ["{program}", "/where-do-i-qualify/"],
    "candidate": ["{form}?check", "/my-data/"],
    "reviewer": ["{review}"],
    "recruiter": ["{application}change/", "{application}decide/reject/"],
    "administrator": ["/admin/letters/letter/"],
}
FOR_MACHINES = ["/openings.atom", "/sitemap.xml", "/robots.txt", "/api/v1/programs.json", "{calendar}"]
ELEMENTS_OF_XML = """(text) => [...new DOMParser().parseFromString(text, "application/xml").querySelectorAll(
  "x-planted, script, img, parsererror")].map((each) => each.outerHTML)"""
MOST_PAGES = 400
# Orders, pages and filters by twos show the same words; what ends the session ends the walk.
NOWHERE = re.compile(
    r"/(static|pictures|cards|documents|pages)/|sign-out|logout|jsi18n|/export/|\.csv|\.ics|download/|[?&](o|p|all)=|[?].*&"
)


@pytest.fixture(scope="module")
def world(server) -> dict:
    return json.loads(server.python(SEED))


class Look:
    """Somebody's window, in which each page is looked through. What the browser complains of fails the test by itself."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self.read = self.looked = 0
        page.add_init_script(TELL_VIOLATIONS)
        page.on("dialog", self._dialog)
        page.on("download", lambda download: download.cancel())

    def _dialog(self, dialog) -> None:
        if dialog.type != "beforeunload":  # ours, for what is not saved
            self.wrong.append(f"a dialog on {self.page.url}: {dialog.message}")
        dialog.accept()

    def at(self, address: str) -> None:
        self.page.goto(address)
        self.again()

    def again(self) -> None:
        self.looked += 1
        self.read += self.page.evaluate(IS_READ)
        self.wrong += [f"{self.page.url}: {one}" for one in self.page.evaluate(TAKEN_FOR_MORE)]


@pytest.fixture
def look(visitor, server, world):
    """look(role) -> Look, in a window of that person."""

    def at(role: str) -> Look:
        page = visitor(accept_downloads=True)
        if role in world["sessions"]:
            cookie = {"name": "sessionid", "value": world["sessions"][role], "url": server.base_url}
            page.context.add_cookies([cookie])
        return Look(page)

    return at


def test_no_page_takes_a_word_for_more(look, world):
    wrong, looked, read = [], 0, 0
    for role, addresses in PAGES.items():
        seen = look(role)
        for address in addresses:
            seen.at(address.format(**world))
        wrong, looked, read = wrong + seen.wrong, looked + seen.looked, read + seen.read
    assert wrong == []
    assert read == looked == sum(map(len, PAGES.values())), "the words are on every one of these pages"


def test_what_scripts_of_ours_write_into_the_form_stays_text(look, world):
    """A file's name, what the server answers while one types, and the words of an error."""
    seen = look("candidate")
    seen.at(world["form"])
    for field in seen.page.locator("main textarea:visible, main input[type=text]:visible").all():
        field.fill(f"{PAYLOADS[0]}{PAYLOADS[1]}"[: int(field.get_attribute("maxlength") or 60)])
    file = {"name": "<img src=x onerror=alert(1)><x-planted>.pdf", "mimeType": "application/pdf"}
    upload = seen.page.locator(".upload")
    upload.locator("input[type=file]").set_input_files({**file, "buffer": pdf(text=PAYLOADS[1])})
    expect(upload.get_by_role("button", name="Remove")).to_be_visible()
    upload.locator("input[type=file]").set_input_files({**file, "buffer": b"<x-planted>"})
    expect(upload.locator(".error")).to_be_visible()
    seen.again()
    assert seen.wrong == []
    assert "img src=x onerror=alert(1)" in seen.page.locator("main").inner_text()


def test_no_letter_takes_a_word_for_more(look, world):
    """As a mail program would show it."""
    seen = look("nobody")
    seen.at("/accessibility/")
    for html in world["letters"]:
        show(seen.page, html)
        seen.page.evaluate("document.head.querySelector('style').remove()")  # its own, and the only one
        seen.again()
        assert seen.page.evaluate(IS_READ)
    assert seen.wrong == []


def test_what_machines_read_is_no_page(look, world):
    seen = look("nobody")
    seen.at("/accessibility/")
    for address in FOR_MACHINES:
        answer = seen.page.request.get(address.format(**world))
        assert answer.ok, address
        assert "html" not in answer.headers["content-type"], address
        assert answer.headers["x-content-type-options"] == "nosniff", address
        assert "default-src 'self'" in answer.headers["content-security-policy"], address
        if "xml" in answer.headers["content-type"]:
            assert seen.page.evaluate(ELEMENTS_OF_XML, answer.text()) == []
    assert seen.wrong == []
    table = look("recruiter").page.request.get("/admin/applications/application/export/")
    assert table.headers["content-type"].startswith("text/csv")
    assert table.headers["content-disposition"].startswith("attachment")
    assert table.headers["x-content-type-options"] == "nosniff"


@pytest.mark.soak
def test_every_page_that_one_can_walk_to(look, world, figure):
    """By links, from each one's first pages; of addresses of one pattern the first few."""
    looked, read, wrong = 0, 0, []
    for role, starts in PAGES.items():
        seen, been = look(role), {}
        ahead = [*(start.format(**world) for start in starts), "/", "/applications/", "/admin/"]
        while ahead and seen.looked < MOST_PAGES:
            address = ahead.pop(0)
            pattern = re.sub(r"\d+|[A-Z0-9]{4}-[A-Z0-9]{4}|[0-9a-f-]{36}|(?<==)[^&]*", "#", address)
            if been.setdefault(pattern, 0) > 1 or NOWHERE.search(address):
                continue
            been[pattern] += 1
            seen.at(address)
            links = seen.page.locator("a[href]").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
            targets = [urlsplit(urljoin(seen.page.url, link)) for link in links]
            own = [target for target in targets if target.netloc == urlsplit(seen.page.url).netloc]
            ahead += [f"{target.path}?{target.query}" if target.query else target.path for target in own]
        looked, read, wrong = looked + seen.looked, read + seen.read, wrong + seen.wrong
    assert wrong == []
    assert looked > 100
    figure(
        "scripts in every field",
        f"{looked} pages in Chromium, {read} with the words: 0 dialogs, 0 violations, 0 elements",
    )


def test_the_detectors_detect(browser):
    """A page that takes words for more: scripts run, elements are found; and under our policy the browser tells so."""
    context = browser.new_context()
    seen, told = Look(context.new_page()), []
    seen.page.on("console", lambda message: told.append(message.text))
    body = f"<!doctype html><p>{' '.join(PAYLOADS[:3])} 49planted</p><a href='javascript:alert(1)'>x</a>"
    headers = {"Content-Type": "text/html"}
    seen.page.route("**/*", lambda route: route.fulfill(body=body, headers=headers))
    seen.at("http://outside.example/")
    assert sum("a dialog" in line for line in seen.wrong) >= 2
    assert sum("x-planted" in line or "javascript:" in line or "template" in line for line in seen.wrong) >= 3
    seen.wrong.clear()
    headers["Content-Security-Policy"] = "default-src 'self'"
    seen.at("http://outside.example/")
    assert not [line for line in seen.wrong if "a dialog" in line]
    assert [line for line in told if line.startswith("violation: script-src")]
    context.close()
