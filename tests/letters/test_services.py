"""Writing letters."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from letters.models import Letter
from letters.services import retry_letter

pytestmark = pytest.mark.django_db


def test_a_letter_waits_and_nothing_is_sent(write, ada, mailoutbox):
    letter = write(reply_to="pins@example.org")
    letter.refresh_from_db()
    assert (letter.addressee, letter.to, letter.status, letter.tries) == (ada, "ada@example.org", "queued", 0)
    assert letter.send_after == letter.created_at
    assert mailoutbox == []


def test_without_its_transaction_there_is_no_letter(write):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write()
        raise ZeroDivisionError
    assert not Letter.objects.exists()


def test_the_message_id_is_fixed_unique_and_of_our_host(write, settings):
    settings.SITE_URL = "https://pinterns.example:8443"
    first, second = write(), write()
    assert first.message_id != second.message_id
    assert first.message_id.startswith("<")
    assert first.message_id.endswith("@pinterns.example>")


def test_a_subject_is_one_line_that_fits(write):
    assert write(subject="Hello\r\nBcc: eve@example.org\u2028there\t!").subject == "Hello Bcc: eve@example.org there !"
    assert len(write(subject="long " * 100).subject) == 200


def test_text_that_postgresql_refuses_is_kept_as_near_as_can_be(write):
    letter = write(subject="a\x00b\ud800c", body="a\x00b\ud800c\r\n")
    letter.refresh_from_db()
    assert letter.subject == "a\ufffdb?c"
    assert letter.body == "a\ufffdb?c\r\n"


def test_an_address_that_is_none_is_refused_when_the_letter_is_written(write, ada):
    with pytest.raises(ValidationError):
        write(reply_to="x@example.org\nBcc: eve@example.org")
    ada.email = "nowhere"
    with pytest.raises(ValidationError):
        write()


def test_a_letter_may_have_to_wait(write):
    now = timezone.now()
    later = write(send_after=now + timedelta(minutes=10), at=now)
    assert list(Letter.objects.waiting()) == [later]
    assert not Letter.objects.due(now + timedelta(minutes=9)).exists()
    assert list(Letter.objects.due(now + timedelta(minutes=10))) == [later]


def test_only_a_failed_letter_is_put_back(write, ada):
    letter = write()
    assert not retry_letter(letter, by=ada)
    Letter.objects.update(status="failed", tries=300, last_error="SMTPRecipientsRefused 550")
    assert retry_letter(letter, by=ada)
    assert not retry_letter(letter, by=ada)
    letter.refresh_from_db()
    assert (letter.status, letter.tries) == ("queued", 0)
    assert Letter.objects.due(timezone.now()).exists()


def test_the_backlog_in_one_query(write, django_assert_num_queries):
    assert Letter.objects.backlog() == {"waiting": 0, "oldest": None, "failed": 0}
    oldest, _second, sent, failed = write(), write(), write(), write()
    Letter.objects.filter(pk=sent.pk).update(status="sent", sent_at=timezone.now())
    Letter.objects.filter(pk=failed.pk).update(status="failed")
    with django_assert_num_queries(1):
        assert Letter.objects.backlog() == {"waiting": 2, "oldest": oldest.created_at, "failed": 1}


@pytest.mark.parametrize(
    "impossible",
    [
        {"status": "lost"},
        {"status": "sent"},
        {"sent_at": timezone.now()},
        {"status": "failed", "claimed_until": timezone.now()},
        {"to": ""},
    ],
    ids=lambda fields: "+".join(fields),
)
def test_the_database_refuses_what_cannot_be(write, impossible):
    write()
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.update(**impossible)


def test_a_letter_outlives_its_addressee(write, ada):
    letter = write()
    ada.delete()
    letter.refresh_from_db()
    assert letter.addressee is None
    assert letter.to == "ada@example.org"
