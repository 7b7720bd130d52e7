"""The table of transitions: every pair of statuses, who may take which, and what happens to the second of two."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from applications import workflow
from applications.decisions import decide, lapse_offers
from applications.letter_texts import LetterText, OfferTerms
from applications.models import Application, StatusChange
from applications.services import answer_offer
from applications.workflow import Actor, Status
from letters.models import Letter
from tests.factories import make_application, make_recruiter, make_user

pytestmark = pytest.mark.django_db

# The product's rule, written out by hand: who may move an application from where to where, by which name.
ALLOWED = {
    ("draft", "submitted"): (Actor.CANDIDATE, "submit"),
    ("submitted", "submitted"): (Actor.CANDIDATE, "change"),
    ("submitted", "in_review"): (Actor.RECRUITER, "review"),
    ("submitted", "withdrawn"): (Actor.CANDIDATE, "withdraw"),
    ("in_review", "interview"): (Actor.RECRUITER, "interview"),
    ("in_review", "offer"): (Actor.RECRUITER, "offer"),
    ("in_review", "waitlisted"): (Actor.RECRUITER, "waitlist"),
    ("in_review", "rejected"): (Actor.RECRUITER, "reject"),
    ("in_review", "withdrawn"): (Actor.CANDIDATE, "withdraw"),
    ("interview", "offer"): (Actor.RECRUITER, "offer"),
    ("interview", "waitlisted"): (Actor.RECRUITER, "waitlist"),
    ("interview", "rejected"): (Actor.RECRUITER, "reject"),
    ("interview", "in_review"): (Actor.RECRUITER, "return"),
    ("interview", "withdrawn"): (Actor.CANDIDATE, "withdraw"),
    ("offer", "accepted"): (Actor.CANDIDATE, "accept"),
    ("offer", "declined"): (Actor.CANDIDATE, "decline"),
    ("offer", "lapsed"): (Actor.CLOCK, "lapse"),
    ("offer", "in_review"): (Actor.RECRUITER, "return"),
    ("offer", "withdrawn"): (Actor.CANDIDATE, "withdraw"),
    ("accepted", "withdrawn"): (Actor.CANDIDATE, "withdraw"),
    ("waitlisted", "interview"): (Actor.RECRUITER, "interview"),
    ("waitlisted", "offer"): (Actor.RECRUITER, "offer"),
    ("waitlisted", "rejected"): (Actor.RECRUITER, "reject"),
    ("waitlisted", "in_review"): (Actor.RECRUITER, "return"),
    ("waitlisted", "withdrawn"): (Actor.CANDIDATE, "withdraw"),
    ("rejected", "in_review"): (Actor.RECRUITER, "return"),
    ("withdrawn", "submitted"): (Actor.CANDIDATE, "submit"),
}


def at_status(status):
    """A sent application put at `status` without its history, to try the table from there."""
    application = make_application()
    fields = {"submitted_at": None, "revision": 0} if status == Status.DRAFT else {}
    Application.objects.filter(pk=application.pk).update(status=status, **fields)
    return Application.objects.select_related("window__program").get(pk=application.pk)


@pytest.mark.parametrize("source", Status.values)
@pytest.mark.parametrize("target", Status.values)
def test_every_pair_of_statuses(source, target):
    rows = [row for row in workflow.TRANSITIONS if source in row.sources and row.target == target]
    assert [(row.actor, row.action) for row in rows] == (
        [ALLOWED[source, target]] if (source, target) in ALLOWED else []
    )


@pytest.mark.parametrize("status", Status.values)
def test_taking_any_row_from_any_status_does_it_with_a_trace_or_refuses_without_one(status):
    for row in workflow.TRANSITIONS:
        application = at_status(status)
        before = application.history.count()
        fields = {"submitted_at": timezone.now(), "revision": 1} if status == Status.DRAFT else {}
        if (status, row.target) in ALLOWED and ALLOWED[status, row.target][1] == row.action:
            workflow.take(application, row.action, by=application.candidate, at=timezone.now(), why="note", **fields)
            change = application.history.last()
            assert (change.from_status, change.to_status, change.by, change.why) == (
                status,
                row.target,
                application.candidate,
                "note",
            )
        else:
            with pytest.raises(workflow.NotAllowed):
                workflow.take(application, row.action, by=None, at=timezone.now())
            assert application.history.count() == before
        assert Application.objects.get(pk=application.pk).status == application.status


def test_a_decision_writes_status_history_and_letter_together():
    application = make_application()
    recruiter = make_recruiter(application.program)
    decide(application=application, action="review", by=recruiter, seen_status="submitted", note="Looks good")
    text = LetterText("About your application", "Dear Ada,\n\nno place this time.\n")
    decide(
        application=application,
        action="reject",
        by=recruiter,
        seen_status="in_review",
        note="Others were stronger",
        letter=text,
    )
    application.refresh_from_db()
    change = application.history.last()
    assert (application.status, change.by, change.why) == ("rejected", recruiter, "Others were stronger")
    assert (change.letter.subject, change.letter.body, change.letter.to) == (
        text.subject,
        text.body,
        application.candidate.email,
    )
    assert "Others were stronger" not in change.letter.body


def test_a_stale_second_decision_is_refused_and_says_who_was_first():
    application = make_application()
    first, second = make_recruiter(application.program, name="Rita"), make_recruiter(application.program, name="Sam")
    tab = Application.objects.select_related("window__program").get(pk=application.pk)
    decide(application=application, action="review", by=first, seen_status="submitted")
    with pytest.raises(workflow.Stale, match="Rita changed this application to “In review”"):
        decide(application=tab, action="review", by=second, seen_status="submitted")
    assert StatusChange.objects.filter(to_status="in_review").count() == 1


def test_of_two_who_read_the_same_row_one_swaps_and_the_other_is_told():
    application = make_application()
    other = Application.objects.get(pk=application.pk)
    workflow.take(application, "review", by=None, at=timezone.now())
    with pytest.raises(workflow.Stale):
        workflow.take(other, "withdraw", by=other.candidate, at=timezone.now())
    assert Application.objects.get(pk=application.pk).status == "in_review"


def test_a_decision_on_answers_that_changed_meanwhile_is_refused():
    application = make_application()
    other = Application.objects.get(pk=application.pk)
    workflow.take(application, "change", by=application.candidate, at=timezone.now(), revision=2)
    with pytest.raises(workflow.Stale):
        workflow.take(other, "review", by=None, at=timezone.now())


def test_recruiters_take_only_recruiters_rows():
    application = make_application()
    for action in ("withdraw", "accept", "lapse", "submit"):
        with pytest.raises(workflow.NotAllowed):
            decide(
                application=application, action=action, by=make_recruiter(application.program), seen_status="submitted"
            )


def offered(answer_by=date(2027, 5, 1)):
    application = make_application()
    recruiter = make_recruiter(application.program)
    decide(application=application, action="review", by=recruiter, seen_status="submitted")
    terms = OfferTerms(application.office_choices.first().office, date(2027, 6, 1), answer_by)
    decide(application=application, action="offer", by=recruiter, seen_status="in_review", terms=terms)
    return application


def test_an_offer_needs_its_terms_and_its_letter_tells_them():
    application = offered()
    letter = Letter.objects.get(kind="offer")
    assert application.offer.office.name in letter.body
    assert "1 June 2027" in letter.body
    assert "1 May 2027" in letter.body
    with pytest.raises(ValueError, match="terms"):
        decide(application=make_application(), action="offer", by=make_user(), seen_status="submitted")


@pytest.mark.parametrize(("accept", "status"), [(True, "accepted"), (False, "declined")])
def test_a_candidate_answers_an_offer_once(accept, status):
    application = offered()
    answer_offer(application=application, accept=accept)
    application.refresh_from_db()
    assert application.status == status
    assert application.offer.answered_at is not None
    with pytest.raises(workflow.NotAllowed):
        answer_offer(application=application, accept=not accept)


def test_an_offer_lapses_when_its_last_day_has_ended_at_the_office_and_not_before():
    application = offered()
    ends = application.offer.ends_at
    assert ends == datetime.fromisoformat("2027-05-02T00:00:00-07:00")
    tick = timedelta(milliseconds=1)
    assert lapse_offers(at=ends - tick) == 0
    assert lapse_offers(at=ends) == 1
    assert lapse_offers(at=ends) == 0
    application.refresh_from_db()
    assert (application.status, application.history.last().by) == ("lapsed", None)
    assert Letter.objects.filter(kind="lapse").count() == 1


def test_an_answer_after_the_last_day_is_refused_even_before_the_clock_came_by():
    application = offered()
    with pytest.raises(workflow.NotAllowed, match="1 May 2027"):
        answer_offer(application=application, accept=True, at=application.offer.ends_at)
