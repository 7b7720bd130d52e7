"""The reader's own time beside the window's, and the countdown of its last 48 hours, whatever the device's clock says."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.looks

SHIFT = """
window.shifted = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifted += entry.value; })
  .observe({ type: "layout-shift", buffered: true });
"""

PAINTED = """() => new Promise((done) => {
  new PerformanceObserver(() => done()).observe({ type: "paint", buffered: true });
})"""


@pytest.fixture(scope="module")
def program(server) -> str:
    """One that closes at 23:59 in Los Angeles, with a second one that closes in less than four hours."""
    return json.loads(
        server.python("""
import json
from datetime import UTC, datetime
from tests.factories import *
now = timezone.now()
far = make_window(make_program("Far"), opens_at=now, closes_at=datetime(2199, 2, 13, 7, 59, tzinfo=UTC))
near = make_window(make_program("Near"), closes_at=now + timedelta(hours=3, minutes=12, seconds=30))
print(json.dumps({"far": far.program.get_absolute_url(), "near": near.program.get_absolute_url()}))
""")
    )


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("Europe/Berlin", "(08:59 on Wednesday for you)"),
        ("America/New_York", "(02:59 on Wednesday for you)"),
        ("America/Anchorage", "(22:59 for you)"),
        ("America/Tijuana", "(your time too)"),
    ],
)
def test_the_readers_own_time_stands_beside_and_moves_nothing(visitor, program, zone, told):
    page = visitor(timezone_id=zone)
    page.add_init_script(SHIFT)
    late = []
    page.route("**/js/pinterns*.js", lambda route: late.append(route))
    page.goto(program["far"], wait_until="commit")
    page.evaluate(PAINTED)
    late[0].continue_()  # the page was seen without it, as on a slow network
    moment = page.locator(".program-aside .moment")
    expect(moment).to_have_text(re.compile(rf"Tuesday 12 February 2199, 23:59 Pacific Time\s+{re.escape(told)}"))
    expect(page.locator(".countdown")).to_have_count(0)
    assert page.evaluate("window.shifted") < 0.001


def test_the_last_hours_are_counted_down_by_the_servers_clock(visitor, program):
    page = visitor()
    page.clock.install(time=datetime.now(UTC) + timedelta(days=400))  # the device's clock is far off
    page.goto(program["near"])
    countdown = page.locator(".program-aside .countdown")
    expect(countdown).to_have_text(re.compile("Closes in 3 hours 1[0-3] minutes"))
    assert not page.locator("[aria-live], [role=timer], [role=status]").filter(has=countdown).count()
    page.clock.fast_forward(timedelta(hours=1).total_seconds() * 1000)
    expect(countdown).to_have_text(re.compile("Closes in 2 hours 1[0-3] minutes"))
    page.clock.fast_forward(timedelta(hours=3).total_seconds() * 1000)
    expect(countdown).to_have_text("Closed a moment ago")


def test_without_javascript_the_windows_zone_stands_alone(visitor, program):
    page = visitor(javascript=False)
    page.goto(program["near"])
    expect(page.locator(".program-aside .moment time")).to_be_visible()
    expect(page.locator(".program-aside .own-time")).to_be_hidden()
    expect(page.locator(".program-aside .countdown")).to_be_hidden()
