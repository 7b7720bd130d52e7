"""Letters on an application's page: read as written, a failed one is tried again, and any is sent again elsewhere."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.decisions import decide
from letters.delivery import deliver_due
from letters.models import Letter
from letters.services import hold_back
from programs.times import when
from tests.factories import make_application, make_program, make_recruiter, make_reviewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def application():
    """Its receipt failed."""
    application = make_application()
    Letter.objects.update(status=Letter.Status.FAILED, tries=300, last_error="SMTPRecipientsRefused 550")
    return application


def page_of(application):
    return reverse("admin:applications_application_change", args=[application.pk])


def again(application, letter):
    return reverse("admin:applications_letter", args=[application.pk, letter.pk])


def elsewhere(application, letter):
    return reverse("admin:applications_letter_again", args=[application.pk, letter.pk])


def test_a_recruiter_tries_a_failed_letter_again(client, application, mailoutbox):
    client.force_login(make_recruiter(application.program))
    letter = Letter.objects.get()
    page = client.get(page_of(application)).text
    assert "failed" in page
    assert f'action="{again(application, letter)}"' in page
    assert client.get(again(application, letter)).status_code == 405
    assert "on its way again" in client.post(again(application, letter), follow=True).text
    assert deliver_due(at=timezone.now()) == 1
    assert [mail.to for mail in mailoutbox] == [[application.candidate.email]]
    assert "not failed any more" in client.post(again(application, letter), follow=True).text
    assert f'action="{again(application, letter)}"' not in client.get(page_of(application)).text


def test_only_those_who_decide_here_and_only_letters_of_this_application(client, application):
    letter, other = Letter.objects.get(), make_application()
    client.force_login(make_recruiter(make_program()))
    assert client.post(again(application, letter)).status_code in (403, 404)
    client.force_login(make_recruiter(other.program))
    assert client.post(again(other, letter)).status_code == 404
    letter.refresh_from_db()
    assert letter.status == Letter.Status.FAILED


def test_a_recruiter_corrects_the_address_and_sends_again(client, application, mailoutbox):
    client.force_login(make_recruiter(application.program))
    letter = Letter.objects.get()
    url = elsewhere(application, letter)
    assert url in client.get(page_of(application)).text
    page = client.get(url)
    assert page.context["form"]["to"].value() == letter.to
    assert f"the candidate still signs in with {application.candidate.email}" in page.text
    assert Letter.objects.count() == 1

    page = client.post(url, {"to": "ada@example.com"}, follow=True)
    assert "The letter is on its way to ada@example.com." in page.text
    assert f"the candidate still signs in with {application.candidate.email}" in page.text
    assert "sent again to ada@example.com" in page.text
    assert deliver_due() == 1
    [mail] = mailoutbox
    assert (mail.to, mail.subject, mail.body) == (["ada@example.com"], letter.subject, letter.body)
    assert (mail.reply_to, mail.extra_headers["Message-ID"] != letter.message_id) == (
        [application.program.contact_email],
        True,
    )
    letter.refresh_from_db()
    assert letter.status == Letter.Status.FAILED
    again_page = client.post(url, {"to": "ada@example.com"})
    assert "again already" in again_page.text
    assert Letter.objects.count() == 2
    assert url not in client.get(page_of(application)).text


def test_sent_to_the_address_of_the_account_there_is_nothing_to_warn_of(client, application):
    client.force_login(make_recruiter(application.program))
    letter = Letter.objects.get()
    page = client.post(elsewhere(application, letter), {"to": letter.to.upper()}, follow=True)
    assert "still signs in" not in page.text


@pytest.mark.parametrize("to", ["", "nowhere", "a@b", "a@example.org\nBcc: eve@example.org", "\x00", "a" * 300])
def test_an_address_that_is_none_is_refused_at_its_field(client, application, to):
    client.force_login(make_recruiter(application.program))
    page = client.post(elsewhere(application, Letter.objects.get()), {"to": to})
    assert page.context["form"].errors["to"]
    assert Letter.objects.count() == 1


def test_only_those_who_decide_here_send_again_and_only_letters_of_this_application(client, application):
    letter, other = Letter.objects.get(), make_application()
    for stranger in (make_recruiter(make_program()), make_reviewer(application.program)):
        client.force_login(stranger)
        for answer in (client.get(elsewhere(application, letter)), client.post(elsewhere(application, letter))):
            assert answer.status_code in (403, 404)
    client.force_login(make_recruiter(other.program))
    assert client.get(elsewhere(other, letter)).status_code == 404
    assert client.get(f"{page_of(other)}../letters/{10**30}/again/").status_code == 404
    assert Letter.objects.count() == 2


def test_the_page_says_what_became_of_each_letter(client, application, settings):
    settings.LETTER_DELAY_MINUTES = 10
    recruiter, at = make_recruiter(application.program), timezone.now()
    client.force_login(recruiter)
    decide(application=application, action="review", by=recruiter, seen_status="submitted")
    decide(application=application, action="waitlist", by=recruiter, seen_status="in_review", at=at)
    letter = Letter.objects.get(kind="waitlist")
    page = client.get(page_of(application)).text
    assert f"leaves {when(at + timedelta(minutes=10), application.window.zone)}" in " ".join(page.split())
    assert elsewhere(application, letter) not in page
    assert "Only a letter that was sent" in client.post(elsewhere(application, letter), {"to": "a@example.org"}).text
    hold_back(letter)
    page = client.get(page_of(application)).text
    assert "held back: it was never sent" in page
    assert "its letter was held back" in page
    assert elsewhere(application, letter) not in page


def test_the_page_asks_as_often_for_thirty_letters_as_for_one(client, application):
    client.force_login(make_recruiter(application.program))
    counts = set()
    for number in (0, 29):
        for _each in range(number):
            letter = Letter.objects.filter(copy=None).latest("pk")
            client.post(elsewhere(application, letter), {"to": letter.to})
            Letter.objects.update(status="failed")
        with CaptureQueriesContext(connection) as queries:
            client.get(page_of(application))
        counts.add(len(queries))
    assert len(counts) == 1
    assert Letter.objects.count() == 30
