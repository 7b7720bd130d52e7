"""Every page of the candidates in every state: axe finds nothing, nothing is too small to hit, nothing scrolls sideways.

One server and one candidate, who has an application in every status and signs in once. Each page is looked at twice: light
on 320 by 256 pixels, which is a screen of 1280 by 1024 at a zoom of 400 %, and dark on a wide one.
"""

import json
from functools import partial

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OF_COLOURS_AND_WIDTH, axe, fits, sign_in
from tests.browser.rendered import ERRORS, error_pages, letter_pages, show
from tests.browser.test_phone import LEAST_TARGET, SMALL_TARGETS

pytestmark = pytest.mark.looks

ZOOMED, WIDE, PHONE = ({"width": width, "height": height} for width, height in ((320, 256), (1440, 900), (390, 844)))
ADA = "ada@example.org"
STATUSES = (
    *("draft", "not_submitted", "submitted", "in_review", "interview", "waitlisted", "offer"),
    *("accepted", "declined", "lapsed", "rejected", "withdrawn"),
)
LETTERS = ("letter-receipt", "letter-interview", "letter-offer", "letter-reject")
# A mail program puts a letter into a page of its own, whose landmarks and headings are none of ours.
OF_A_LETTER = [*OF_COLOURS_AND_WIDTH, "document-title", "html-has-lang", "link-name", "list"]
PUBLIC = (
    *("home", "home-filtered-empty", "program-open", "program-scheduled", "program-full", "program-closed"),
    *("accessibility", "privacy", "sign-in", "sign-in-code", "follow", "unsubscribe"),
)
OWN = (
    *(
        "applications",
        "apply-empty",
        "apply-filled",
        "apply-errors",
        "apply-changing",
        "apply-full",
        "withdraw",
        "offer",
        "my-data",
        "delete-drafts",
        "erasure",
        "sessions",
    ),
    *(f"status-{status}" for status in STATUSES),
)

SEED = """
import json
from tests.applications.decided import WAY, brought_to
from tests.factories import *
from letters.models import Letter
from programs.following import follow, unsubscribe_url

now, hour = timezone.now(), timedelta(hours=1)
recruiter, ada = make_recruiter(), make_user("ada@example.org")
pages = {}
for status in (*WAY, "lapsed", "draft", "not_submitted"):
    window = make_window(make_program(status.title(), asks=("statement", "link")), season="Summer 2027")
    if status in ("draft", "not_submitted"):
        application = make_draft(window)
    else:
        application = brought_to("offer" if status == "lapsed" else status, window, recruiter)
    Letter.objects.filter(addressee=application.candidate).update(addressee=ada, status="sent", sent_at=now)
    Window.objects.filter(pk=window.pk).update(closes_at=now + (-1 if status == "not_submitted" else 30) * hour)
    Program.objects.filter(pk=window.program_id).update(published=status == "submitted")
    shown = "lapsed" if status == "lapsed" else application.status
    Application.objects.filter(pk=application.pk).update(candidate=ada, status=shown)
    pages[f"status-{status}"] = application.get_absolute_url()
    if status == "submitted":
        pages |= {"apply-changing": window.program.apply_url, "withdraw": application.get_absolute_url() + "withdraw/"}
    if status == "offer":
        pages["offer"] = application.get_absolute_url() + "offer/"
for state, times in {"open": (-1, 30), "scheduled": (30, 60), "closed": (-60, -30), "full": (-5, 30)}.items():
    opens, closes = (now + hour * number for number in times)
    window = make_window(make_program(state.title(), asks=tuple(PARAMETERS)), opens_at=opens, closes_at=closes)
    pages[f"program-{state}"] = window.program.get_absolute_url()
    pages[{"open": "apply-empty"}.get(state, f"apply-{state}")] = window.program.apply_url
Window.objects.filter(pk=window.pk).update(capacity=1, taken=1)
filled = make_draft(make_window(make_program("Filled", asks=tuple(PARAMETERS))), candidate=ada)
pages["apply-filled"] = filled.program.apply_url
pages["follow"] = filled.program.get_absolute_url() + "follow/"
pages["unsubscribe"] = unsubscribe_url(follow(program=filled.program, email="ada@example.org"))
print(json.dumps(pages))
"""


@pytest.fixture(scope="module")
def ways(server) -> dict:
    """By name of a page, how one gets there: an address, or a function that walks."""
    addresses = json.loads(server.python(SEED))
    rendered = error_pages(server) | letter_pages(server)
    return {
        "home": "/",
        "home-filtered-empty": "/?office=none&state=full",
        "accessibility": "/accessibility/",
        "privacy": "/privacy/",
        "sign-in": "/sign-in/",
        "sign-in-code": _ask_for_a_code,
        "applications": "/applications/",
        "my-data": "/my-data/",
        "delete-drafts": "/my-data/drafts/",
        "erasure": "/my-data/erasure/",
        "sessions": "/sessions/",
        "apply-errors": partial(_send_nothing, form=addresses["apply-empty"]),
        **{name: partial(show, html=html) for name, html in rendered.items()},
        **addresses,
    }


@pytest.fixture(scope="module")
def signed_in(browser, server, ways) -> dict:
    """The cookies of the candidate who has signed in."""
    context = browser.new_context(base_url=server.base_url)
    sign_in(context.new_page(), server, ADA)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def walk(visitor, ways, signed_in):
    """walk(name, viewport=…) -> Page: the page of that name in a window of the candidate, or of a passer-by."""

    def to(name: str, **options) -> Page:
        page = visitor(storage_state=signed_in if name in OWN else None, **options)
        way = ways[name]
        page.goto(way) if isinstance(way, str) else way(page)
        return page

    return to


def _ask_for_a_code(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill("somebody@example.org")
    page.locator("main form button[type=submit]").first.click()


def _send_nothing(page: Page, form: str) -> None:
    page.goto(form)
    page.get_by_role("button", name="Send my application").click()
    page.locator("#missing").wait_for()


@pytest.mark.parametrize("name", [*PUBLIC, *(f"error-{code}" for code in (*ERRORS, "csrf", "full-disk")), *OWN])
def test_a_page_is_for_everybody(walk, name):
    page = walk(name, viewport=ZOOMED, reduced_motion="reduce")  # a colour that is on its way to another is neither
    assert fits(page)
    assert page.evaluate(SMALL_TARGETS, LEAST_TARGET) == []
    axe(page)
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="dark")
    axe(page, rules=OF_COLOURS_AND_WIDTH)


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_for_everybody(walk, name):
    page = walk(name, viewport=ZOOMED)
    assert fits(page)
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)
        axe(page, rules=OF_A_LETTER)


# What gets the focus and is out of sight then, lies under a bar that sticks, or has no ring, nor what it stands for one.
LOST_FOCUS = """async () => {
  const BARS = ".rail, .action-bar";
  const all = [...document.querySelectorAll("a[href], button, select, textarea, summary, input:not([type=hidden])")];
  const ringed = (each) => each && getComputedStyle(each).outlineStyle !== "none" && parseFloat(getComputedStyle(each).outlineWidth) >= 2;
  const lost = [];
  for (const each of all) {
    if (each.tabIndex < 0 || each.disabled || !each.checkVisibility({ visibilityProperty: true })) continue;
    each.focus();
    await new Promise(requestAnimationFrame); // until it is scrolled to
    const box = each.getBoundingClientRect();
    const tops = [[0.5, 0.5], [0.1, 0.1], [0.9, 0.1], [0.1, 0.9], [0.9, 0.9]]
      .map(([x, y]) => document.elementFromPoint(box.x + x * box.width, box.y + y * box.height))
      .filter(Boolean);
    const seen = tops.some((top) => each.contains(top) || top.contains(each));
    const under = !each.closest(BARS) && tops.some((top) => top.closest(BARS));
    const hasRing = [each, each.closest("label"), each.closest(".card")].some(ringed);
    if (!seen || under || !hasRing) lost.push(each.outerHTML.slice(0, 150));
  }
  return lost;
}"""
MOVING = """() => [...document.querySelectorAll("*")].filter((each) => {
  const { animationName, transitionDuration } = getComputedStyle(each);
  return animationName !== "none" || !/^(0s(, )?)+$/.test(transitionDuration);
}).map((each) => each.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("name", ["home", "program-open", "apply-errors", "status-submitted"])
def test_what_has_the_focus_is_seen_and_nothing_moves_for_those_who_ask(walk, name):
    page = walk(name, viewport=PHONE)
    page.keyboard.press("Tab")  # rings are for those who use the keyboard
    assert page.evaluate(LOST_FOCUS) == []
    assert page.evaluate(MOVING), "the control: something moves for the others"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(MOVING) == []
