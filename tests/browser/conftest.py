"""A person at a browser: Chromium against a running server, and nothing amiss behind the page.

A test of this folder takes `visitor`, a function that opens a window of a new person, or `page`, the window of one.
Whatever the browser complains of (a breach of the content security policy, a script's error, a missing file) and
any answer of 500 or more fails the test at its end.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from tests.server import Server, find_chromium, running_server

FLAGS = (
    "--no-sandbox",  # Chromium's own needs a user other than root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# By design, and the page says so: signed out, changed elsewhere, too large, can't be kept.
TOLD_TO_SCRIPTS = (401, 409, 413, 422)
SECONDS = 1000  # Playwright counts in milliseconds
expect.set_options(timeout=15 * SECONDS)


@pytest.fixture(scope="session")
def browser():
    """Chromium, started once."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium found (set CHROMIUM=/path/to/it)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(browser):
    """A running server with its worker, shared by the tests of one file; its database is migrated and else empty."""
    with running_server(worker=True) as running:
        yield running


@pytest.fixture
def visitor(browser, server):
    """`visitor(javascript=True, **options) -> Page`: a window of a new person, who has never been here before."""
    contexts, problems = [], []

    def open_window(*, javascript: bool = True, **options) -> Page:
        context = browser.new_context(base_url=server.base_url, java_script_enabled=javascript, **options)
        context.set_default_timeout(30 * SECONDS)  # a busy machine is slow; only what fails waits so long
        contexts.append(context)
        page = context.new_page()
        _watch(page, problems)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def javascript() -> bool:
    """Whether the browser of `page` runs scripts; parametrize it to hold a test with and without."""
    return True


@pytest.fixture
def page(visitor, javascript) -> Page:
    """The window of one person."""
    return visitor(javascript=javascript)


# A page that answers 404 or 403 by design is "a resource that failed to load" too, and htmx says so once more; `response`
# tells them apart. What could not be sent at all is a test's own doing: it took the network away.
TOLD_OF_ANSWERS = ("Failed to load resource", "Response Status Error Code", "htmx:sendError", "htmx:afterRequest")


def _watch(page: Page, problems: list[str]) -> None:
    def response(answer):
        part_of_page = answer.request.resource_type != "document"
        if answer.status >= 500 or (part_of_page and answer.status >= 400 and answer.status not in TOLD_TO_SCRIPTS):
            problems.append(f"{answer.status} {answer.request.method} {answer.url}")

    def console(message):
        if message.type == "error" and not message.text.startswith(TOLD_OF_ANSWERS):
            problems.append(f"console on {page.url}: {message.text}")

    page.on("response", response)
    page.on("console", console)
    page.on("pageerror", lambda error: problems.append(f"script on {page.url}: {error}"))


def sign_in(page: Page, server: Server, email: str) -> None:
    """Through the one door: the address, then the code out of the letter."""
    known = len(server.letters(email))
    server.forget_limits()
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.locator("main form button[type=submit]").first.click()
    page.locator("main input[name=code]").fill(server.code_for(email, after=known))
    page.locator("main form button[type=submit]").first.click()
    expect(page).not_to_have_url(re.compile("/sign-in/"))


# What a page of the same content can break by its colours and its width alone.
OF_COLOURS_AND_WIDTH = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]


def axe(page: Page, *, rules: list[str] | None = None) -> None:
    """Assert that axe-core finds nothing to say against this page's accessibility. Needs JavaScript.

    rules: the names of those that are asked, when not all are.
    """
    page.wait_for_load_state()  # a page that a click led to may be there in part
    # Without preload: axe would fetch what style sheets import from the wrong place, and apply it against our policy.
    # Violations alone: to list all that is well as well takes axe twice as long.
    options: dict = {"preload": False, "resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    results = Axe().run(page, options=options)
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"


def fits(page: Page) -> bool:
    """Whether nothing on the page is wider than the window, so that nobody scrolls sideways to read."""
    page.wait_for_load_state()  # a page that a click led to may have no root yet
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
