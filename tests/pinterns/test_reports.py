"""Reports: each figure recounted another way, who may see them, and the same figures as a file."""

import csv
import io
import statistics
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from applications.models import Application, OfficeChoice, RejectionReason, StatusChange
from applications.tallies import recount
from applications.workflow import LIVE, TRANSITIONS, Status
from letters.models import Letter
from pinterns import reports
from pinterns.report_tables import REPORTS
from programs.models import Window
from tests.factories import (
    make_application,
    make_draft,
    make_office,
    make_program,
    make_recruiter,
    make_reviewer,
    make_user,
    make_window,
)
from tests.pinterns.figures import make_assignment, make_history, make_letter, make_review

PAGE = reverse("admin:reports")
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def file_of(name: str, query: str = "") -> str:
    return reverse("admin:reports_file", args=[name]) + query


def table(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.fixture
def window():
    return make_window(make_program("Pin Labs"), season="Summer 2027")


@pytest.fixture
def recruiter(client, window):
    user = make_recruiter(window.program)
    client.force_login(user)
    return user


# --- Percentiles ---


@pytest.mark.parametrize("number", [2, 3, 4, 10, 11, 97])
def test_percentiles_are_those_of_the_standard_library(number):
    rng = Random(number)
    values = sorted(rng.uniform(0, 30) for _value in range(number))
    assert reports.percentile(values, 0.5) == pytest.approx(statistics.median(values))
    tenths = statistics.quantiles(values, n=10, method="inclusive")
    assert reports.percentile(values, 0.9) == pytest.approx(tenths[8])
    assert reports.percentile(values, 0.1) == pytest.approx(tenths[0])


def test_percentiles_at_the_ends_and_of_one_value():
    assert [reports.percentile([1, 2, 9], share) for share in (0, 0.5, 1)] == [1, 2, 9]
    assert reports.percentile([4], 0.9) == 4


# --- Recounted ---


def wander(window: Window, rng: Random) -> Application:
    """A history along the table of transitions, as long as chance has it."""
    status, steps = Status.DRAFT, []
    for _step in range(rng.randrange(1, 7)):
        ways = [row for row in TRANSITIONS if status in row.sources]
        if not ways:
            break
        status = rng.choice(ways).target
        steps.append(status)
    return make_history(window, *steps, starts=NOON, days=rng.uniform(0.1, 9))


@pytest.fixture
def wandered(window):
    rng = Random(11)
    windows = [window, make_window(window.program, season="Other")]
    for _number in range(60):
        wander(rng.choice(windows), rng)
    make_draft(window)
    return windows


@pytest.mark.django_db
def test_the_funnel_counts_whatever_was_ever_reached(wandered):
    expected = {window.pk: dict.fromkeys(reports.STAGES, 0) for window in wandered}
    for application in Application.objects.sent():
        reached = {change.to_status for change in application.history.all()}
        for stage in reached & set(reports.STAGES):
            expected[application.window_id][stage] += 1
    counts = reports.funnel(wandered)
    for window in wandered:
        assert {stage: counts[window.pk][stage] for stage in reports.STAGES} == expected[window.pk]


@pytest.mark.django_db
def test_days_in_a_status_are_those_between_two_changes(wandered):
    stayed = {status: [] for status in LIVE}
    for application in Application.objects.sent():
        line = [(change.at, change.to_status) for change in application.history.all()]
        since, status = line[0]
        for at, after in line[1:]:
            if after == status:
                continue
            if status in stayed:
                stayed[status].append((at - since).total_seconds() / 86400)
            since, status = at, after
    for stay in reports.stays(wandered):
        days = stayed[stay.status]
        assert stay.ended == len(days)
        assert stay.there_now == Application.objects.filter(status=stay.status).count()
        if len(days) > 1:
            assert stay.median == pytest.approx(statistics.median(days), abs=0.0501)
            ninetieth = statistics.quantiles(days, n=10, method="inclusive")[8]
            assert stay.ninetieth == pytest.approx(ninetieth, abs=0.0501)
    assert sum(map(len, stayed.values())) > 50


@pytest.mark.django_db
def test_sending_changes_neither_ends_nor_begins_a_stay(window):
    make_history(window, "submitted", "submitted", "in_review", starts=NOON, days=2)
    submitted = reports.stays([window])[0]
    assert (submitted.status, submitted.ended, submitted.median) == ("submitted", 1, 4)


@pytest.mark.django_db
def test_a_decision_taken_back_in_time_changes_no_figure(window):
    application = make_history(window, "submitted", "in_review", "offer", "in_review", "rejected", starts=NOON)
    letter = make_letter(application)
    StatusChange.objects.filter(application=application, to_status="offer").update(letter=letter)
    Letter.objects.filter(pk=letter.pk).update(status=Letter.Status.HELD_BACK)
    recount(window.pk)
    assert reports.funnel([window])[window.pk]["offer"] == 0
    stays = {stay.status: stay for stay in reports.stays([window])}
    assert (stays["in_review"].ended, stays["in_review"].median) == (1, 3)
    assert stays["offer"].ended == 0


@pytest.mark.django_db
def test_load_pace_and_leniency_of_reviewers(window):
    mild, strict, idle = (make_reviewer(window.program, name=name) for name in ("Ann", "Bo", "Cy"))
    first, second, third = (make_application(window) for _number in range(3))
    decided = make_history(window, "submitted", "in_review", "rejected", starts=NOON)
    now = timezone.now()
    make_review(make_assignment(first, mild, at=now - 9 * DAY), "4.00", days=1)
    make_review(make_assignment(second, mild, at=now - 4 * DAY), "3.00", days=3)
    make_assignment(third, mild)
    make_assignment(decided, mild)
    make_review(make_assignment(first, strict, at=now - 2 * DAY), "2.00", days=1)
    make_assignment(second, strict, recused_at=now, recusal_reason="I know them.")
    found = {reader.user: reader for reader in reports.readers([window], at=now)}
    assert list(found) == [mild, strict, idle]
    ann, bo = found[mild], found[strict]
    assert (ann.assigned, ann.handed_in, ann.waiting, ann.recused, ann.lately) == (4, 2, 1, 0, 1)
    assert ann.median_days == pytest.approx(2)
    # Only the first application was scored by both.
    assert (ann.own_mean, ann.panel_mean, ann.leniency) == (4, 3, 1)
    assert (bo.assigned, bo.handed_in, bo.recused, bo.leniency) == (1, 1, 1, -1)
    assert (found[idle].assigned, found[idle].median_days, found[idle].leniency) == (0, None, None)


@pytest.mark.django_db
def test_offices_are_counted_first_and_at_all(window):
    first, second = make_office("Toronto"), make_office("Seattle")
    for application in (make_application(window), make_application(window)):
        application.office_choices.all().delete()
        OfficeChoice.objects.create(application=application, office=first, position=1)
    OfficeChoice.objects.create(application=application, office=second, position=2)
    OfficeChoice.objects.create(application=make_draft(window), office=second, position=1)
    recount(window.pk)
    assert reports.offices([window]) == [("Toronto", 2, 2), ("Seattle", 0, 1)]


@pytest.mark.django_db
def test_reasons_are_those_of_rejections_that_stand(window):
    reason, other = (
        RejectionReason.objects.create(program=window.program, text=text) for text in ("Too little", "Full")
    )
    for _number in range(2):
        make_history(window, "submitted", "in_review", "rejected", starts=NOON, reason=reason)
    make_history(window, "submitted", "in_review", "rejected", starts=NOON)
    make_history(window, "submitted", "in_review", "rejected", "in_review", starts=NOON, reason=other)
    assert reports.reasons([window]) == [("Too little", 2), ("", 1)]


# --- The page ---


@pytest.mark.django_db
def test_the_page_has_every_report_with_how_it_is_counted(client, recruiter, wandered):
    page = client.get(PAGE)
    for report in REPORTS.values():
        assert escape(str(report.title)) in page.text
        assert escape(str(report.tells)) in page.text
    for text in ("Pin Labs, Summer 2027", "Pin Labs, Other", "All of these", "Median days", " style="):
        assert (text in page.text) == (text != " style=")


@pytest.mark.django_db
def test_every_figure_that_is_a_link_leads_to_as_many_rows(client, recruiter, wandered):
    page = client.get(PAGE)
    cells = [cell for _report, table in page.context["reports"] for row in table.rows for cell in row if cell.url]
    assert len(cells) > 20
    for cell in cells:
        assert client.get(cell.url).context["cl"].result_count == cell.value, cell.url


@pytest.mark.django_db
def test_one_window_or_program_is_chosen(client, recruiter, wandered):
    other = make_recruiter(make_window().program)
    window = wandered[1]
    for query in (f"?of=window-{window.pk}", f"?of=program-{window.program_id}"):
        page = client.get(PAGE + query)
        assert ("Pin Labs, Summer 2027" in page.text.partition("report-sheets")[2]) == query.startswith("?of=program")
        assert f'href="{file_of("funnel")}{query}"' in page.text
    client.force_login(other)
    for query in (f"?of=window-{window.pk}", f"?of=program-{window.program_id}", "?of=x", "?of=window-", "?of=%F0"):
        assert client.get(PAGE + query).status_code == 404
        assert client.get(file_of("funnel", query)).status_code == 404
    assert "Pin Labs" not in client.get(PAGE).text


@pytest.mark.django_db
def test_a_report_is_taken_out_with_its_figures(client, recruiter, wandered):
    titles, *rows = table(client.get(file_of("funnel", f"?of=window-{wandered[0].pk}")))
    counts = reports.funnel(wandered)[wandered[0].pk]
    assert titles == ["Window", "Submitted", "Reviewed", "Interview", "Offer", "Accepted", "Withdrawn"]
    assert rows == [["Pin Labs, Summer 2027", *(str(counts[stage]) for stage in reports.STAGES)]]
    for name in REPORTS:
        assert client.get(file_of(name)).status_code == 200
    assert client.get(file_of("unknown")).status_code == 404
    assert client.post(PAGE).status_code == 405


@pytest.mark.django_db
def test_who_runs_no_program_has_no_reports(client, window):
    for user in (make_user(), make_reviewer(window.program), make_user(is_staff=True)):
        client.force_login(user)
        for address in (PAGE, file_of("funnel")):
            assert client.get(address).status_code in (302, 403), user
    client.force_login(make_user(is_staff=True, is_superuser=True))
    assert client.get(PAGE).status_code == 200


@pytest.mark.django_db
def test_it_takes_as_many_queries_with_30_windows_as_with_one(client, recruiter, window):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        return len(queries)

    def fill(window: Window) -> None:
        application = make_history(window, "submitted", "in_review", "rejected", starts=NOON)
        make_review(make_assignment(application, make_reviewer(window.program)), "3.00")

    fill(window)
    before = count()
    for _number in range(29):
        fill(make_window(window.program))
    assert count() == before
    assert before <= 20
