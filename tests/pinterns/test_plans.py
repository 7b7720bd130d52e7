"""No page reads a big table from end to end: what PostgreSQL plans with 100,000 applications."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import pages
from applications.models import Application
from letters.delivery import deliver_due
from pinterns.management.commands import worker
from tests.factories import make_user, post_for
from tests.plans import large, most_rows, scans_in, scans_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
__all__ = ["large"]

LIST = reverse("admin:applications_application_changelist")


def test_a_page_without_an_index_is_found_out(large):
    assert scans_of(str(Application.objects.filter(phone="1").query).replace("= 1", "= '1'"))


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "status=rejected",
        "window={window}",
        "window={window}&status=rejected",
        "verdicts=some",
        "q=Adab",
        "q=Adab+12",
        "q=zz",
        "q=person77@example.org",
        "status=rejected&q=abc",
        "o=1",
        "o=2",
        "o=-2",
        "o=6",
        "o=7",
        "o=2&q=abc",
        "p=after-{far}",
        "p=before-{far}",
        "o=2&p=after-{far}",
        "o=-7&p=after-{far}",
    ],
)
def test_the_list_of_applications(large, asked):
    far = Application.objects.sent().order_by("pk").values_list("pk", flat=True)[50_000]
    address = f"{LIST}?{asked.format(window=large.window.pk, far=far)}"
    assert not large.scans(large.recruiter, address)


def test_a_rare_name_is_not_taken_for_a_frequent_one(large):
    """Each statistic is a matter of luck, so what is asked is how large a sample it is made of."""
    sample = "SELECT attstattarget FROM pg_attribute WHERE attrelid = 'application_by_search_text'::regclass"
    with connection.cursor() as cursor:
        cursor.execute(sample)
        assert cursor.fetchall() == [(500,)]


def test_the_table_of_a_window(large):
    assert not large.scans(
        large.recruiter, f"{reverse('admin:applications_application_export')}?window={large.window.pk}"
    )


@pytest.mark.parametrize("order", ["full_name", "-full_name", "-met", "submitted_at", "-submitted_at"])
def test_no_order_goes_through_the_drafts_which_are_in_no_list(large, order):
    page = Application.objects.sent().order_by(order, "-pk" if order.startswith("-") else "pk")[:51]
    assert " using application_sent_by_" in page.explain()


def test_home_and_reports_read_kept_figures(large):
    for page in ("admin:index", "admin:reports"):
        assert not large.scans(large.recruiter, reverse(page)), page
    assert not large.scans(large.recruiter, f"{reverse('admin:reports')}?window={large.window.pk}")


@pytest.mark.parametrize("asked", ["", "p=4", "status=in_review"])
def test_a_ranking(large, asked):
    assert not large.scans(large.recruiter, f"{reverse('admin:reviews_ranking', args=[large.window.pk])}?{asked}")


def test_an_application_its_way_on_and_a_decision(large):
    application = large.window.applications.filter(status="in_review").latest("pk")
    for page in ("applications_application_change", "applications_decide"):
        more = ["reject"] if page == "applications_decide" else []
        address = reverse(f"admin:{page}", args=[application.pk, *more])
        assert not large.scans(large.recruiter, address), page


@pytest.mark.parametrize("asked", ["", "state=waiting"])
def test_what_a_reviewer_reads(large, asked):
    assert not large.scans(large.reviewer, f"{reverse('admin:reviews_assignment_changelist')}?{asked}")
    assignment = large.reviewer.assignments.filter(application__status="in_review").latest("pk")
    page = reverse("admin:reviews_assignment_change", args=[assignment.pk])
    assert not large.scans(large.reviewer, f"{page}?_changelist_filters={asked.replace('=', '%3D')}")


def test_what_a_candidate_sees_saves_and_sends(large):
    program, candidate = large.window.program, make_user()
    program.windows.exclude(pk=large.window.pk).update(published=False)
    filled = post_for(large.window)
    for address in ("/", program.get_absolute_url(), "/applications/", program.apply_url):
        assert not large.scans(candidate, address), address
    assert not large.scans(candidate, program.apply_url, **filled, action="save")
    assert not large.scans(candidate, program.apply_url, **filled, action="send")
    assert candidate.applications.get().status == "submitted"


def test_what_the_worker_does_each_second_and_minute(large):
    often = [job for seconds, job in worker.JOBS if seconds <= worker.MINUTE]
    for job in (deliver_due, *often):
        assert not scans_in(job), job.__name__


def test_the_worker_passes_over_what_was_uploaded_and_never_sent(large):
    """Each second: 20,000 documents of drafts have no pages, and none of them is read."""
    with CaptureQueriesContext(connection) as captured:
        assert pages.make_missing_pages() == 0
    [asked] = [query["sql"] for query in captured]
    assert most_rows(asked) == 0
    assert most_rows(asked.replace('AND "applications_document"."pages_after" IS NOT NULL', "")) >= 20_000, (
        "without its index"
    )
