"""Decisions that are prepared, approved and applied: what the services promise."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from applications import letter_texts
from applications import prepared as module
from applications.decisions import decide
from applications.letter_texts import LetterText
from applications.models import Application, Offer, PreparedDecision, StatusChange
from applications.prepared import apply_approved, discard, prepare
from applications.services import withdraw
from letters.models import Letter
from tests.applications.decided import INTERVIEW, approve_as_read, brought_to, make_reason, offer_terms, prepared_for
from tests.factories import make_program, make_recruiter, make_window

pytestmark = pytest.mark.django_db

ALL = PreparedDecision.objects.all()


@pytest.fixture
def window():
    return make_window(make_program())


@pytest.fixture
def recruiter(window):
    return make_recruiter(window.program, name="Rosa Recruiter")


@pytest.fixture
def ready(window, recruiter):
    """Three applications in review."""
    return [brought_to("in_review", window, recruiter) for _number in range(3)]


def statuses(applications: list[Application]) -> list[str]:
    return [Application.objects.get(pk=each.pk).status for each in applications]


@pytest.mark.postgres
@pytest.mark.parametrize(("many", "times"), [(3, 1), (4, 0)])
def test_the_database_is_told_at_once_of_many_that_are_prepared(
    many, times, ready, recruiter, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(module, "MORE_THAN_EXPECTED", many)
    with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks(execute=True):
        prepare(applications=ready, action="reject", by=recruiter)
    told = [query["sql"] for query in queries if query["sql"].startswith("ANALYZE")]
    assert told == ['ANALYZE "applications_prepareddecision"'] * times


def test_what_is_prepared_changes_and_writes_nothing_until_it_is_approved_and_applied(ready, recruiter):
    letters = Letter.objects.count()
    outcomes = prepare(applications=ready, action="reject", by=recruiter, note=" Not this year. ")
    assert [(outcome.application, outcome.problem) for outcome in outcomes] == [(each, "") for each in ready]
    assert apply_approved() == 0
    assert statuses(ready) == ["in_review"] * 3
    assert Letter.objects.count() == letters

    other = make_recruiter(ready[0].program, name="Otto")
    batch = approve_as_read(ALL, by=other)
    assert set(ALL.values_list("state", "batch", "approved_by")) == {("approved", batch, other.pk)}
    assert apply_approved() == 3
    assert statuses(ready) == ["rejected"] * 3
    assert set(ALL.values_list("state", flat=True)) == {"done"}
    assert Letter.objects.filter(kind="reject").count() == 3
    changes = StatusChange.objects.filter(action="reject")
    assert set(changes.values_list("by", "why")) == {(other.pk, "Not this year.")}
    assert apply_approved() == 0


def test_an_offer_and_words_of_ones_own_are_kept_as_prepared(window, ready, recruiter):
    terms, letter = offer_terms(window), LetterText("Come!", "Dear Ada,\n\ncome.\n")
    prepare(applications=ready[:1], action="offer", by=recruiter, terms=terms)
    prepare(applications=ready[1:2], action="reject", by=recruiter, letter=letter)
    approve_as_read(ALL, by=recruiter)
    apply_approved()
    offer = Application.objects.get(pk=ready[0].pk).offer
    assert (offer.office, offer.start_date, offer.answer_by) == (terms.office, terms.start_date, terms.answer_by)
    assert "1 April 2199" in Letter.objects.get(kind="offer").body
    assert Letter.objects.get(kind="reject").body == letter.body


@pytest.mark.parametrize("action", ["offer", "interview"])
def test_an_offer_without_terms_and_an_interview_are_not_prepared(ready, recruiter, action):
    with pytest.raises(ValueError, match="terms"):
        prepare(applications=ready, action=action, by=recruiter)


def test_the_later_one_replaces_the_earlier_and_a_running_one_stands(ready, recruiter):
    first = prepared_for(ready[0], recruiter, "reject")
    second = prepared_for(ready[0], recruiter, "waitlist")
    assert not ALL.filter(pk=first.pk).exists()
    approve_as_read(ALL, by=recruiter)
    [outcome] = prepare(applications=ready[:1], action="reject", by=recruiter)
    assert "being applied at this moment" in outcome.problem
    assert ALL.get() == second


def test_what_is_not_possible_is_refused_row_by_row(window, ready, recruiter):
    early, raced = brought_to("submitted", window, recruiter), ready[1]
    decide(application=Application.objects.get(pk=raced.pk), action="waitlist", by=recruiter, seen_status="in_review")
    outcomes = prepare(applications=[ready[0], early, raced], action="reject", by=recruiter)
    assert [bool(outcome.problem) for outcome in outcomes] == [False, True, True]
    assert "“Reject” is not possible: this application is “Submitted”" in outcomes[1].problem
    assert "Rosa Recruiter changed this application to “Waitlisted”" in outcomes[2].problem
    assert ALL.get().application == ready[0]


def test_one_that_changed_meanwhile_is_refused_with_a_sentence_and_the_others_are_done(ready, recruiter):
    prepare(applications=ready, action="reject", by=recruiter)
    withdraw(application=ready[1])
    approve_as_read(ALL, by=recruiter)
    assert apply_approved() == 3
    assert statuses(ready) == ["rejected", "withdrawn", "rejected"]
    refused = ALL.get(state="refused")
    assert refused.application == ready[1]
    assert "changed this application to “Withdrawn”" in refused.problem
    assert Letter.objects.filter(kind="reject").count() == 2


def test_answers_sent_anew_meanwhile_are_not_decided_unseen(ready, recruiter):
    prepared_for(ready[0], recruiter)
    Application.objects.filter(pk=ready[0].pk).update(revision=2)
    approve_as_read(ALL, by=recruiter)
    apply_approved()
    assert ALL.get().state == "refused"


def test_an_error_of_ours_is_told_and_keeps_nothing_else_from_being_done(ready, recruiter, monkeypatch):
    prepare(applications=ready, action="reject", by=recruiter)
    approve_as_read(ALL, by=recruiter)

    new = letter_texts.new

    def broken(application, *args, **facts):
        if application == ready[1]:
            raise RuntimeError
        return new(application, *args, **facts)

    monkeypatch.setattr(letter_texts, "new", broken)
    assert apply_approved() == 3
    assert statuses(ready) == ["rejected", "in_review", "rejected"]
    assert "an error of ours" in ALL.get(state="refused").problem
    assert Letter.objects.filter(kind="reject").count() == 2


def test_an_address_that_is_none_is_told_and_keeps_nothing_else_from_being_done(ready, recruiter):
    prepare(applications=ready, action="reject", by=recruiter)
    approve_as_read(ALL, by=recruiter)
    User.objects.filter(pk=ready[1].candidate_id).update(email="none")
    assert apply_approved() == 3
    assert statuses(ready) == ["rejected", "in_review", "rejected"]
    assert "valid email" in ALL.get(state="refused").problem


def test_while_the_database_is_away_nothing_is_refused(ready, recruiter, monkeypatch):
    def away(*args, **facts):
        raise OperationalError

    prepare(applications=ready, action="reject", by=recruiter)
    approve_as_read(ALL, by=recruiter)
    monkeypatch.setattr(module, "decide_many", away)
    with pytest.raises(OperationalError):
        apply_approved()
    assert set(ALL.values_list("state", flat=True)) == {"approved"}


def test_what_differs_is_kept_apart(window, ready, recruiter):
    """By whom, with which note, to which end: all of it is taken together, and each keeps its own."""
    other = make_recruiter(window.program, name="Otto")
    ready.append(brought_to("waitlisted", window, recruiter))
    for application, action, note in zip(ready, ("reject", "waitlist", "reject", "offer"), "abca", strict=True):
        terms = offer_terms(window) if action == "offer" else None
        prepare(applications=[application], action=action, by=recruiter, note=note, terms=terms)
    approve_as_read(ALL.filter(application=ready[0]), by=other)
    approve_as_read(ALL, by=recruiter)
    assert apply_approved() == 4
    told = [ready[number].history.last() for number in range(4)]
    assert [(change.action, change.why, change.by) for change in told] == [
        ("reject", "a", other),
        ("waitlist", "b", recruiter),
        ("reject", "c", recruiter),
        ("offer", "a", recruiter),
    ]
    assert [change.from_status for change in told] == ["in_review"] * 3 + ["waitlisted"]
    assert [change.letter.about for change in told] == [application.reference for application in ready]
    assert [change.letter.kind for change in told] == [change.action for change in told]


def test_a_rejection_needs_a_reason_of_its_program_where_there_are_any(window, ready, recruiter):
    reason, foreign = make_reason(window.program), make_reason(make_program())
    for given in (None, foreign):
        [outcome] = prepare(applications=ready[:1], action="reject", by=recruiter, reason=given)
        assert "reason" in outcome.problem
    prepared_for(ready[0], recruiter, reason=reason)
    approve_as_read(ALL, by=recruiter)
    apply_approved()
    assert ready[0].history.last().reason == reason
    prepared_for(ready[1], recruiter, "waitlist")  # other decisions ask for none


def test_discarding_leaves_what_is_applied(ready, recruiter):
    prepare(applications=ready, action="reject", by=recruiter)
    approve_as_read(ALL.filter(application=ready[0]), by=recruiter)
    assert discard(prepared=ALL, by=recruiter) == 2
    assert ALL.get().application == ready[0]
    assert approve_as_read(ALL, by=recruiter) is None


def test_applying_takes_the_same_queries_for_many(window, recruiter):
    def queries(number: int) -> int:
        applications = [brought_to("in_review", window, recruiter) for _number in range(number)]
        prepare(applications=applications, action="reject", by=recruiter)
        approve_as_read(ALL, by=recruiter)
        with CaptureQueriesContext(connection) as captured:
            assert apply_approved() == number
        return len(captured)

    assert queries(1) == queries(30) <= 16


def test_preparing_and_approving_take_the_same_queries_for_many(window, recruiter):
    def queries(number: int) -> int:
        applications = [brought_to("in_review", window, recruiter) for _number in range(number)]
        with CaptureQueriesContext(connection) as captured:
            prepare(applications=applications, action="reject", by=recruiter)
            approve_as_read(ALL, by=recruiter)
        return len(captured)

    assert queries(1) == queries(30)


# --- Taking back ---


def test_many_are_taken_back_and_an_offer_whose_letter_has_left_stands(window, recruiter):
    applications = [brought_to("offer", window, recruiter) for _number in range(3)]
    Letter.objects.filter(about=applications[1].reference).update(status="sent", sent_at=timezone.now())
    prepare(applications=applications, action="return", by=recruiter, note="Wrong rows.")
    approve_as_read(ALL, by=recruiter)
    assert apply_approved() == 3
    assert statuses(applications) == ["in_review", "offer", "in_review"]
    assert "has left" in ALL.get(state="refused").problem
    assert list(Offer.objects.values_list("application", flat=True)) == [applications[1].pk]


@pytest.mark.parametrize("status", ["waitlisted", "rejected", "interview", "offer"])
def test_taking_back_in_time_holds_the_letter_back_and_leaves_no_promise(window, recruiter, status):
    application = brought_to(status, window, recruiter)
    letter = application.history.last().letter
    decide(application=application, action="return", by=recruiter, seen_status=status, note="Wrong row.")
    letter.refresh_from_db()
    assert letter.status == Letter.Status.HELD_BACK
    found = Application.objects.get(pk=application.pk)
    assert (found.status, found.history.last().why) == ("in_review", "Wrong row.")
    assert not hasattr(found, "offer")
    assert not hasattr(found, "interview")


@pytest.mark.parametrize("status", ["waitlisted", "rejected", "interview"])
def test_taking_back_a_decision_whose_letter_has_left_is_possible_and_the_letter_stays(window, recruiter, status):
    application = brought_to(status, window, recruiter)
    Letter.objects.update(status="sent", sent_at=timezone.now())
    decide(application=application, action="return", by=recruiter, seen_status=status, note="Wrong row.")
    assert statuses([application]) == ["in_review"]
    assert not Letter.objects.exclude(status="sent").exists()


@pytest.mark.parametrize(
    "fields", [{"status": "sent", "sent_at": timezone.now()}, {"claimed_until": timezone.now() + timedelta(hours=1)}]
)
def test_an_offer_whose_letter_has_left_stands(window, recruiter, fields):
    application = brought_to("offer", window, recruiter)
    Letter.objects.filter(kind="offer").update(**fields)
    with pytest.raises(module.workflow.NotAllowed, match="has left"):
        decide(application=application, action="return", by=recruiter, seen_status="offer", note="Wrong row.")
    found = Application.objects.get(pk=application.pk)
    assert found.status == "offer"
    assert found.offer.start_date


def test_taking_back_needs_a_reason(window, recruiter):
    application = brought_to("rejected", window, recruiter)
    with pytest.raises(module.workflow.NotAllowed, match="why"):
        decide(application=application, action="return", by=recruiter, seen_status="rejected", note="  ")


def test_a_new_invitation_replaces_the_old_one_and_its_letter_tells_when_and_where(window, recruiter):
    application = brought_to("interview", window, recruiter)
    assert application.interview.starts_at == INTERVIEW.starts_at
    body = Letter.objects.get(kind="interview").body
    assert "10:00 Pacific Time, 45 minutes" in body
    assert "Where: https://meet.example/1" in body
