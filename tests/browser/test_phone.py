"""A day on a phone: a recruiter decides and takes it back, a reviewer reviews, both with a finger on a narrow screen."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import axe, fits, sign_in
from tests.server import running_server

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LEAST_TARGET = 24  # CSS pixels, WCAG 2.5.8; links within sentences, and what is far enough from others, are exempt
# What a finger aims at and is smaller than LEAST_TARGET, unless a circle of that width around it meets nothing else.
SMALL_TARGETS = """least => {
  const top = document.querySelector(":popover-open, dialog[open]") ?? document; // what it covers is out of reach
  const shown = (each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const targets = [...top.querySelectorAll("a[href], button, select, textarea, summary, input:not([type=hidden])")]
    .filter((each) => shown(each) && !each.closest(".visually-hidden"))
    .map((each) => ({ each, box: (each.closest("label") ?? each).getBoundingClientRect() }))
    .filter(({ box }) => box.width > 1 && box.height > 1);
  const middle = (box) => [box.x + box.width / 2, box.y + box.height / 2];
  const inSentence = (each) => each.matches("p a, li a, dd a") && each.parentElement.textContent.trim() !== each.textContent.trim();
  const crowded = (one) => targets.some(({ each, box }) => {
    if (each === one.each || one.each.contains(each) || each.contains(one.each)) return false;
    const [x, y] = middle(one.box);
    const dx = Math.max(box.left - x, 0, x - box.right), dy = Math.max(box.top - y, 0, y - box.bottom);
    return Math.hypot(dx, dy) < least / 2;
  });
  return targets
    .filter(({ box }) => box.width < least || box.height < least)
    .filter((one) => !inSentence(one.each) && crowded(one))
    .map(({ each, box }) => `${each.outerHTML.slice(0, 120)} ${Math.round(box.width)}×${Math.round(box.height)}`);
}"""


@pytest.fixture(scope="module")
def server(browser):
    """Its letters wait, so that a rejection can be taken back before it is told."""
    with running_server(worker=True, env={"LETTER_DELAY_MINUTES": "10"}) as running:
        yield running


@pytest.fixture(scope="module")
def names(server) -> dict:
    """Addresses of people, and of what a reviewer was given."""
    return json.loads(
        server.python("""
import json
from tests.applications.decided import *
from tests.factories import *
from tests.reviews.desk import make_assignment, make_criterion
program = make_program("Data Science", asks=("statement",))
make_criterion(program, "Craft", weight=3)
make_criterion(program, "Care", guidance="Read the statement.")
window = make_window(program, season="Summer 2027")
rosa = make_recruiter(program, email="rosa@pinterns.example", name="Rosa")
make_reason(program)
applications = [brought_to("in_review", window, rosa) for _number in range(3)]
Application.objects.filter(pk=applications[0].pk).update(full_name="Ada Phone")
other = make_window(make_program("Pin Labs"), season="Summer 2027")
grant(user=rosa, program=other.program, role="recruiter")
make_application(other)
rita = make_reviewer(program, email="rita@pinterns.example", name="Rita")
for application in applications:
    make_assignment(application, rita)
print(json.dumps({"recruiter": rosa.email, "reviewer": rita.email, "reference": applications[0].reference}))
""")
    )


def look(page: Page, heading: str) -> None:
    """The page with this heading fits the screen, axe finds nothing, and nothing to aim at is too small."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    assert fits(page), page.url
    assert page.evaluate(SMALL_TARGETS, LEAST_TARGET) == [], page.url
    axe(page)


def tap(target: Locator) -> None:
    target.scroll_into_view_if_needed()
    target.tap()


def test_a_recruiter_rejects_with_a_reason_and_takes_it_back(server, visitor, names):
    page = visitor(**PHONE)
    sign_in(page, server, names["recruiter"])
    page.goto("/admin/")
    look(page, "Recruiting")
    tap(page.get_by_text("Menu", exact=True))
    tap(page.get_by_role("link", name="Applications", exact=True).locator("visible=true"))
    expect(page.locator("#list-count")).to_contain_text("4")
    look(page, "Applications")
    tap(page.get_by_role("button", name="Filters"))
    drawer = page.locator("#filters")
    tap(drawer.get_by_role("link", name="Data Science", exact=True))
    expect(page.locator("#list-count")).to_contain_text("3")
    tap(drawer.get_by_role("link", name="In review", exact=True).first)
    expect(page.locator("#filters-on")).to_have_text("(2)")
    look(page, "Applications")
    tap(drawer.get_by_role("button", name="Close"))
    expect(drawer).to_be_hidden()
    tap(page.get_by_role("link", name="Ada Phone"))
    look(page, "Ada Phone")

    tap(page.get_by_role("link", name="Reject", exact=True))
    look(page, "Reject: Ada Phone")
    page.get_by_label("Reason").select_option(label="Too little own work")
    tap(page.get_by_role("button", name="Decide now"))
    expect(page.get_by_text("Ada Phone is now “Rejected”.")).to_be_visible()
    look(page, "Ada Phone")

    tap(page.get_by_role("link", name="Return to review"))
    look(page, "Return to review")
    page.get_by_label("Internal note").fill("A slip of the thumb.")
    tap(page.get_by_role("button", name="Decide now"))
    expect(page.get_by_text("Its letter is held back and never leaves.")).to_be_visible()
    look(page, "Ada Phone")


def test_a_reviewer_reviews_one_application(server, visitor, names):
    page = visitor(**PHONE)
    sign_in(page, server, names["reviewer"])
    page.goto("/admin/")
    look(page, "Recruiting")
    tap(page.get_by_role("link", name="reviews wait for you"))
    look(page, "My reviews")
    tap(page.get_by_role("link", name=names["reference"]))
    expect(page.locator(".queue")).to_contain_text("1 of 3")
    look(page, names["reference"])
    tap(page.get_by_role("link", name="To your review"))
    tap(page.get_by_text("Craft of sort 4"))
    tap(page.get_by_text("Care of sort 3"))
    expect(page.locator("#saved")).to_contain_text(re.compile(r"Saved\s+\d\d:\d\d"))
    tap(page.get_by_role("button", name="Hand in", exact=True))
    expect(page.locator("#missing")).to_contain_text("Say what you recommend.")
    look(page, names["reference"])
    tap(page.get_by_text("Strong yes"))
    tap(page.get_by_text("Medium"))
    page.get_by_label("Comment").fill("Well made.")
    tap(page.get_by_role("button", name="Hand in", exact=True))
    expect(page.get_by_role("heading", name="Ada Phone")).to_be_visible()
    expect(page.locator(".scores")).to_contain_text("3.75")
    look(page, names["reference"])
    tap(page.get_by_role("link", name="Next"))
    expect(page.locator("#rubric")).to_be_visible()


def test_control_small_targets_that_stand_close_are_found(page):
    page.set_content('<a href="/">a</a> <a href="/">b</a><p>In a <a href="/">sentence</a> there is room.</p>')
    assert len(page.evaluate(SMALL_TARGETS, LEAST_TARGET)) == 2
