"""Who is given what to read: by hand, spread over the panel, and handed on."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.services import withdraw
from programs.roles import revoke
from reviews.assigning import assign, declare_conflict, hand_on, spread
from reviews.models import Assignment, Conflict, Standing
from reviews.panel import panel_of
from reviews.standings import refresh
from tests.factories import make_application, make_recruiter, make_reviewer, make_user, make_window
from tests.reviews.panels import make_panel, read_by, reviewed, sent_to

pytestmark = pytest.mark.django_db


def loads(*users) -> list[int]:
    """How many each reads."""
    counts = Counter(Assignment.objects.active().values_list("reviewer", flat=True))
    return [counts[user.pk] for user in users]


def step_back(assignment: Assignment) -> Assignment | None:
    """What the reviewer's own service does."""
    assignment.recused_at, assignment.recusal_reason = timezone.now(), "I know them."
    assignment.save()
    return hand_on(assignment=assignment)


# --- By hand ---


def test_who_is_given_a_submitted_application_starts_its_review():
    window, [reader, *_rest] = make_panel()
    application, recruiter = make_application(window), make_recruiter(window.program)
    assignment = assign(application=application, reviewer=reader, by=recruiter)
    application.refresh_from_db()
    assert (assignment.assigned_by, application.status) == (recruiter, "in_review")
    assert application.history.last().by == recruiter
    assert not application.can_edit(timezone.now())
    assert Standing.objects.get(application=application).assigned == 1


def test_an_application_is_given_to_people_of_its_panel_alone():
    window, [reader, absent, *_rest] = make_panel()
    [application] = sent_to(window)
    recruiter = make_recruiter(window.program)
    absent.is_active = False
    absent.save()
    for stranger in (recruiter, make_reviewer(), absent, application.candidate):
        with pytest.raises(ValidationError, match="is not on the panel"):
            assign(application=application, reviewer=stranger, by=recruiter)
    assign(application=application, reviewer=reader, by=recruiter)
    with pytest.raises(ValidationError, match="was given this application before"):
        assign(application=application, reviewer=reader, by=recruiter)


@pytest.mark.parametrize("status", ["offer", "rejected", "withdrawn", "waitlisted"])
def test_what_is_decided_is_given_to_nobody(status):
    window, [reader, *_rest] = make_panel()
    [application] = sent_to(window, status=status)
    with pytest.raises(ValidationError, match="is not given to reviewers"):
        assign(application=application, reviewer=reader, by=reader)


def test_nobody_reads_with_a_conflict_nor_after_stepping_back_nor_themself():
    window, [reader, other, candidate, *_rest] = make_panel()
    [application] = sent_to(window)
    earlier = make_window(window.program, opens_at=timezone.now() - timedelta(days=400), season="Earlier")
    [before] = sent_to(earlier)
    before.candidate = application.candidate
    before.save()
    Assignment.objects.create(
        application=before, reviewer=other, assigned_at=timezone.now(), recused_at=timezone.now(), recusal_reason="!"
    )
    declare_conflict(reviewer=reader, email=application.candidate.email.upper(), reason="My sister")
    for barred in (reader, other):
        with pytest.raises(ValidationError, match="has a conflict of interest"):
            assign(application=application, reviewer=barred, by=candidate)
    [own] = sent_to(window)
    own.candidate = candidate
    own.save()
    with pytest.raises(ValidationError, match="has a conflict of interest"):
        assign(application=own, reviewer=candidate, by=reader)


# --- Spread ---


def test_a_spread_is_even_and_gives_each_the_readers_it_needs():
    window, panel = make_panel(5, reviews_needed=3)
    applications = sent_to(window, 17)
    recruiter = make_recruiter(window.program)
    done = spread(window=window, by=recruiter)
    assert (done.applications, done.reviews, done.lacking) == (17, 51, [])
    assert max(loads(*panel)) - min(loads(*panel)) <= 1
    for application in applications:
        application.refresh_from_db()
        assert application.status == "in_review"
        assert application.history.get(action="review").by == recruiter
        assert application.assignments.count() == 3
        assert Standing.objects.get(application=application).assigned == 3
    together = Counter(frozenset(each.assignments.values_list("reviewer", flat=True)) for each in applications)
    assert len(together) > 2  # not the same three every time; how many depends on who has which id


def test_the_same_window_is_spread_the_same_way():
    window, panel = make_panel(3)
    sent_to(window, 5)
    found = []
    for _time in range(2):
        spread(window=window, by=panel[0])
        found.append(sorted(Assignment.objects.values_list("application", "reviewer")))
        Assignment.objects.all().delete()
    assert found[0] == found[1]


def test_who_has_much_to_write_elsewhere_gets_less():
    window, [busy, free] = make_panel(2, reviews_needed=1)
    later = make_window(window.program, opens_at=timezone.now() - timedelta(days=400), season="Another")
    for application in sent_to(later, 4, status="in_review"):
        Assignment.objects.create(application=application, reviewer=busy, assigned_at=timezone.now())
    # Neither a review that is in nor an application that is decided is work.
    read_by(sent_to(later, status="in_review")[0], free, "3.00")
    [decided] = sent_to(later, status="rejected")
    Assignment.objects.create(application=decided, reviewer=free, assigned_at=timezone.now())
    sent_to(window, 6)
    done = spread(window=window, by=busy)
    assert done.given == {free: 5, busy: 1}


def test_a_spread_adds_only_what_is_missing_and_a_second_one_nothing():
    window, panel = make_panel(3)
    [application, *_others] = sent_to(window, 3)
    withdrawn, decided = sent_to(window, status="withdrawn"), sent_to(window, status="rejected")
    assign(application=application, reviewer=panel[0], by=panel[0])
    done = spread(window=window, by=panel[0])
    assert (done.applications, done.reviews) == (3, 5)
    assert loads(*panel) == [2, 2, 2]
    assert spread(window=window, by=panel[0]).reviews == 0
    assert not Assignment.objects.filter(application__in=[*withdrawn, *decided]).exists()


def test_a_spread_names_what_nobody_can_read_and_why():
    window, [reader, other] = make_panel(2)
    [fine, friend] = sent_to(window, 2)
    declare_conflict(reviewer=reader, email=friend.candidate.email, reason="A friend")
    done = spread(window=window, by=reader)
    assert list(fine.assignments.values_list("reviewer", flat=True).order_by("reviewer")) == [reader.pk, other.pk]
    assert friend.assignments.get().reviewer == other
    [lacking] = done.lacking
    assert (lacking.application, lacking.missing) == (friend, 1)
    assert "1 of the panel reads it, 1 has a conflict of interest or has stepped back" in lacking.why
    for member in (reader, other):
        revoke(user=member, program=window.program, role="reviewer")
    done = spread(window=window, by=reader)
    assert done.reviews == 0
    assert all("Nobody is on the panel" in row.why for row in done.lacking)


def test_who_left_the_panel_is_replaced_unless_their_review_is_in():
    window, [leaver, *others] = make_panel(4)
    [open_one, read] = sent_to(window, 2, status="in_review")
    Assignment.objects.create(application=open_one, reviewer=leaver, assigned_at=timezone.now())
    read_by(read, leaver, "3.00")
    revoke(user=leaver, program=window.program, role="reviewer")
    done = spread(window=window, by=others[0])
    assert done.reviews == 3
    assert (open_one.assignments.count(), read.assignments.count()) == (3, 2)


def test_a_spread_keeps_scores_that_are_in():
    window, [reader, *_rest] = make_panel(3)
    [application] = sent_to(window, status="in_review")
    read_by(application, reader, "3.25")
    spread(window=window, by=reader)
    standing = Standing.objects.get(application=application)
    kept = {name: getattr(standing, name) for name in ("assigned", "done", "score", "spread")}
    refresh(application)
    recounted = Standing.objects.get(application=application)
    assert kept == {name: getattr(recounted, name) for name in kept}
    assert (standing.assigned, standing.done, str(standing.score)) == (2, 1, "3.25")


def test_the_queries_of_a_spread_do_not_grow_with_its_applications():
    counts = []
    for number in (1, 30):
        window, [reader, *_rest] = make_panel(4)
        sent_to(window, number)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            spread(window=window, by=reader)
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- Handed on ---


def test_whoever_steps_back_is_replaced_and_never_comes_back():
    window, panel = make_panel(3, reviews_needed=1)
    [application] = sent_to(window)
    assignment = assign(application=application, reviewer=panel[0], by=panel[0])
    seen = [panel[0]]
    while successor := step_back(assignment):
        assignment.refresh_from_db()
        assert assignment.handed_on == successor
        assert successor.reviewer not in seen
        assert Standing.objects.get(application=application).assigned == 1
        seen.append(successor.reviewer)
        assignment = successor
    assert {member.pk for member in seen} == {member.pk for member in panel}
    assert Standing.objects.get(application=application).assigned == 0
    [lacking] = spread(window=window, by=panel[0]).lacking
    assert "3 have a conflict of interest or have stepped back" in lacking.why


def test_it_goes_to_whoever_has_least_to_write():
    window, [reader, busy, free] = make_panel(3, reviews_needed=1)
    for application in sent_to(window, 2):
        assign(application=application, reviewer=busy, by=busy)
    [application] = sent_to(window)
    assert step_back(assign(application=application, reviewer=reader, by=reader)).reviewer == free


def test_what_was_withdrawn_is_handed_on_to_nobody():
    window, [reader, *_rest] = make_panel()
    application = make_application(window)
    assignment = assign(application=application, reviewer=reader, by=reader)
    withdraw(application=application)
    assert step_back(assignment) is None


# --- Conflicts of interest ---


def test_a_conflict_takes_away_what_is_waiting_and_leaves_what_is_in():
    window, [reader, *_rest] = make_panel(3, reviews_needed=1)
    [waiting] = sent_to(window)
    email = waiting.candidate.email
    assignment = assign(application=waiting, reviewer=reader, by=reader)
    earlier = make_window(window.program, opens_at=timezone.now() - timedelta(days=400), season="Earlier")
    [read] = sent_to(earlier, status="in_review")
    read.candidate = waiting.candidate
    read.save()
    read_by(read, reader, "2.00")
    conflict = declare_conflict(reviewer=reader, email=f" {email.upper()} ", reason="My sister")
    assert conflict.email == email
    assignment.refresh_from_db()
    assert assignment.recused_at
    assert "sister" not in assignment.recusal_reason
    assert assignment.handed_on.reviewer != reader
    assert read.assignments.get().recused_at is None


def test_a_conflict_tells_nothing_of_who_has_applied():
    window, [reader, *_rest] = make_panel()
    [application] = sent_to(window)
    assign(application=application, reviewer=reader, by=reader)
    known = declare_conflict(reviewer=reader, email=application.candidate.email, reason="A friend")
    unknown = declare_conflict(reviewer=reader, email="nobody@example.org", reason="A friend")
    assert type(known) is type(unknown) is Conflict
    for email in (known.email, unknown.email):
        with pytest.raises(ValidationError, match="declared that already"):
            declare_conflict(reviewer=reader, email=email, reason="Again")
    with pytest.raises(ValidationError):
        declare_conflict(reviewer=reader, email="no address", reason="A friend")


def test_the_panel_is_read_in_the_same_few_queries():
    counts = []
    for number in (1, 30):
        window, _panel = make_panel(number)
        sent_to(window)
        with CaptureQueriesContext(connection) as captured:
            panel_of(window)
        counts.append(len(captured))
    assert counts[0] == counts[1] == 5


def test_reviews_of_whoever_stepped_back_do_not_count():
    window, [reader, other] = make_panel(2)
    [application] = sent_to(window, status="in_review")
    reviewed(assign(application=application, reviewer=reader, by=make_user()), "4.00")
    assignment = assign(application=application, reviewer=other, by=make_user())
    assert step_back(assignment) is None
    assert str(Standing.objects.get(application=application).score) == "4.00"
