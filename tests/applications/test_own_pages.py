"""A candidate's own pages, and that nobody else gets near them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.decisions import decide
from applications.letter_texts import OfferTerms
from applications.models import Application, Document
from programs.models import Window
from tests.factories import make_application, make_draft, make_program, make_recruiter, make_user, make_window, post_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def application(client):
    """Sent with a file by a candidate who is signed in, as the browser does it."""
    window = make_window(make_program("Data Science", asks=("document", "statement")))
    candidate = make_user("ada@example.org")
    client.force_login(candidate)
    client.post(window.program.apply_url, post_for(window, action="send"))
    return Application.objects.get(candidate=candidate)


def own_urls(application):
    page = application.get_absolute_url()
    document = application.answers.get(kind="document").document
    return [page, f"{page}withdraw/", f"{page}offer/", document.get_absolute_url()]


def test_what_is_anothers_is_not_there(client, application):
    for other in (make_user(), make_recruiter(make_program())):
        client.force_login(other)
        for url in own_urls(application):
            assert client.get(url).status_code == 404, url
            if "/documents/" not in url:
                assert client.post(url).status_code in (404, 405), url
        assert application.reference not in client.get("/applications/").content.decode()
    application.refresh_from_db()
    assert application.status == "submitted"


def test_what_is_absent_looks_the_same_and_anonymous_people_are_asked_to_sign_in(client, application):
    assert client.get("/applications/ZZZZ-ZZZZ/").status_code == 404
    assert client.get("/documents/00000000-0000-0000-0000-000000000000/").status_code == 404
    client.logout()
    for url in own_urls(application):
        assert client.get(url)["Location"].startswith("/sign-in/")


def test_a_file_comes_as_an_attachment_that_runs_nothing(client, application):
    document = Document.objects.get()
    response = client.get(document.get_absolute_url())
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response["Cache-Control"]


def test_recruiters_read_the_files_of_sent_applications_of_their_programs(client, application):
    document = Document.objects.get()
    client.force_login(make_recruiter(application.program))
    assert client.get(document.get_absolute_url()).status_code == 200
    window = make_window(make_program(asks=("document",)))
    draft = make_draft(window)
    Document.objects.filter(pk=document.pk).update(application=draft)
    client.force_login(make_recruiter(window.program))
    assert client.get(document.get_absolute_url()).status_code == 404


def test_staff_without_their_second_factor_read_nobodys_files(client, application, settings):
    settings.STAFF_MFA_REQUIRED = True
    document = Document.objects.get()
    client.force_login(make_recruiter(application.program))
    assert client.get(document.get_absolute_url()).status_code == 404
    assert client.get(f"/programs/{application.program.slug}/preview/").status_code == 404
    client.force_login(application.candidate)
    assert client.get(document.get_absolute_url()).status_code == 200


def test_private_pages_are_never_cached(client, application):
    for url in [*own_urls(application), "/applications/", application.program.apply_url]:
        assert "no-store" in client.get(url)["Cache-Control"], url


def test_the_reference_works_in_lower_case(client, application):
    assert client.get(application.get_absolute_url().lower()).status_code == 200


def test_the_story_is_told_in_plain_words_and_keeps_notes_inside(client, application):
    recruiter = make_recruiter(application.program, name="Rita Recruiter")
    decide(application=application, action="review", by=recruiter, seen_status="submitted", note="Secret note")
    page = client.get(application.get_absolute_url()).content.decode()
    assert "You sent your application." in page
    assert "We began to review your application." in page
    assert "1 March 2027" in page
    assert "Secret note" not in page
    assert "Rita" not in page


def offer(application):
    recruiter = make_recruiter(application.program)
    decide(application=application, action="review", by=recruiter, seen_status="submitted")
    terms = OfferTerms(application.program.offices.get(), date(2027, 6, 1), timezone.now().date() + timedelta(days=9))
    decide(application=application, action="offer", by=recruiter, seen_status="in_review", terms=terms)


def test_an_offer_is_shown_asked_about_and_accepted(client, application):
    offer(application)
    page = f"{application.get_absolute_url()}offer/"
    assert "1 June 2027" in client.get(page).content.decode()
    assert client.post(page, {"answer": "perhaps"}).status_code == 200
    application.refresh_from_db()
    assert application.status == "offer"
    assert "Welcome" in client.post(page, {"answer": "accept"}, follow=True).content.decode()
    application.refresh_from_db()
    assert application.status == "accepted"
    assert client.post(page, {"answer": "decline"}).status_code == 302
    application.refresh_from_db()
    assert application.status == "accepted"


def test_a_stale_withdrawal_is_refused_with_a_sentence(client, application):
    decide(application=application, action="review", by=make_recruiter(application.program), seen_status="submitted")
    decide(application=application, action="reject", by=make_recruiter(application.program), seen_status="in_review")
    page = client.post(f"{application.get_absolute_url()}withdraw/", follow=True).content.decode()
    assert "is not possible" in page


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("in_review", "are reading it"),
        ("interview", "want to talk with you"),
        ("waitlisted", "on the waitlist"),
        ("rejected", "could not offer you a place"),
        ("withdrawn", "You withdrew it"),
        ("lapsed", "has passed"),
    ],
)
def test_every_status_has_its_page(client, application, status, told):
    offer(application)
    Application.objects.filter(pk=application.pk).update(status=status)
    assert told in client.get(application.get_absolute_url()).content.decode()
    Window.objects.update(closes_at=timezone.now())
    assert client.get(application.get_absolute_url()).status_code == 200


def test_the_list_takes_the_same_number_of_queries_with_one_and_with_thirty(client):
    candidate = make_user()
    client.force_login(candidate)
    counts = set()
    for number in (1, 29):
        for _each in range(number):
            make_application(candidate=candidate)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/applications/").status_code == 200
        counts.add(len(queries))
    assert len(counts) == 1
