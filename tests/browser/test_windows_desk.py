"""The windows desk in a browser: from the timeline to a published next season, with and without scripts, at both widths."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe, fits, sign_in

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
WINDOWS, NEXT, DRAFTS = (f"/admin/programs/window/{name}" for name in ("", "next-season/", "drafts/"))


@pytest.fixture(scope="module")
def desk(server):
    """A recruiter with a window in every state, one of them overdue; the address of a window's page."""
    return json.loads(
        server.python("""
import json
from django.urls import reverse
from tests.factories import *
programs = [make_program(name) for name in ("Open", "Full", "Soon", "Closed", "Draft")]
now = timezone.now()
days = timedelta(days=1)
times = [(-5, 20), (-10, 4), (12, 40), (-60, -20), (30, 60)]
windows = [make_window(program, season="Summer 2027", opens_at=now + opens * days, closes_at=now + closes * days)
           for program, (opens, closes) in zip(programs, times)]
Window.objects.filter(pk=windows[1].pk).update(capacity=2, taken=2)
Window.objects.filter(pk=windows[4].pk).update(published=False)
application = make_application(make_window(programs[3], season="Late"))
Window.objects.filter(season="Late").update(decide_by=(now - 2 * days).date())
recruiter = make_recruiter(*programs, email="rosa@example.org", name="Rosa")
grant = __import__("applications.extensions").extensions.grant_extension
grant(email="late@example.org", window=windows[0], until=now + 30 * days, by=recruiter, reason="A storm.")
print(json.dumps([reverse("admin:programs_window_change", args=[window.pk]) for window in windows]))
""")
    )


@pytest.mark.looks
@pytest.mark.parametrize(("viewport", "colours"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_every_page_is_accessible_and_fits(server, visitor, desk, viewport, colours):
    page = visitor(viewport=viewport, color_scheme=colours)
    sign_in(page, server, "rosa@example.org")
    do = [f"{desk[4].removesuffix('change/')}do/{name}/" for name in ("publish", "reschedule", "edit")]
    for address in (WINDOWS, f"{WINDOWS}list/", NEXT, f"{NEXT}?weeks=0", DRAFTS, *desk, *do):
        page.goto(address)
        assert fits(page), address
        axe(page)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_the_next_season_is_looked_over_and_published(server, desk, page, javascript):
    name = f"Summer {2040 + javascript}"
    sign_in(page, server, "rosa@example.org")
    page.goto(WINDOWS)
    page.get_by_role("link", name="Copy to the next season Summer 2027").click()
    preview = page.locator("#preview")
    expect(preview.get_by_role("heading", name="Open, Summer 2028")).to_be_visible()
    page.get_by_label("Name of the new season").fill(name)
    weeks = str(104 + 52 * javascript)
    page.get_by_label("Weeks later").fill(weeks)
    if not javascript:
        page.get_by_role("button", name="Show what will be made").click()
    expect(preview.locator("input[name=weeks]")).to_have_value(weeks)
    expect(preview.get_by_role("heading", name=f"Open, {name}")).to_be_visible()
    page.get_by_role("button", name="Make 5 drafts").click()
    expect(page).to_have_url(re.compile("/drafts/"))
    page.get_by_role("link", name=f"Publish Full, {name}").click()
    page.get_by_label("Why").fill("The first of them.")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".badge-scheduled").first).to_be_visible()
    page.goto(f"{DRAFTS}?season={name}")
    page.get_by_label("Why").fill("Looked over with the teams.")
    page.get_by_role("button", name="Publish all 4 windows").click()
    expect(page.get_by_text("4 windows are published.")).to_be_visible()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_a_window_is_closed_from_the_timeline(server, desk, page):
    sign_in(page, server, "rosa@example.org")
    page.goto(WINDOWS)
    expect(page.get_by_role("link", name="Overdue: 1 undecided")).to_be_visible()
    page.get_by_role("link", name="Close now Open, Summer 2027").click()
    page.get_by_label("Why").fill("Enough good ones.")
    page.get_by_role("button", name="Close now").click()
    expect(page.get_by_text("Enough good ones.")).to_be_visible()
    page.goto(WINDOWS)
    expect(page.get_by_role("link", name="Close now Open, Summer 2027")).to_have_count(0)


def test_the_timeline_fits_in_between(server, desk, page):
    sign_in(page, server, "rosa@example.org")
    for width in (820, 1120):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(WINDOWS)
        assert fits(page)
