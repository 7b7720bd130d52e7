"""Decisions in the admin, one by one and in bulk."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import workflow
from applications.decisions import decide, lapse_offers
from applications.letter_texts import OfferTerms
from applications.models import Application
from applications.services import answer_offer, withdraw
from applications.workflow import Actor, Status
from letters.models import Letter
from tests.factories import make_application, make_office, make_program, make_recruiter, make_window

pytestmark = pytest.mark.django_db

LIST = reverse("admin:applications_application_changelist")
RECRUITERS_OWN = [row for row in workflow.TRANSITIONS if row.actor == Actor.RECRUITER]
# How an application comes to a status, by the actions that lead there.
WAY = {
    "submitted": [],
    "in_review": ["review"],
    "interview": ["review", "interview"],
    "waitlisted": ["review", "waitlist"],
    "rejected": ["review", "reject"],
    "offer": ["review", "offer"],
    "accepted": ["review", "offer", "accept"],
    "declined": ["review", "offer", "decline"],
    "withdrawn": ["withdraw"],
}
START, ANSWER = date(2199, 6, 1), date(2199, 4, 1)


@pytest.fixture
def program():
    return make_program(asks=("confirmation",), offices=[make_office("Seattle"), make_office("Toronto")])


@pytest.fixture
def recruiter(client, program):
    user = make_recruiter(program, name="Rosa Recruiter")
    client.force_login(user)
    return user


@pytest.fixture
def window(program):
    return make_window(program)


def brought_to(status: str, window, recruiter) -> Application:
    application = make_application(window)
    for action in WAY[status]:
        if action == "withdraw":
            withdraw(application=application)
        elif action in ("accept", "decline"):
            answer_offer(application=application, accept=action == "accept")
        else:
            terms = OfferTerms(window.program.offices_list[0], START, ANSWER) if action == "offer" else None
            decide(application=application, action=action, by=recruiter, seen_status=application.status, terms=terms)
    return application


def decide_url(application: Application, action: str) -> str:
    return reverse("admin:applications_decide", args=[application.pk, action])


def page_of(application: Application) -> str:
    return reverse("admin:applications_application_change", args=[application.pk])


def as_shown(page) -> dict:
    """What a browser posts when nobody changes anything on the page."""
    context, posted = page.context, {"letter_for": page.context["letter_for"]}
    for form in filter(None, (context["note"], context["terms"], context["letter"])):
        posted |= {field.html_name: field.value() or "" for field in form}
    return posted


@pytest.mark.parametrize("status", WAY)
def test_just_the_transitions_that_are_allowed_have_a_button(client, recruiter, window, status):
    application = brought_to(status, window, recruiter)
    page = client.get(page_of(application))
    allowed = [row.action for row in workflow.allowed(status, Actor.RECRUITER)]
    for row in RECRUITERS_OWN:
        assert (decide_url(application, row.action) in page.text) == (row.action in allowed)
        answer = client.get(decide_url(application, row.action))
        assert answer.status_code == (200 if row.action in allowed else 302)
    for action in ("submit", "withdraw", "accept", "lapse", "nonsense"):
        assert client.get(decide_url(application, action)).status_code == 404
        assert client.post(decide_url(application, action)).status_code == 404


@pytest.mark.parametrize(
    ("status", "row"),
    [(status, row) for row in RECRUITERS_OWN for status in sorted(row.sources) if row.action != "offer"],
    ids=lambda value: getattr(value, "action", value),
)
def test_every_transition_shows_its_letter_and_then_is_taken(client, recruiter, window, status, row):
    application = brought_to(status, window, recruiter)
    letters = Letter.objects.count()
    page = client.get(decide_url(application, row.action))
    assert bool(page.context["letter"]) == row.writes
    assert (Letter.objects.count(), application.status) == (letters, status)
    posted = as_shown(page) | {"note": "Between us."}
    if row.writes:
        posted["body"] += "\nP.S. Written by hand."
    page = client.post(decide_url(application, row.action), posted, follow=True)
    application.refresh_from_db()
    assert application.status == row.target
    change = application.history.last()
    assert (change.by, change.why) == (recruiter, "Between us.")
    assert "Between us." in page.text
    assert Letter.objects.count() == letters + row.writes
    if row.writes:
        assert change.letter.body.endswith("P.S. Written by hand.")
        assert "Between us." not in change.letter.body


def test_an_offer_shows_its_letter_with_the_terms_before_it_goes(client, recruiter, window):
    application = brought_to("interview", window, recruiter)
    url = decide_url(application, "offer")
    page = client.get(url)
    assert page.context["letter"] is None
    groups = dict(page.context["terms"].fields["office"].choices)
    first, second = window.program.offices_list
    assert [office for office, _name in groups["The candidate's choices, in order"]] == [str(first.pk)]
    terms = {"office": str(second.pk), "start_date": START.isoformat(), "answer_by": ANSWER.isoformat()}
    page = client.post(url, as_shown(page) | terms | {"note": "Great talk."})
    letter = page.context["letter"]
    assert second.name in letter["body"].value()
    assert "1 April 2199" in letter["body"].value()
    assert not hasattr(Application.objects.get(pk=application.pk), "offer")

    changed = as_shown(page) | {"office": str(first.pk), "body": "The old words"}
    page = client.post(url, changed)
    assert first.name in page.context["letter"]["body"].value()
    assert "written anew" in page.text
    application.refresh_from_db()
    assert application.status == Status.INTERVIEW

    page = client.post(url, as_shown(page), follow=True)
    application.refresh_from_db()
    assert application.status == Status.OFFER
    offer = application.offer
    assert (offer.office, offer.start_date, offer.answer_by) == (first, START, ANSWER)
    assert first.name in Letter.objects.get(kind="offer").body
    assert application.history.last().why == "Great talk."


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"answer_by": "2020-01-01"}, "answer_by"),
        ({"start_date": ANSWER.isoformat()}, "start_date"),
        ({"start_date": ""}, "start_date"),
        ({"start_date": "0000-00-00"}, "start_date"),
        ({"office": "999999"}, "office"),
        ({"office": "\x00"}, "office"),
        ({"office": ""}, "office"),
    ],
)
def test_an_offer_without_sense_is_refused_at_its_field(client, recruiter, window, terms, field):
    application = brought_to("in_review", window, recruiter)
    office = str(window.program.offices_list[0].pk)
    posted = {"office": office, "start_date": START.isoformat(), "answer_by": ANSWER.isoformat()} | terms
    page = client.post(decide_url(application, "offer"), posted | {"seen_status": "in_review", "note": "Kept"})
    assert page.status_code == 200
    assert field in page.context["terms"].errors
    assert "Kept" in page.text
    application.refresh_from_db()
    assert application.status == Status.IN_REVIEW


@pytest.mark.parametrize("body", ["", "  ", "\x00", "x" * 20_001])
def test_a_letter_that_cannot_go_out_is_refused(client, recruiter, window, body):
    application = brought_to("in_review", window, recruiter)
    posted = {"seen_status": "in_review", "subject": "About you", "body": body, "note": ""}
    page = client.post(decide_url(application, "reject"), posted)
    assert page.status_code == 200
    assert "body" in page.context["letter"].errors
    application.refresh_from_db()
    assert application.status == Status.IN_REVIEW


def test_a_stale_second_decision_is_refused_says_who_was_first_and_keeps_the_words(client, recruiter, window):
    application = brought_to("in_review", window, recruiter)
    page = client.get(decide_url(application, "reject"))
    other = make_recruiter(window.program, name="Otto Other")
    decide(application=application, action="waitlist", by=other, seen_status="in_review")
    letters = Letter.objects.count()
    page = client.post(decide_url(application, "reject"), as_shown(page) | {"body": "Words that took an hour"})
    assert page.status_code == 409
    assert "Otto Other changed this application to “Waitlisted”" in page.text
    assert "Words that took an hour" in page.text
    again = client.post(decide_url(application, "reject"), as_shown(page))
    assert again.status_code == 409
    application.refresh_from_db()
    assert (application.status, Letter.objects.count()) == (Status.WAITLISTED, letters)


@pytest.mark.parametrize("seen", [{}, {"seen_status": ""}, {"seen_status": "nonsense"}])
def test_a_decision_that_saw_nothing_is_refused(client, recruiter, window, seen):
    application = brought_to("submitted", window, recruiter)
    assert client.post(decide_url(application, "review"), seen).status_code == 409
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED


# --- In bulk ---


def choose(client, action: str, *applications: Application):
    return client.post(LIST, {"action": f"bulk_{action}", "_selected_action": [each.pk for each in applications]})


def test_bulk_shows_each_row_then_does_what_it_can_and_reports_the_rest(client, recruiter, window):
    ready = [brought_to("in_review", window, recruiter) for _number in range(2)]
    too_early, raced = brought_to("submitted", window, recruiter), brought_to("in_review", window, recruiter)
    letters = Letter.objects.count()
    page = choose(client, "reject", *ready, too_early, raced)
    assert page.context["doable"] == 3
    for application in [*ready, raced]:
        assert f'value="{application.pk}:in_review"' in page.text
    assert f'value="{too_early.pk}:' not in page.text
    assert page.text.count("Thank you for the time and care") == 3
    assert "Nothing: “Reject” is not possible from “Submitted”." in page.text
    assert Letter.objects.count() == letters

    decide(application=raced, action="waitlist", by=recruiter, seen_status="in_review")
    posted = {"seen": [f"{each.pk}:in_review" for each in (*ready, raced)], "note": "The line was drawn."}
    page = client.post(reverse("admin:applications_bulk", args=["reject"]), posted)
    assert {application.pk for application in page.context["done"]} == {each.pk for each in ready}
    [refused] = page.context["refused"]
    assert refused.application == raced
    assert "Rosa Recruiter changed this application to “Waitlisted”" in page.text
    for application in ready:
        application.refresh_from_db()
        assert application.status == Status.REJECTED
        assert application.history.last().why == "The line was drawn."
    again = client.post(reverse("admin:applications_bulk", args=["reject"]), posted)
    assert not again.context["done"]
    assert Letter.objects.filter(kind="reject").count() == 2


def test_bulk_leaves_other_programs_alone(client, recruiter, window):
    own, foreign = make_application(window), make_application()
    assert client.post(LIST, {"action": "bulk_review", "_selected_action": "x"}).status_code == 400
    page = choose(client, "review", own, foreign)
    assert [row.application for row in page.context["rows"]] == [own]
    seen = [f"{own.pk}:submitted", f"{foreign.pk}:submitted", "x:y", ":", "9" * 40 + ":submitted", "\x00"]
    client.post(reverse("admin:applications_bulk", args=["review"]), {"seen": seen})
    foreign.refresh_from_db()
    own.refresh_from_db()
    assert (own.status, foreign.status) == (Status.IN_REVIEW, Status.SUBMITTED)


def test_bulk_makes_no_offers_and_takes_no_get(client, recruiter, window):
    application = brought_to("in_review", window, recruiter)
    assert "bulk_offer" not in client.get(LIST).text
    choose(client, "offer", application)
    seen = {"seen": f"{application.pk}:in_review"}
    assert client.post(reverse("admin:applications_bulk", args=["offer"]), seen).status_code == 404
    assert client.get(reverse("admin:applications_bulk", args=["reject"]), seen).status_code == 302
    page = client.post(reverse("admin:applications_bulk", args=["reject"]), seen | {"note": "\x00"}, follow=True)
    assert "Nothing was done." in page.text
    application.refresh_from_db()
    assert application.status == Status.IN_REVIEW


def test_the_calendar_is_named_where_nobody_decided(client, recruiter, window):
    application = brought_to("offer", window, recruiter)
    application.offer.answer_by = timezone.now().date() - timedelta(days=5)
    application.offer.save()
    lapse_offers()
    assert "the calendar" in client.get(page_of(application)).text


def test_bulk_takes_no_more_than_a_person_can_look_through(client, recruiter, window, monkeypatch):
    monkeypatch.setattr("applications.admin.bulk.MOST_ROWS", 1)
    applications = [brought_to("submitted", window, recruiter) for _number in range(2)]
    page = client.post(
        LIST, {"action": "bulk_review", "_selected_action": [each.pk for each in applications]}, follow=True
    )
    assert "choose at most 1 applications at once" in page.text
    assert not page.context.get("rows")
