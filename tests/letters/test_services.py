"""Writing letters."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from letters.delivery import deliver_due
from letters.models import Letter
from letters.services import hold_back, retry_letter, send_again

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


def test_the_backlog_in_two_queries(write, ada, django_assert_num_queries):
    assert Letter.objects.backlog() == {"waiting": 0, "later": 0, "oldest": None, "failed": 0}
    now = timezone.now()
    write(at=now - timedelta(days=1), send_after=now + timedelta(minutes=10))
    oldest, tried, sent, failed = write(), write(), write(), write()
    Letter.objects.filter(pk=tried.pk).update(tries=1, send_after=now + timedelta(minutes=5))
    Letter.objects.filter(pk=sent.pk).update(status="sent", sent_at=timezone.now())
    Letter.objects.filter(pk=failed.pk).update(status="failed")
    failed.refresh_from_db()
    with django_assert_num_queries(2):
        assert Letter.objects.backlog() == {"waiting": 2, "later": 1, "oldest": oldest.created_at, "failed": 1}
    send_again(letter=failed, to="ada@example.com", by=ada)
    backlog = Letter.objects.backlog()
    assert (backlog["waiting"], backlog["failed"]) == (3, 0)


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


def test_a_letter_is_sent_again_with_the_same_words_and_the_old_one_stays(write, ada, mailoutbox):
    letter = write(reply_to="pins@example.org")
    Letter.objects.update(status="sent", sent_at=timezone.now())
    letter.refresh_from_db()
    before = Letter.objects.values().get()
    copy = send_again(letter=letter, to="ada@example.com", by=ada)
    assert Letter.objects.filter(pk=letter.pk).values().get() == before
    for field in ("subject", "body", "reply_to", "about", "kind", "addressee"):
        assert getattr(copy, field) == getattr(letter, field), field
    assert (copy.to, copy.status, copy.copy_of) == ("ada@example.com", "queued", letter)
    assert copy.message_id != letter.message_id
    assert deliver_due() == 1
    assert [mail.to for mail in mailoutbox] == [["ada@example.com"]]


@pytest.mark.parametrize("status", ["queued", "held_back"])
def test_what_has_not_left_is_not_sent_again(write, ada, status):
    letter = write()
    letter.status = status
    with pytest.raises(ValidationError, match="Only a letter that was sent"):
        send_again(letter=letter, to="ada@example.com", by=ada)
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("to", ["", "nowhere", "a@example.org\nBcc: eve@example.org", "a" * 250 + "@example.org"])
def test_nothing_is_sent_again_to_an_address_that_is_none(write, ada, to):
    letter = write()
    letter.status = "failed"
    with pytest.raises(ValidationError):
        send_again(letter=letter, to=to, by=ada)
    assert Letter.objects.count() == 1


def test_a_second_click_sends_nothing_again_and_the_copy_can_be(write, ada):
    letter = write()
    Letter.objects.update(status="failed")
    letter.refresh_from_db()
    copy = send_again(letter=letter, to="ada@example.com", by=ada)
    with pytest.raises(ValidationError, match="again already"):
        send_again(letter=letter, to="ada@example.com", by=ada)
    assert not Letter.objects.failed().exists()
    Letter.objects.filter(pk=copy.pk).update(status="failed")
    copy.refresh_from_db()
    assert list(Letter.objects.failed()) == [copy]
    assert send_again(letter=copy, to="ada@example.net", by=ada).copy_of == copy


def test_its_addressee_knows_nothing_of_what_waits_or_was_held_back(write):
    now = timezone.now()
    due, waiting, held_back, tried = write(), write(send_after=now + timedelta(minutes=1)), write(), write()
    hold_back(held_back)
    Letter.objects.filter(pk=tried.pk).update(tries=1, send_after=now + timedelta(minutes=1))
    now += timedelta(seconds=1)
    assert set(Letter.objects.known_to_addressee(now)) == {due, tried}
    for letter in Letter.objects.all():
        assert letter.is_not_due_yet(now) == (letter == waiting)
        assert letter.is_known_to_addressee(now) == (letter in (due, tried))
    assert waiting in Letter.objects.known_to_addressee(now + timedelta(minutes=1))


def test_a_letter_is_held_back_only_while_nobody_has_it(write):
    letter, claimed, sent = write(), write(), write()
    Letter.objects.filter(pk=claimed.pk).update(claimed_until=timezone.now())
    Letter.objects.filter(pk=sent.pk).update(status="sent", sent_at=timezone.now())
    assert [hold_back(each) for each in (letter, claimed, sent)] == [True, False, False]
    assert not hold_back(letter)
    assert deliver_due() == 1
    letter.refresh_from_db()
    assert letter.status == "held_back"
