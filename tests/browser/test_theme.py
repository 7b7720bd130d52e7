"""The admin's lists and long forms in a browser: drawer, chips, selection, tabs, menus, with and without JavaScript."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe, fits, sign_in

pytestmark = pytest.mark.looks

DESK, TABLET, PHONE = {"width": 1440, "height": 900}, {"width": 820, "height": 1180}, {"width": 390, "height": 844}
LIST = "/admin/applications/application/"


@pytest.fixture(scope="module")
def rows(server):
    """Addresses: of a program's form and of a person's. Two programs with applications stand in the list."""
    return json.loads(
        server.python("""
import json
from django.urls import reverse
from tests.factories import *
one, two = make_program(name="Pin Labs"), make_program(name="Sales")
for program in (one, two):
    window = make_window(program, season="Summer 2027")
    for _number in range(4):
        make_application(window)
make_user("alex@example.org", is_staff=True, is_superuser=True, name="Alex")
person = make_recruiter(one, name="Rosa")
print(json.dumps({"program": reverse("admin:programs_program_change", args=[one.pk]),
                  "person": reverse("admin:accounts_user_change", args=[person.pk])}))
""")
    )


@pytest.fixture(scope="module")
def signed_in(server, browser, rows):
    """The cookies of an administrator who signed in once: an address is written only so many codes an hour."""
    context = browser.new_context(base_url=server.base_url)
    sign_in(context.new_page(), server, "alex@example.org")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def desk(visitor, signed_in):
    """`desk(**options) -> Page`: an administrator's window."""

    def open_window(viewport=DESK, **options) -> Page:
        return visitor(viewport=viewport, storage_state=signed_in, **options)

    return open_window


def chosen_chips(page: Page) -> list[str]:
    return [re.sub(r"\s+", " ", text).strip() for text in page.locator(".chip").all_text_contents()]


# --- Lists ---


def test_filters_are_chosen_in_a_drawer_that_stays_open_and_leave_chips(desk):
    page = desk()
    page.goto(LIST)
    opener = page.get_by_role("button", name="Filters")
    opener.press("Enter")
    drawer = page.locator("#filters")
    expect(drawer).to_be_visible()
    expect(drawer.get_by_role("button", name="Close")).to_be_focused()
    axe(page)

    drawer.get_by_role("link", name="Pin Labs", exact=True).click()
    expect(page.locator("#list-count")).to_have_text(re.compile(r"^\s*4\s+applications"))
    expect(drawer, "one may go on choosing").to_be_visible()
    expect(drawer.locator(".selected a").first).to_be_focused()
    expect(page).to_have_url(re.compile(r"program=\d+"))
    drawer.locator("a[href$='&status=submitted']").click()
    expect(page.locator("#filters-on")).to_have_text("(2)")
    axe(page)

    # Django's own script knows the rows that came with the filter.
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(opener).to_be_focused()
    page.locator("#action-toggle").check()
    expect(page.locator(".action-counter")).to_have_text("4 of 4 selected")

    assert [chip.split(" ×")[0] for chip in chosen_chips(page)] == ["Program: Pin Labs", "Status: Submitted"]
    page.locator(".chip").first.click()
    expect(page.locator("#list-count")).to_have_text(re.compile(r"^\s*8\s+applications"))
    page.get_by_role("link", name="Clear all").click()
    assert chosen_chips(page) == []
    page.go_back()
    expect(page.locator(".chip")).to_have_count(1)


def test_the_drawer_closes_when_the_focus_leaves_it(desk):
    page = desk(viewport=PHONE)
    page.goto(LIST)
    opener, drawer = page.get_by_role("button", name="Filters"), page.locator("#filters")
    opener.click()
    expect(drawer.get_by_role("button", name="Close")).to_be_focused()
    drawer.get_by_role("link").last.focus()
    page.keyboard.press("Tab")
    expect(drawer).to_be_hidden()
    opener.click()
    expect(drawer).to_be_visible()


def test_a_filter_leads_to_the_door_when_one_is_signed_out_meanwhile(desk):
    page = desk()
    page.goto(LIST)
    page.get_by_role("button", name="Filters").click()
    page.context.clear_cookies()
    page.locator("#filters").get_by_role("link", name="Pin Labs", exact=True).click()
    expect(page).to_have_url(re.compile("/sign-in/"))


def test_without_javascript_the_drawer_and_the_actions_work_too(desk):
    page = desk(javascript=False)
    page.goto(LIST)
    expect(page.locator("#filters")).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    page.locator("#filters").get_by_role("link", name="Sales", exact=True).click()
    expect(page.locator("#list-count")).to_have_text(re.compile(r"^\s*4\s+applications"))
    actions = page.locator(".actions")
    expect(actions).to_be_hidden()
    page.locator(".action-select").first.check()
    expect(actions).to_be_visible()
    expect(page.locator(".action-counter"), "nothing there would count").to_be_hidden()
    page.get_by_label("Action:").select_option(label="Start the review")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 application")


def test_actions_rise_with_a_selection_at_the_bottom_of_the_screen(desk):
    page = desk(viewport={"width": 1440, "height": 500})
    page.goto(LIST)
    actions = page.locator(".actions")
    expect(actions).to_be_hidden()
    page.locator(".action-select").nth(1).check()
    expect(actions).to_be_in_viewport(ratio=1)
    expect(page.locator(".action-counter")).to_have_text("1 of 8 selected")
    axe(page)
    page.locator(".action-select").nth(1).uncheck()
    expect(actions).to_be_hidden()


def test_the_head_of_a_table_stays_in_view(desk):
    page = desk(viewport={"width": 1440, "height": 420})
    page.goto(LIST)
    page.mouse.wheel(0, 350)
    expect(page.locator("#result_list thead th").nth(1)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("viewport", [PHONE, TABLET], ids=["phone", "tablet"])
def test_a_row_is_a_card_whose_values_have_names(desk, viewport):
    page = desk(viewport=viewport)
    page.goto(LIST)
    assert fits(page)
    status = page.locator("#result_list tbody tr").first.locator(".field-shown_status")
    assert status.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Status"'
    page.locator(".action-select").first.check()
    expect(page.locator(".actions")).to_be_in_viewport(ratio=1)
    assert fits(page)
    axe(page)


# --- The frame ---


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("viewport", [PHONE, TABLET], ids=["phone", "tablet"])
def test_the_places_are_a_menu_where_the_row_finds_no_room(desk, viewport, javascript):
    page = desk(viewport=viewport, javascript=javascript)
    page.goto("/admin/")
    places = page.get_by_role("navigation", name="Recruiting")
    expect(places).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(places.get_by_role("link", name="Applications")).to_be_visible()
    if javascript:
        axe(page)
    places.get_by_role("link", name="Applications").click()
    expect(page).to_have_url(re.compile(LIST))


def test_who_is_signed_in_and_the_way_out_are_in_one_menu(server, visitor, rows):
    page = visitor(viewport=DESK)
    sign_in(page, server, "alex@example.org")
    page.goto("/admin/")
    expect(page.get_by_role("button", name="Menu")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Recruiting").get_by_role("link", name="Home")).to_be_visible()
    page.get_by_role("button", name="Alex").click()
    expect(page.get_by_text("alex@example.org")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Sign out").click()
    page.goto("/admin/")
    expect(page).to_have_url(re.compile("/sign-in/"))


# --- Long forms ---


def test_a_long_form_has_tabs_that_are_walked_by_keyboard_and_named_in_the_address(desk, rows):
    page = desk()
    page.goto(rows["program"])
    tabs = page.get_by_role("tablist", name="Sections")
    basics, pay = tabs.get_by_role("tab", name="Basics"), tabs.get_by_role("tab", name="Pay")
    expect(basics).to_have_attribute("aria-selected", "true")
    expect(page.get_by_label("Pay from")).to_be_hidden()
    basics.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(pay).to_be_focused()
    expect(page.get_by_label("Pay from")).to_be_visible()
    expect(page).to_have_url(re.compile("#pay$"))
    axe(page)
    page.reload()
    expect(page.get_by_label("Pay from")).to_be_visible()

    # The sections below the form are tabs as well, and take the save bar away with the form.
    page.keyboard.press("Tab")
    tabs.get_by_role("tab", name="Windows").click()
    expect(page.get_by_role("link", name="Add window")).to_be_visible()
    expect(page.locator(".submit-row")).to_be_hidden()
    axe(page)
    page.goto(f"{rows['program']}#requirements")
    expect(page.get_by_role("heading", name="Ask for one more")).to_be_visible()


def test_the_first_tab_with_an_error_opens_and_all_of_them_are_marked(desk, rows):
    page = desk()
    page.goto(rows["program"])
    page.get_by_role("tab", name="Pay").click()
    page.get_by_label("Currency").fill("£")
    page.get_by_role("tab", name="The internship").click()
    page.get_by_label("Weeks").fill("")
    page.get_by_role("tab", name="On the board").click()
    page.get_by_role("button", name="Save", exact=True).click()
    for name in ("The internship (to be mended)", "Pay (to be mended)"):
        expect(page.get_by_role("tab", name=name)).to_be_visible()
    expect(page.get_by_role("tab", name="Basics", exact=True)).to_be_visible()
    expect(page.get_by_label("Weeks")).to_be_visible()
    axe(page)
    page.set_viewport_size(PHONE)
    assert fits(page)
    axe(page)


def test_without_javascript_a_long_form_is_one_page(desk, rows):
    page = desk(javascript=False)
    page.goto(rows["program"])
    expect(page.get_by_role("tablist")).to_have_count(0)
    for label in ("Name", "Weeks", "Pay from", "Position"):
        expect(page.get_by_label(label).first).to_be_visible()
    expect(page.get_by_role("heading", name="What it asks for")).to_be_visible()


def test_what_has_the_focus_is_never_behind_the_save_bar(desk, rows):
    page = desk(viewport={"width": 1440, "height": 500}, javascript=False)
    page.goto(rows["program"])
    top_of_bar = "document.querySelector('.submit-row').getBoundingClientRect().top"
    page.get_by_label("Name").first.focus()
    for _step in range(20):
        page.keyboard.press("Tab")
        behind = page.evaluate(
            f"""() => {{
                const focused = document.activeElement;
                const inBar = focused.closest('.submit-row, #header, .sheet.below');
                return !inBar && focused.matches('input, select') && focused.getBoundingClientRect().bottom > {top_of_bar};
            }}"""
        )
        assert not behind, page.evaluate("document.activeElement.outerHTML")
