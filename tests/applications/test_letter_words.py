"""A program's own words for its letters: written in the admin, used by every letter from then on."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.decisions import decide
from applications.letter_texts import LetterText, OfferTerms, compose
from applications.models import LetterTemplate
from applications.own_words import ChangedMeanwhile, drop_words, save_words
from applications.services import answer_offer, withdraw
from applications.standard_letters import KINDS
from letters.models import Letter
from tests.factories import make_application, make_draft, make_program, make_recruiter, make_reviewer, make_window

pytestmark = pytest.mark.django_db

LIST = reverse("admin:applications_lettertemplate_changelist")
OWN = LetterText("News from {program}", "Hello {name},\n\nthis is {reference}, write to {contact}.")


@pytest.fixture
def program():
    return make_program("Data Science")


@pytest.fixture
def recruiter(client, program):
    user = make_recruiter(program, name="Rosa Recruiter")
    client.force_login(user)
    return user


def words_url(program, kind="reject") -> str:
    return reverse("admin:applications_words", args=[program.pk, kind])


def preview_url(program, kind="reject") -> str:
    return reverse("admin:applications_words_preview", args=[program.pk, kind])


def post(client, program, kind="reject", *, words=OWN, seen="", **extra):
    posted = {"subject": words.subject, "body": words.body, "seen": seen, **extra}
    return client.post(words_url(program, kind), posted, follow=True)


def save(program, recruiter, kind="reject", words=OWN):
    return save_words(program=program, kind=kind, words=words, by=recruiter, seen=None)


def reviewed(program, recruiter):
    application = make_application(make_window(program))
    decide(application=application, action="review", by=recruiter, seen_status="submitted")
    return application


# --- The pages ---


def test_every_kind_has_its_line_and_its_page(client, program, recruiter):
    page = client.get(LIST)
    for kind in KINDS:
        assert words_url(program, kind) in page.text
        words = client.get(words_url(program, kind))
        assert words.context["form"]["body"].value() == KINDS[kind].body
        assert not words.context["faults"]
    assert "Your own" not in page.text


def test_words_are_saved_with_who_and_when_and_the_standard_ones_come_back(client, program, recruiter):
    assert "Saved." in post(client, program).text
    template = LetterTemplate.objects.get()
    assert (template.program, template.kind, template.subject, template.body) == (
        program,
        "reject",
        *vars(OWN).values(),
    )
    assert template.changed_by == recruiter
    assert "Your own" in client.get(LIST).text
    assert "Rosa Recruiter" in client.get(words_url(program)).text
    delete = reverse("admin:applications_lettertemplate_delete", args=[template.pk])
    assert "Thank you for the time and care" in client.get(delete).text
    assert LetterTemplate.objects.exists()
    page = client.post(delete, {"seen": template.changed_at.isoformat()}, follow=True)
    assert "has the standard words again" in page.text
    assert not LetterTemplate.objects.exists()
    assert client.post(delete).status_code == 404


def test_the_rows_own_addresses_lead_to_the_page_of_its_kind(client, program, recruiter):
    template = save(program, recruiter)
    for name in ("change", "history"):
        url = reverse(f"admin:applications_lettertemplate_{name}", args=[template.pk])
        assert client.get(url, follow=True).redirect_chain[-1][0] == words_url(program)
    assert client.get(reverse("admin:applications_lettertemplate_add")).status_code == 403


@pytest.mark.parametrize(
    ("kind", "subject", "body", "field", "told"),
    [
        ("reject", "About {nmae}", "Dear {name}", "subject", "“{nmae}” is no placeholder."),
        ("reject", "About you", "Come to {office}", "body", "“{office}” has no value in this letter."),
        ("reject", "About you", "Dear {name", "body", "A brace stands alone."),
        ("reject", "About you", "{{ settings.SECRET_KEY }}", "body", "“{ settings.SECRET_KEY }” is no placeholder."),
        ("reject", "", "Dear {name}", "subject", "required"),
        ("reject", "About you", " ", "body", "required"),
        ("reject", "About you", "a\x00b", "body", "Null characters"),
        ("reject", "x" * 201, "Dear {name}", "subject", "at most 200"),
        ("reject", "About you", "x" * 10_001, "body", "at most 10000"),
        ("offer", "An offer", "{office} {start_date} {answer_by}", "body", "This letter needs {link}"),
        ("offer", "An offer", "{link}", "body", "This letter needs {office}, {start_date}, {answer_by}"),
        ("interview", "Come", "Where: {interview_where}", "body", "This letter needs {interview_when}"),
    ],
)
def test_words_that_cannot_be_are_refused_at_their_field(client, program, recruiter, kind, subject, body, field, told):
    page = post(client, program, kind, words=LetterText(subject, body))
    assert page.status_code == 200
    assert told in " ".join(page.context["form"].errors[field])
    assert not LetterTemplate.objects.exists()
    assert client.post(preview_url(program, kind), {"subject": subject, "body": body}).status_code == 200


def test_of_two_who_change_the_same_words_the_second_is_told_and_loses_nothing(client, program, recruiter):
    theirs = save(program, make_recruiter(program, name="Otto Other"))
    page = post(client, program, words=LetterText("Mine", "Words that took an hour"))
    assert page.status_code == 409
    assert "Otto Other changed these words while you wrote" in page.text
    assert "Words that took an hour" in page.text
    assert "write to {contact}" in page.text
    theirs.refresh_from_db()
    assert theirs.subject == OWN.subject
    post(client, program, words=LetterText("Mine", "Words that took an hour"), seen=page.context["seen"])
    theirs.refresh_from_db()
    assert (theirs.subject, theirs.changed_by) == ("Mine", recruiter)


def test_a_preview_between_does_not_hide_that_somebody_was_quicker(client, program, recruiter):
    save(program, make_recruiter(program))
    page = post(client, program, words=LetterText("Mine", "Other"), preview="1")
    assert page.status_code == 200
    assert post(client, program, words=LetterText("Mine", "Other"), seen=page.context["seen"]).status_code == 409


@pytest.mark.parametrize("seen", ["nonsense", "2027-01-01", "\x00", "9" * 99])
def test_a_page_that_saw_nothing_changes_nothing(client, program, recruiter, seen):
    template = save(program, recruiter)
    assert post(client, program, words=LetterText("Mine", "Other"), seen=seen).status_code == 409
    delete = reverse("admin:applications_lettertemplate_delete", args=[template.pk])
    assert "Nothing was done" in client.post(delete, {"seen": seen}, follow=True).text
    template.refresh_from_db()
    assert template.subject == OWN.subject


def test_dropping_words_that_were_dropped_is_told(program, recruiter):
    template = save(program, recruiter)
    drop_words(program=program, kind="reject", seen=template.changed_at)
    with pytest.raises(ChangedMeanwhile):
        drop_words(program=program, kind="reject", seen=template.changed_at)
    drop_words(program=program, kind="reject", seen=None)


# --- The preview ---


def test_the_preview_speaks_of_the_program_and_of_somebody_made_up(client, program, recruiter):
    window = make_window(program, season="Autumn 2031")
    words = {"subject": "{program}, {season}", "body": "Dear {name}, until {decide_by} at {contact}. {unknown}"}
    page = client.post(preview_url(program), words)
    assert "Data Science, Autumn 2031" in page.text
    assert f"Dear Ada Lovelace, until 1 March 2027 at {program.contact_email}. {{unknown}}" in page.text
    assert "“{unknown}” is no placeholder." in page.text
    assert window.program == program
    assert not LetterTemplate.objects.exists()
    assert client.get(preview_url(program)).status_code == 405


def test_the_preview_of_a_real_application_and_without_javascript(client, program, recruiter):
    application = make_application(make_window(program))
    posted = {"subject": "About {reference}", "body": "Dear {name} <script>", "shown_for": application.reference}
    page = client.post(preview_url(program), posted)
    assert f"About {application.reference}" in page.text
    assert "Dear Ada Example &lt;script&gt;" in page.text
    page = client.post(words_url(program), posted | {"preview": "1"})
    assert "Dear Ada Example &lt;script&gt;" in page.text
    assert not LetterTemplate.objects.exists()


def test_the_preview_shows_no_application_of_other_programs_and_no_draft(client, program, recruiter):
    foreign, draft = make_application(), make_draft(make_window(program))
    page = client.get(words_url(program)).text
    for application in (foreign, draft):
        assert application.reference not in page
        posted = {"subject": "s", "body": "{reference}", "shown_for": application.reference}
        assert application.reference not in client.post(preview_url(program), posted).text


def test_only_those_who_run_the_program_read_or_write_its_words(client, program):
    template = save(program, make_recruiter(program))
    row = [reverse(f"admin:applications_lettertemplate_{name}", args=[template.pk]) for name in ("change", "delete")]
    for stranger in (make_recruiter(make_program()), make_reviewer(program)):
        client.force_login(stranger)
        for url in (words_url(program), preview_url(program), *row):
            for answer in (client.get(url), client.post(url, vars(OWN) | {"seen": template.changed_at.isoformat()})):
                assert answer.status_code in (403, 404, 405), url
                assert OWN.subject not in answer.text
    client.force_login(make_reviewer(program))
    assert client.get(LIST).status_code == 403
    client.force_login(make_recruiter(program))
    for program_id, kind in ((program.pk, "nonsense"), (10**30, "reject"), (0, "reject")):
        assert client.get(f"{LIST}words/{program_id}/{kind}/").status_code == 404
    template.refresh_from_db()
    assert template.subject == OWN.subject


def test_the_list_and_the_page_ask_as_often_for_thirty_as_for_one(client, django_assert_num_queries):
    program = make_program()
    user = make_recruiter(program)
    client.force_login(user)
    window = make_window(program)
    make_application(window)
    save(program, user)
    counts = set()
    for number in (0, 29):
        for _each in range(number):
            other = make_program()
            make_recruiter(other).memberships.update(user=user)
            save(other, user)
            make_application(window)
        for url in (LIST, words_url(program)):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            counts.add((url, len(queries)))
    assert len(counts) == 2


# --- The letters ---


def test_a_decision_speaks_in_the_programs_words_one_by_one_and_in_bulk(client, program, recruiter):
    application, foreign = reviewed(program, recruiter), make_application()
    save(program, recruiter)
    page = client.get(reverse("admin:applications_decide", args=[application.pk, "reject"]))
    assert page.context["letter"]["subject"].value() == "News from Data Science"
    chosen = {"action": "bulk_reject", "_selected_action": [application.pk]}
    page = client.post(reverse("admin:applications_application_changelist"), chosen)
    told = f"this is {application.reference}, write to program@pinterns.example."
    assert told in page.text
    decide(application=application, action="reject", by=recruiter, seen_status="in_review")
    letter = Letter.objects.get(kind="reject")
    assert letter.body == f"Hello Ada Example,\n\n{told}\n"
    assert letter.reply_to == "program@pinterns.example"
    assert compose(foreign, "reject").body.startswith("Dear Ada Example,\n\nThank you for the time")


def test_a_letter_that_is_written_keeps_its_words(program, recruiter):
    application = reviewed(program, recruiter)
    decide(application=application, action="reject", by=recruiter, seen_status="in_review")
    save(program, recruiter)
    assert "Thank you for the time" in Letter.objects.get(kind="reject").body


def test_the_bulk_page_asks_as_often_for_thirty_as_for_one(client, program, recruiter):
    save(program, recruiter)
    counts, applications = set(), []
    for number in (1, 29):
        applications += [reviewed(program, recruiter) for _each in range(number)]
        chosen = {"action": "bulk_reject", "_selected_action": [each.pk for each in applications]}
        with CaptureQueriesContext(connection) as queries:
            page = client.post(reverse("admin:applications_application_changelist"), chosen)
        assert page.text.count("Hello Ada Example") == len(applications)
        counts.add(len(queries))
    assert len(counts) == 1


def test_an_answer_to_an_offer_knows_its_terms(program, recruiter):
    application = reviewed(program, recruiter)
    save(program, recruiter, "accept", LetterText("Welcome to {office}", "See you on {start_date}."))
    terms = OfferTerms(program.offices.get(), date(2199, 6, 1), date(2199, 4, 1))
    decide(application=application, action="offer", by=recruiter, seen_status="in_review", terms=terms)
    answer_offer(application=application, accept=True)
    letter = Letter.objects.get(kind="accept")
    assert (letter.subject, letter.body) == (f"Welcome to {terms.office.name}", "See you on 1 June 2199.\n")


def test_a_name_that_looks_like_a_placeholder_or_a_header_stays_a_name(program, recruiter):
    application = reviewed(program, recruiter)
    application.full_name = "{link}\r\nBcc: eve@example.org {office} %s"
    save(program, recruiter, words=LetterText("For {name}", "Dear {name}."))
    text = compose(application, "reject")
    assert text.subject == "For {link} Bcc: eve@example.org {office} %s"
    assert text.body == f"Dear {application.full_name}.\n"


@pytest.mark.parametrize("minutes", [0, 10])
def test_decisions_wait_and_what_a_candidate_did_is_told_at_once(program, recruiter, settings, minutes):
    settings.LETTER_DELAY_MINUTES = minutes
    application = reviewed(program, recruiter)
    at = timezone.now()
    decide(application=application, action="waitlist", by=recruiter, seen_status="in_review", at=at)
    withdraw(application=application, at=at + timedelta(minutes=minutes))
    for letter in Letter.objects.all():
        waits = timedelta(minutes=minutes if letter.kind == "waitlist" else 0)
        assert letter.send_after - letter.created_at == waits, letter.kind
