"""Letters on an application's page: read as written, and a failed one is sent again."""

import pytest
from django.urls import reverse
from django.utils import timezone

from letters.delivery import deliver_due
from letters.models import Letter
from tests.factories import make_application, make_program, make_recruiter

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


def test_a_recruiter_sends_a_failed_letter_again(client, application, mailoutbox):
    client.force_login(make_recruiter(application.program))
    letter = Letter.objects.get()
    page = client.get(page_of(application)).text
    assert "failed" in page
    assert again(application, letter) in page
    assert client.get(again(application, letter)).status_code == 405
    assert "on its way again" in client.post(again(application, letter), follow=True).text
    assert deliver_due(at=timezone.now()) == 1
    assert [mail.to for mail in mailoutbox] == [[application.candidate.email]]
    assert "not failed any more" in client.post(again(application, letter), follow=True).text
    assert again(application, letter) not in client.get(page_of(application)).text


def test_only_those_who_decide_here_and_only_letters_of_this_application(client, application):
    letter, other = Letter.objects.get(), make_application()
    client.force_login(make_recruiter(make_program()))
    assert client.post(again(application, letter)).status_code in (403, 404)
    client.force_login(make_recruiter(other.program))
    assert client.post(again(other, letter)).status_code == 404
    letter.refresh_from_db()
    assert letter.status == Letter.Status.FAILED
