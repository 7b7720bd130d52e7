"""Decisions in the admin, one by one and in bulk."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import workflow
from applications.decisions import decide, lapse_offers
from applications.models import Application, PreparedDecision
from applications.prepared import apply_approved
from applications.workflow import Actor, Status
from letters.models import Letter
from tests.applications.decided import ANSWER, START, WAY, brought_to, make_reason, prepared_for
from tests.factories import make_office, make_program, make_recruiter, make_window

pytestmark = pytest.mark.django_db

LIST = reverse("admin:applications_application_changelist")
RECRUITERS_OWN = [row for row in workflow.TRANSITIONS if row.actor == Actor.RECRUITER]


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


def decide_url(application: Application, action: str) -> str:
    return reverse("admin:applications_decide", args=[application.pk, action])


def page_of(application: Application) -> str:
    return reverse("admin:applications_application_change", args=[application.pk])


def as_shown(page) -> dict:
    """What a browser posts when nobody changes anything on the page."""
    context, posted = page.context, {"letter_for": page.context["letter_for"]}
    for form in filter(None, (context["note"], context["reasons"], context["terms"], context["letter"])):
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
    [
        (status, row)
        for row in RECRUITERS_OWN
        for status in sorted(row.sources)
        if row.target not in ("offer", "interview")
    ],
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


def test_the_calendar_is_named_where_nobody_decided(client, recruiter, window):
    application = brought_to("offer", window, recruiter)
    application.offer.answer_by = timezone.now().date() - timedelta(days=5)
    application.offer.save()
    lapse_offers()
    assert "the calendar" in client.get(page_of(application)).text


# --- An interview ---


def test_an_interview_is_announced_with_time_zone_and_place(client, recruiter, window):
    application = brought_to("in_review", window, recruiter)
    url = decide_url(application, "interview")
    page = client.get(url)
    assert page.context["terms"]["time_zone"].value() == window.time_zone
    facts = {"starts_at": "2199-03-01T10:00", "time_zone": "Europe/Paris", "minutes": "30", "place": "", "link": ""}
    page = client.post(url, as_shown(page) | facts)
    assert "Say where" in page.text
    page = client.post(url, as_shown(page) | facts | {"link": "https://meet.example/ada"})
    assert "1 March 2199, 10:00 Central European Time, 30 minutes" in page.context["letter"]["body"].value()
    page = client.post(url, as_shown(page) | {"do": "prepare"}, follow=True)  # it is never prepared, but arranged
    application.refresh_from_db()
    interview = application.interview
    assert (interview.starts_at.isoformat(), interview.minutes) == ("2199-03-01T09:00:00+00:00", 30)
    assert "https://meet.example/ada" in page.text
    client.force_login(application.candidate)
    page = client.get(application.get_absolute_url())
    assert "Friday 1 March 2199, 10:00 Central European Time" in page.text
    assert 'href="https://meet.example/ada"' in page.text


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"starts_at": "2100-03-28T02:30", "time_zone": "Europe/Paris"}, "starts_at"),  # skipped by summer time
        ({"starts_at": "2020-01-01T10:00"}, "starts_at"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"minutes": "0"}, "minutes"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"link": "javascript:alert(1)"}, "link"),
    ],
)
def test_an_interview_without_sense_is_refused_at_its_field(client, recruiter, window, facts, field):
    application = brought_to("in_review", window, recruiter)
    posted = {"starts_at": "2199-03-01T10:00", "time_zone": "UTC/x", "minutes": "30", "place": "Here"}
    posted |= {"time_zone": "Europe/Paris", "seen_status": "in_review", "seen_revision": "1"} | facts
    page = client.post(decide_url(application, "interview"), posted)
    assert field in page.context["terms"].errors
    application.refresh_from_db()
    assert application.status == Status.IN_REVIEW


# --- Prepared, with a reason, taken back ---


def test_a_decision_is_prepared_shown_to_recruiters_alone_and_applied(client, recruiter, window):
    application = brought_to("in_review", window, recruiter)
    page = client.get(decide_url(application, "reject"))
    posted = as_shown(page) | {"note": "Between us.", "body": "Dear Ada,\n\nno.", "do": "prepare"}
    page = client.post(decide_url(application, "reject"), posted, follow=True)
    application.refresh_from_db()
    assert application.status == Status.IN_REVIEW
    assert "seen by recruiters alone" in page.text
    assert "Between us." in page.text
    prepared = PreparedDecision.objects.get()
    assert (prepared.body, prepared.seen_revision) == ("Dear Ada,\n\nno.", 1)

    client.force_login(application.candidate)
    assert "no." not in client.get(application.get_absolute_url()).text.split("Letters")[-1]
    client.force_login(recruiter)
    url = reverse("admin:applications_prepared", args=["apply"])
    page = client.post(url, {"chosen": prepared.pk})
    assert "Dear Ada" in page.text
    client.post(url, {"chosen": prepared.pk, "do": "apply"})
    apply_approved()
    application.refresh_from_db()
    assert application.status == Status.REJECTED
    assert application.history.last().letter.body == "Dear Ada,\n\nno."


def test_a_rejection_asks_for_its_reason_and_only_colleagues_see_it(client, recruiter, window):
    reason, retired = make_reason(window.program), make_reason(window.program, "Old", retired_at=timezone.now())
    foreign = make_reason(make_program(), "Elsewhere")
    application = brought_to("in_review", window, recruiter)
    url = decide_url(application, "reject")
    page = client.get(url)
    name = f"reason_{window.program_id}"
    assert [value for value, _label in page.context["reasons"].fields[name].choices] == ["", str(reason.pk)]
    for value in ("", str(retired.pk), str(foreign.pk), "\x00"):
        refused = client.post(url, as_shown(page) | {name: value})
        assert name in refused.context["reasons"].errors
    page = client.post(url, as_shown(page) | {name: str(reason.pk)}, follow=True)
    assert reason.text in page.text
    client.force_login(application.candidate)
    assert reason.text not in client.get(application.get_absolute_url()).text


def test_taking_back_says_beforehand_and_afterwards_what_becomes_of_the_letter(client, recruiter, window):
    application = brought_to("rejected", window, recruiter)
    url = decide_url(application, "return")
    page = client.get(url)
    assert "still waits and can be held back" in page.text
    assert "note" in client.post(url, as_shown(page)).context["note"].errors
    page = client.post(url, as_shown(page) | {"note": "Wrong row."}, follow=True)
    assert "held back and never leaves" in page.text
    assert Letter.objects.get(kind="reject").status == Letter.Status.HELD_BACK

    decide(application=application, action="reject", by=recruiter, seen_status="in_review")
    Letter.objects.filter(status="queued").update(status="sent", sent_at=timezone.now())
    page = client.get(url)
    assert "has left and can't be held back" in page.text
    page = client.post(url, as_shown(page) | {"note": "Wrong row."}, follow=True)
    assert "had left already" in page.text


def test_an_offer_that_has_left_is_not_taken_back(client, recruiter, window):
    application = brought_to("offer", window, recruiter)
    Letter.objects.update(status="sent", sent_at=timezone.now())
    url = decide_url(application, "return")
    page = client.get(url)
    assert "has left" in page.text
    assert client.post(url, as_shown(page) | {"note": "Oops."}).status_code == 409
    application.refresh_from_db()
    assert application.status == Status.OFFER


def test_two_recruiters_at_one_page_one_wins_and_the_other_is_told(client, recruiter, window):
    application = brought_to("in_review", window, recruiter)
    first, second = (client.get(decide_url(application, action)) for action in ("waitlist", "reject"))
    assert client.post(decide_url(application, "waitlist"), as_shown(first)).status_code == 302
    for do in ("now", "prepare"):
        page = client.post(decide_url(application, "reject"), as_shown(second) | {"do": do})
        assert page.status_code == 409
        assert "Rosa Recruiter changed this application to “Waitlisted”" in page.text
    assert not PreparedDecision.objects.exists()


def test_a_freed_place_leads_to_the_next_on_the_waitlist(client, recruiter, window):
    declined = brought_to("declined", window, recruiter)
    longest, _later = brought_to("waitlisted", window, recruiter), brought_to("waitlisted", window, recruiter)
    url = reverse("admin:applications_move_up", args=[window.pk])
    assert url in client.get(page_of(declined)).text
    assert [row.application for row in client.get(url).context["rows"]] == [longest]
    assert len(client.get(url, {"number": "5"}).context["rows"]) == 2
    for nonsense in ("-1", "x", "9" * 30, "\u0663"):
        assert client.get(url, {"number": nonsense}).status_code == 200
    client.force_login(make_recruiter(make_program()))
    assert client.get(url).status_code == 404


def test_the_page_of_a_prepared_decision_is_the_applications(client, recruiter, window):
    prepared = prepared_for(brought_to("in_review", window, recruiter), recruiter)
    answer = client.get(reverse("admin:applications_prepareddecision_change", args=[prepared.pk]))
    assert answer.url == page_of(prepared.application) + "#prepared"
