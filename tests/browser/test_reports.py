"""Home and reports in a browser: accessible, as wide as the screen, and told as tables too."""

import pytest

from tests.browser.conftest import axe, fits, sign_in

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def season(server):
    """A window with something of everything that home and reports show, its recruiter, a reader, and a new recruiter."""
    server.python("""
from datetime import timedelta
from uuid import uuid4
from django.utils import timezone
from applications.models import PreparedDecision
from tests.factories import *
from tests.pinterns.figures import make_assignment, make_history, make_letter, make_review
program = make_program("Pin Labs", offices=[make_office("Toronto")])
now = timezone.now()
window = make_window(program, season="Summer 2027", decide_by=(now - timedelta(days=3)).date(), capacity=20)
make_recruiter(program, email="rosa@example.org", name="Rosa")
make_recruiter(make_program("Fresh"), email="fay@example.org", name="Fay")
reader, other = (make_reviewer(program, email=f"{name}@example.org", name=name) for name in ("ray", "oda"))
for steps in (["submitted"], ["submitted", "in_review"], ["submitted", "in_review", "interview", "offer", "accepted"]):
    application = make_history(window, *steps, starts=now - timedelta(days=9))
    make_assignment(application, reader)
    make_review(make_assignment(application, other), "3.00")
make_history(window, "submitted", "in_review", "rejected", starts=now - timedelta(days=9))
make_letter(application, failed=True)
PreparedDecision.objects.create(application=window.applications.get(status="in_review"), action="reject",
    seen_status="in_review", seen_revision=1, prepared_at=now)
""")


@pytest.mark.looks
@pytest.mark.parametrize(("viewport", "colours"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
@pytest.mark.parametrize("who", ["rosa", "fay", "ray"])
def test_home_and_reports_are_accessible_and_fit(server, season, visitor, viewport, colours, who):
    page = visitor(viewport=viewport, color_scheme=colours)
    sign_in(page, server, f"{who}@example.org")
    for address in ["/admin/"] if who == "ray" else ["/admin/", "/admin/reports/"]:
        page.goto(address)
        for fold in page.locator("summary").all():
            fold.click()
        assert fits(page), address
        axe(page)


def test_the_chart_of_days_is_there_as_a_table_without_javascript(server, season, visitor):
    page = visitor(javascript=False)
    sign_in(page, server, "rosa@example.org")
    page.goto("/admin/")
    chart = page.get_by_role("img", name="Applications sent per day")
    assert chart.is_visible()
    page.get_by_text("The same as a table").click()
    rows = page.get_by_role("table").last.get_by_role("row")
    assert rows.count() == 31
    rows.nth(1).get_by_role("link").click()
    page.wait_for_url("**/admin/applications/application/?sent=*")


def test_a_report_is_downloaded(server, season, visitor):
    page = visitor()
    sign_in(page, server, "rosa@example.org")
    page.goto("/admin/reports/")
    page.get_by_label("Applications of").select_option(label="Pin Labs, Summer 2027")
    page.get_by_role("button", name="Show").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV: How far applications come").click()
    assert download.value.suggested_filename.startswith("funnel-")
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert lines[1] == '"Pin Labs, Summer 2027",4,3,1,1,1,0'
