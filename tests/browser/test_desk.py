"""The reviewers' desk in a browser: a queue by keyboard alone, blind reading, accessible and fitting, scripts or not."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe, fits, sign_in
from tests.reviews.crawl import SHOWN, marks_in

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LIST = "/admin/reviews/assignment/"


@pytest.fixture
def desk(server) -> dict:
    """A reviewer's address with five applications to read, the pages of which are made, and the addresses of them."""
    return json.loads(
        server.python("""
import json
from django.test import Client
from tests.factories import *
from tests.reviews.crawl import *
from tests.reviews.desk import *
program = make_program(asks=KINDS)
make_criterion(program, "Craft", weight=3)
make_criterion(program, "Care", guidance="Read the statement.")
window = make_window(program)
User.objects.filter(email=MARKS["e-mail"]).update(email=f"zeb{window.pk}@earlier.example")
rita = make_reviewer(program, email=f"rita{window.pk}@pinterns.example", name="Rita")
tom = make_reviewer(program, name="Tom Colleague")
marked = make_marked(Client(), window)
program.requirements.filter(kind="document").update(mandatory=False)
window = Window.objects.get(pk=window.pk)  # whose program has been asked for nothing yet
make_review_in(make_assignment(marked, tom), value=1, comment="Tom says no.", recommendation="no")
pages = [make_assignment(marked, rita)] + [make_assignment(make_application(window), rita) for _n in range(4)]
print(json.dumps({"email": rita.email, "window": window.pk,
                  "pages": [f"/admin/reviews/assignment/{row.pk}/change/" for row in pages]}))
""")
    )


def open_desk(visitor, server, desk, **options) -> Page:
    page = visitor(**{"viewport": DESK, **options})
    sign_in(page, server, desk["email"])
    return page


def keys_work(page: Page) -> None:
    """Return when a page that a key or a click led to listens to keys: its script shows the button that tells them."""
    expect(page.get_by_role("button", name="Keys")).to_be_visible()


def test_the_next_application_is_there_before_one_asks_for_it(server, visitor, desk):
    page = open_desk(visitor, server, desk)
    page.goto(f"{desk['pages'][0]}?_changelist_filters=state%3Dwaiting")
    noted = f"Access.objects.filter(by__email='{desk['email']}', what='review').count()"
    for _try in range(15):
        page.wait_for_timeout(300)
        if server.python(f"from applications.models import Access; print({noted})").strip() == "2":
            break  # the second was sent, and that is noted
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile(re.escape(desk["pages"][1])))
    assert page.evaluate("performance.getEntriesByType('navigation')[0].deliveryType") == "navigational-prefetch"


def test_a_reviewer_goes_through_a_queue_of_five_by_keyboard_alone(server, visitor, desk):
    page = open_desk(visitor, server, desk)
    page.goto(f"{LIST}?state=waiting")
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('tbody th a') !== null"):
            break
    page.keyboard.press("Enter")
    for number in range(5):
        expect(page).to_have_url(re.compile(f"{re.escape(desk['pages'][number])}\\?_changelist_filters="))
        expect(page.locator(".queue")).to_contain_text(f"1 of {5 - number}")
        keys_work(page)
        for key in "4321":  # two criteria, what one recommends, how sure one is
            page.keyboard.press(key)
        page.keyboard.press("c")
        page.keyboard.type("Solid work, njksd 1234?")
        expect(page.locator("#saved")).to_contain_text(re.compile(r"Saved\s+\d\d:\d\d"))
        page.keyboard.press("Escape")
        page.keyboard.press("d")
    expect(page).to_have_url(re.compile(r"/assignment/\?state=waiting$"))
    done = server.python(f"""
from reviews.models import Review
for review in Review.objects.filter(assignment__reviewer__email={desk["email"]!r}).order_by("pk"):
    scores = list(review.scores.order_by("criterion").values_list("value", flat=True))
    print(review.overall, scores, review.recommendation, review.confidence, review.comment)
""").splitlines()
    assert done == ["3.75 [4, 3] no 1 Solid work, njksd 1234?"] * 5


def test_keys_lead_on_and_back_and_can_be_turned_off(server, visitor, desk):
    page = open_desk(visitor, server, desk)
    page.goto(desk["pages"][1])
    for key, expected in (("n", 2), ("j", 3), ("k", 2), ("p", 1)):
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(f"{desk['pages'][expected]}$"))
        keys_work(page)
    page.keyboard.press("Control+n")
    page.keyboard.press("Alt+j")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("n")
    axe(page)
    page.get_by_label("Turn these keys off").check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("n")
    page.keyboard.press("4")
    expect(page).to_have_url(re.compile(f"{desk['pages'][1]}$"))
    expect(page.locator("#rubric :checked")).to_have_count(0)
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_nobody_is_recognised_before_the_review_is_in(server, visitor, desk):
    page = open_desk(visitor, server, desk)
    for address in (LIST, desk["pages"][0]):
        page.goto(address)
        assert marks_in(page.content()) == set(), address
        assert "Tom Colleague" not in page.content()
        links = page.locator("[href], [src]").evaluate_all("all => all.map(each => each.href || each.src)")
        for link in {link for link in links if link.startswith(server.base_url) and "/static/" not in link}:
            found = page.request.get(link)
            assert marks_in(f"{found.headers} {found.body().decode('utf-8', 'replace')}") == set(), link
    picture = page.locator(".pages img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") == 600
    for key in "3333s":
        page.keyboard.press(key)
    expect(page.locator("h2").first).to_have_text("Zebedee Quillfeather")
    assert marks_in(page.content()) >= SHOWN
    expect(page.get_by_text("Tom says no.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="zeb-cv.pdf").click()
    assert download.value.suggested_filename == "zeb-cv.pdf"


def test_it_works_without_scripts(server, visitor, desk):
    page = open_desk(visitor, server, desk, javascript=False)
    page.goto(desk["pages"][0])
    page.get_by_label("Craft of sort 4").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Craft of sort 4")).to_be_checked()
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.locator("#missing")).to_contain_text("Score “Care”.")
    page.get_by_label("Care of sort 2").check()
    page.get_by_label("Strong yes").check()
    page.get_by_label("Medium").check()
    page.get_by_role("button", name="Hand in and next").click()
    expect(page).to_have_url(re.compile(f"{desk['pages'][1]}$"))


def test_whoever_goes_on_at_once_loses_nothing(server, visitor, desk):
    page = open_desk(visitor, server, desk)
    page.goto(desk["pages"][1])
    page.keyboard.press("2")
    page.keyboard.press("c")
    page.keyboard.type("In haste")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile(f"{desk['pages'][2]}$"))
    keys_work(page)
    page.wait_for_timeout(500)
    page.keyboard.press("k")
    expect(page).to_have_url(re.compile(f"{desk['pages'][1]}$"))
    expect(page.get_by_label("Craft of sort 2")).to_be_checked()
    expect(page.get_by_label("Comment")).to_have_value("In haste")


def test_a_save_that_is_lost_is_told(server, browser, desk):
    with browser.new_context(base_url=server.base_url, viewport=DESK) as context:  # whose console may complain
        page = context.new_page()
        sign_in(page, server, desk["email"])
        page.goto(desk["pages"][0])
        saved = page.locator("#saved")
        page.route("**/save/", lambda route: route.abort())
        page.keyboard.press("2")
        expect(saved).to_contain_text("Not saved")
        page.unroute("**/save/")
        page.keyboard.press("2")
        expect(saved).to_contain_text(re.compile(r"^\s*Saved"))
        context.clear_cookies(name="sessionid")
        page.keyboard.press("2")
        expect(saved).to_contain_text("Not saved")


@pytest.mark.looks
@pytest.mark.parametrize(("viewport", "colours"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_every_page_is_accessible_and_fits(server, visitor, desk, viewport, colours):
    page = open_desk(visitor, server, desk, viewport=viewport, color_scheme=colours)

    def look(address: str = "") -> None:
        if address:
            page.goto(address)
        assert fits(page), page.url
        axe(page)

    first, second = desk["pages"][:2]
    for address in (LIST, f"{LIST}?state=over", first, first.replace("change", "recuse")):
        look(address)
    page.goto(first)
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.locator("#missing")).to_be_focused()
    look()
    page.locator("#missing a").first.click()
    page.keyboard.press("4")
    for key in "432":
        page.keyboard.press(key)
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.get_by_text("Tom says no.")).to_be_visible()
    look()
    look(second.replace("change", "recuse"))
    page.get_by_role("button", name="Step back").click()
    expect(page.locator("#id_reason_error")).to_be_visible()
    look()
    look("/admin/reviews/conflict/")
    look("/admin/reviews/conflict/add/")
    page.get_by_role("button", name="Declare it").click()
    expect(page.locator("#id_email_error")).to_be_visible()
    look()
    page.get_by_label("Their e-mail address").fill("sister@example.org")
    page.get_by_label("Why?").fill("My sister")
    page.get_by_role("button", name="Declare it").click()
    expect(page.get_by_text("Declared.")).to_be_visible()
    look()
    page.get_by_role("link", name="Take back sister@example.org").click()
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    look()


def test_on_a_desk_the_columns_scroll_and_the_page_stands_still(server, visitor, desk):
    page = open_desk(visitor, server, desk)
    page.goto(desk["pages"][0])
    assert page.evaluate("document.scrollingElement.scrollHeight") <= DESK["height"]
    heights = page.locator(".desk-side").evaluate_all("all => all.map(each => [each.scrollHeight, each.clientHeight])")
    assert [whole > shown > 400 for whole, shown in heights] == [True, True], (heights, page.content())
    expect(page.get_by_role("button", name="Hand in and next")).to_be_in_viewport()
