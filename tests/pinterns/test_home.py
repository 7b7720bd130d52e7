"""The admin's first page: what needs whom, that every figure leads to what it counts, and what blind readers see."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.decisions import decide
from applications.models import Application, PreparedDecision
from applications.tallies import recount
from letters.models import Letter
from pinterns.admin_home import overview
from pinterns.needs import Need
from programs.models import Membership, Window
from programs.roles import grant
from tests.factories import (
    make_application,
    make_draft,
    make_program,
    make_recruiter,
    make_reviewer,
    make_user,
    make_window,
)
from tests.pinterns.figures import make_assignment, make_history, make_letter, make_review

pytestmark = pytest.mark.django_db
HOME = reverse("admin:index")
DAY = timedelta(days=1)


@pytest.fixture
def window():
    return make_window(make_program("Pin Labs"), season="Summer 2027", decide_by=_day(30))


@pytest.fixture
def recruiter(client, window):
    user = make_recruiter(window.program)
    client.force_login(user)
    return user


def _day(ahead: int):
    return (timezone.now() + ahead * DAY).date()


def needs_of(client) -> list[Need]:
    return client.get(HOME).context["needs"]


def told(client) -> list[tuple[int, str]]:
    return [(need.number, need.what) for need in needs_of(client)]


def prepare(application: Application, **fields) -> PreparedDecision:
    return PreparedDecision.objects.create(
        application=application,
        action="reject",
        seen_status=application.status,
        seen_revision=application.revision,
        prepared_at=timezone.now(),
        **fields,
    )


def busy(window: Window) -> None:
    """One of everything that can need a recruiter."""
    Window.objects.filter(pk=window.pk).update(decide_by=_day(-2))
    first, second, third = (make_application(window) for _number in range(3))
    Letter.objects.all().delete()  # the receipts
    make_assignment(first, make_reviewer(window.program))
    prepare(first)
    prepare(second, state="approved", batch=uuid4(), approved_at=timezone.now())
    prepare(third, state="refused", batch=uuid4(), approved_at=timezone.now(), problem="Changed.")
    make_letter(second, later=timedelta(minutes=9))
    make_letter(third, failed=True)


def test_a_recruiter_sees_what_is_due_prepared_unsent_and_unread_in_that_order(client, recruiter, window):
    busy(window)
    assert told(client) == [
        (3, "undecided in Pin Labs, Summer 2027"),
        (1, "prepared decision was not done"),
        (1, "prepared decision waits to be applied"),
        (1, "decision is being applied"),
        (1, "letter did not arrive"),
        (1, "letter waits"),
        (3, "lack reviewers in Pin Labs, Summer 2027"),
    ]
    page = client.get(HOME)
    assert "Overdue" in page.text
    assert "1 can still be taken back." in page.text


def test_every_figure_leads_to_as_many_rows(client, recruiter, window):
    busy(window)
    make_history(window, "submitted", "in_review", "interview", "withdrawn", starts=timezone.now() - 3 * DAY)
    context = client.get(HOME).context
    figures = [(need.number, need.url) for need in context["needs"] if "panel" not in need.url]
    figures += [(step.number, step.url) for funnel in context["funnels"] for step in funnel.steps]
    figures += [(number, url) for _day, number, url in context["incoming"].rows]
    assert len(figures) > 40
    for number, url in figures:
        assert client.get(url).context["cl"].result_count == number, url


def test_decisions_are_due_from_three_days_before_and_overdue_after(client, recruiter, window):
    make_application(window)
    Letter.objects.all().delete()
    for ahead, mark in ((5, None), (2, "due"), (-2, "overdue")):
        Window.objects.filter(pk=window.pk).update(decide_by=_day(ahead))
        marks = [need.mark for need in needs_of(client) if "undecided" in need.what]
        assert marks == ([mark] if mark else [])


def test_a_decision_that_was_not_done_needs_somebody_until_it_is_decided_or_prepared_anew(client, recruiter, window):
    decided, anew = make_application(window), make_application(window)
    for application in (decided, anew):
        prepare(application, state="refused", batch=uuid4(), approved_at=timezone.now(), problem="Changed.")
    assert (2, "prepared decisions were not done") in told(client)
    prepare(anew)
    assert (1, "prepared decision was not done") in told(client)
    decide(application=decided, action="review", by=recruiter, seen_status="submitted")
    assert not any("not done" in what for _number, what in told(client))


def test_the_oldest_letter_is_told_and_that_it_should_have_left_by_now(client, recruiter, window):
    make_letter(make_application(window), later=timedelta(minutes=9))
    receipt = Letter.objects.filter(kind="receipt")
    for age, mark in ((timedelta(minutes=3), ""), (timedelta(minutes=45), "overdue")):
        receipt.update(created_at=timezone.now() - age, tries=7, send_after=timezone.now() + timedelta(minutes=2))
        [need] = [need for need in needs_of(client) if "wait" in need.what]
        assert (need.number, need.mark) == (2, mark)
        assert f"The oldest was written {age.seconds // 60}\N{NO-BREAK SPACE}minutes ago." in need.detail
        assert "1 can still be taken back." in need.detail
        assert ("mail server or the worker is away" in need.detail) == bool(mark)


def test_from_the_first_page_a_recruiter_comes_to_the_button_that_tries_a_failed_letter_again(
    client, recruiter, window
):
    letter = make_letter(make_application(window), failed=True)
    [need] = [need for need in needs_of(client) if need.mark == "failed"]
    [application] = client.get(need.url).context["cl"].result_list
    page = client.get(reverse("admin:applications_application_change", args=[application.pk]))
    button = reverse("admin:applications_letter", args=[application.pk, letter.pk])
    assert f'action="{button}"' in page.text
    client.post(button)
    letter.refresh_from_db()
    assert letter.status == "queued"
    assert not [need for need in needs_of(client) if need.mark == "failed"]


def test_nothing_needs_you_is_said(client, recruiter, window):
    make_draft(window)
    page = client.get(HOME)
    assert page.context["needs"] == []
    assert "Nothing needs you now." in page.text


def test_what_others_run_is_not_told(client, recruiter, window):
    other = make_window(make_program("Secret Labs"))
    busy(other)
    page = client.get(HOME)
    assert page.context["needs"] == []
    assert "Secret Labs" not in page.text
    client.force_login(make_user(is_staff=True, is_superuser=True))
    page = client.get(HOME)
    assert "Secret Labs" in page.text
    assert "Pin Labs" in page.text
    letters = [need.url for need in page.context["needs"] if "letter" in need.what]
    assert letters
    for url in letters:
        assert client.get(url).context["cl"].result_count == 1


def test_a_reviewer_sees_how_many_wait_and_nothing_else(client, window):
    reviewer = make_reviewer(window.program)
    applications = [make_application(window) for _number in range(3)]
    Application.objects.update(full_name="Unmistakable Name")
    assignments = [make_assignment(application, reviewer) for application in applications]
    make_review(assignments[0])
    make_review(assignments[1], "3.00")
    client.force_login(reviewer)
    page = client.get(HOME)
    assert told(client) == [(1, "review waits for you"), (1, "review is begun")]
    for need in page.context["needs"]:
        assert client.get(need.url).context["cl"].result_count == need.number
    for text in (
        "Unmistakable",
        applications[0].reference,
        applications[0].candidate.email,
        "Reports",
        "Windows that run",
    ):
        assert text not in page.text
    assert not {"funnels", "incoming", "running"} & set(overview(reviewer))


def test_reviews_that_are_of_no_use_any_more_do_not_wait(client, window):
    reviewer = make_reviewer(window.program)
    make_assignment(make_application(window), reviewer, recused_at=timezone.now(), recusal_reason="I know them.")
    make_assignment(make_history(window, "submitted", "in_review", "rejected", starts=timezone.now()), reviewer)
    client.force_login(reviewer)
    assert told(client) == []
    assert "Every review that you were given is in." in client.get(HOME).text


def test_who_reads_and_recruits_sees_both(client, recruiter, window):
    grant(user=recruiter, program=window.program, role=Membership.Role.REVIEWER)
    make_assignment(make_application(window), recruiter)
    Letter.objects.all().delete()
    assert [number for number, _what in told(client)] == [1, 1]


def test_staff_without_a_role_are_told_so(client):
    client.force_login(make_user(is_staff=True))
    page = client.get(HOME)
    assert "You run no program and read for none" in page.text


def test_a_running_window_has_its_deeds_at_hand(client, recruiter, window):
    page = client.get(HOME)
    for deed in ("close", "extend"):
        assert reverse("admin:programs_window_do", args=[window.pk, deed]) in page.text
    assert reverse("admin:programs_window_do", args=[window.pk, "open"]) not in page.text


def test_days_are_those_of_the_zone_that_is_named(client, recruiter, window):
    Window.objects.filter(pk=window.pk).update(time_zone="America/Los_Angeles")
    application = make_application(window)
    at = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)  # 21:00 on the 19th in California
    Application.objects.filter(pk=application.pk).update(submitted_at=at)
    recount(window.pk)
    incoming = overview(recruiter, at=datetime(2026, 11, 20, 20, 0, tzinfo=UTC))["incoming"]
    assert incoming.zone == "Pacific Time"
    assert [(day, number) for day, number, _url in incoming.rows if number] == [("19 November 2026", 1)]
    assert incoming.rows[0][0] == "20 November 2026"
    assert len(incoming.rows) == 30


def test_it_takes_as_many_queries_with_30_windows_as_with_one(client, recruiter, window):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(HOME).status_code == 200
        return len(queries)

    grant(user=recruiter, program=window.program, role=Membership.Role.REVIEWER)
    make_assignment(make_application(window), recruiter)
    busy(window)
    before = count()
    for number in range(29):
        starts = timezone.now() + (number + 1) * 20 * DAY
        program = window.program if number % 2 else make_program()
        grant(user=recruiter, program=program, role=Membership.Role.RECRUITER)
        busy(make_window(program, opens_at=timezone.now() - DAY, closes_at=starts))
    assert count() == before
    assert before <= 25
