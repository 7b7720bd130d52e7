"""Delivering letters to a real mail server, by the clock that the test gives."""

from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.utils import timezone

from letters import delivery
from letters.delivery import LEASE, claim, deliver_due, deliveries
from letters.models import Letter
from letters.retries import LONGEST_PAUSE, MOST_TRIES, pause_after
from letters.services import new_letter, retry_letter

pytestmark = pytest.mark.django_db


def test_a_letter_arrives_as_it_was_written(write, sink, settings):
    settings.DEFAULT_FROM_EMAIL = "Pinterns <internships@pinterns.example>"
    letter = write(subject="Für Zoë 📌", body="Grüße,\n.\nend\n", reply_to="pins@example.org")
    assert deliver_due() == 1
    [message] = sink.messages
    assert message["Subject"] == "Für Zoë 📌"
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == "Grüße,\n.\nend\n"
    assert message["Message-ID"] == letter.message_id
    assert (message["From"], message["To"]) == ("Pinterns <internships@pinterns.example>", "ada@example.org")
    assert (message["Reply-To"], message["Auto-Submitted"]) == ("pins@example.org", "auto-generated")
    letter.refresh_from_db()
    assert (letter.status, letter.tries, letter.claimed_until, letter.last_error) == ("sent", 1, None, "")
    assert letter.sent_at is not None
    assert deliver_due() == 0


def test_a_letter_that_one_click_ends_says_so_in_its_headers_and_no_other_does(write, sink):
    url = "https://pinterns.example/unsubscribe/" + "x" * 120 + "/"
    new_letter(
        to="eve@example.org", addressee=None, subject="News", body="It is open.", kind="news", unsubscribe_url=url
    ).save()
    write()
    assert deliver_due() == 2
    news, receipt = sorted(sink.messages, key=lambda message: message["To"], reverse=True)
    assert news["List-Unsubscribe"].strip() == f"<{url}>"  # the header is folded before so long an address
    assert news["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert receipt["List-Unsubscribe"] is receipt["List-Unsubscribe-Post"] is None


def test_a_batch_goes_oldest_first_over_one_connection(write, sink):
    now = timezone.now()
    late, early = write(subject="late", at=now), write(subject="early", at=now - timedelta(hours=1))
    write(subject="not yet", at=now, send_after=now + timedelta(seconds=1))
    assert deliver_due(at=now, limit=1) == 1
    write(subject="later", at=now)
    assert deliver_due(at=now) == 2
    assert [message["Subject"] for message in sink.messages] == ["early", "late", "later"]
    assert sink.sessions == 2
    assert Letter.objects.filter(pk__in=[late.pk, early.pk], sent_at=now).count() == 2


def test_what_another_worker_has_in_hand_is_left_alone_until_its_lease_ends(write, sink):
    now = timezone.now()
    letter = write(at=now)
    assert claim(letter.pk, at=now)
    assert claim(letter.pk, at=now) is None
    assert deliver_due(at=now + LEASE - timedelta(milliseconds=1)) == 0
    assert deliver_due(at=now + LEASE) == 1
    assert timedelta(0) < LEASE < timedelta(minutes=5)


def test_a_claim_between_looking_and_taking_wins(write, sink, monkeypatch):
    now = timezone.now()
    mine, theirs = write(at=now), write(at=now)
    letters = deliveries(at=now)
    assert next(letters) == mine
    assert claim(theirs.pk, at=now)
    assert list(letters) == []


def test_pauses_grow_to_five_minutes_and_last_a_day():
    pauses = [pause_after(tries) for tries in range(1, MOST_TRIES)]
    assert pauses == sorted(pauses)
    assert pauses[0] < timedelta(seconds=10)
    assert max(pauses) == LONGEST_PAUSE == timedelta(minutes=5)
    assert timedelta(hours=24) <= sum(pauses, timedelta()) < timedelta(hours=26)


def test_after_its_last_try_a_letter_is_given_up_and_can_be_tried_again(write, ada, sink):
    sink.data_reply = "451 not now, ada@example.org"
    at = timezone.now()
    letter = write(at=at)
    Letter.objects.update(tries=MOST_TRIES - 2)
    assert deliver_due(at=at) == 0
    letter.refresh_from_db()
    assert (letter.status, letter.send_after) == ("queued", at + LONGEST_PAUSE)
    assert deliver_due(at=letter.send_after) == 0
    letter.refresh_from_db()
    assert (letter.status, letter.tries, letter.last_error) == ("failed", MOST_TRIES, "SMTPDataError 451")
    sink.data_reply = "250 OK"
    assert deliver_due(at=at + timedelta(days=1)) == 0
    assert retry_letter(letter, by=ada, at=at)
    assert deliver_due(at=at) == 1


def test_an_address_refused_for_good_fails_at_once_and_keeps_nobody_waiting(write, sink):
    sink.refusals["ada@example.org"] = "550 no such person: ada@example.org"
    wrong = write()
    right = write()
    Letter.objects.filter(pk=right.pk).update(to="grace@example.org")
    assert deliver_due() == 1
    wrong.refresh_from_db()
    assert (wrong.status, wrong.tries, wrong.last_error) == ("failed", 1, "SMTPRecipientsRefused 550")
    assert (sink.messages[0]["To"], sink.sessions) == ("grace@example.org", 1)


def test_an_address_refused_for_now_is_tried_again(write, sink):
    now = timezone.now()
    sink.refusals["ada@example.org"] = "450 try later"
    letter = write(at=now)
    deliver_due(at=now)
    letter.refresh_from_db()
    assert (letter.status, letter.last_error) == ("queued", "SMTPRecipientsRefused 450")
    assert letter.send_after == now + pause_after(1)
    assert letter.claimed_until is None
    sink.refusals.clear()
    assert deliver_due(at=letter.send_after) == 1


def test_a_letter_that_cannot_be_made_keeps_no_other(write, sink, monkeypatch):
    broken, sound = write(subject="broken"), write(subject="sound")
    to_message = delivery.to_message
    monkeypatch.setattr(
        delivery, "to_message", lambda letter: to_message(letter) if letter.pk == sound.pk else {}["ada@example.org"]
    )
    assert deliver_due() == 1
    broken.refresh_from_db()
    assert (broken.status, broken.last_error) == ("queued", "KeyError")


def test_a_late_answer_of_one_whose_claim_ran_out_does_not_undo_what_another_did(write, sink):
    now = timezone.now()
    letter = write(at=now)
    slow = claim(letter.pk, at=now)
    assert deliver_due(at=now + LEASE) == 1
    delivery._mark_unsent(slow, TimeoutError(), at=now + LEASE)
    letter.refresh_from_db()
    assert (letter.status, letter.sent_at) == ("sent", now + LEASE)


def test_what_was_sent_is_sent_even_when_another_had_given_it_up(write):
    now = timezone.now()
    letter = write(at=now)
    slow = claim(letter.pk, at=now)
    Letter.objects.update(status="failed", claimed_until=None)
    delivery._mark_sent(slow, at=now)
    letter.refresh_from_db()
    assert letter.status == "sent"


def test_a_letter_at_which_the_server_hangs_up_does_not_hold_back_the_others(write, sink):
    now = timezone.now()
    sink.data_reply = "421 closing"
    poison = write(at=now)
    others = {write(at=now).pk for _ in range(3)}
    assert deliver_due(at=now) == 0
    sink.data_reply = "250 OK"
    assert {letter.pk for letter in deliveries(at=now)} == others
    poison.refresh_from_db()
    assert (poison.status, poison.send_after) == ("queued", now + pause_after(1))


def test_when_the_server_cannot_be_reached_each_letter_has_its_own_next_pause(write, settings):
    settings.EMAIL_BACKEND = f"{__name__}.UnreachableBackend"
    now = timezone.now()
    letters = [write(at=now) for _ in range(MOST_TRIES)]
    for tries, letter in enumerate(letters):
        Letter.objects.filter(pk=letter.pk).update(tries=tries)
    held = write(at=now)
    assert claim(held.pk, at=now)
    later = write(at=now, send_after=now + timedelta(seconds=1))
    assert deliver_due(at=now) == 0
    for letter in letters[:-1]:
        before = letters.index(letter)
        letter.refresh_from_db()
        assert (letter.tries, letter.send_after) == (before + 1, now + pause_after(before + 1))
    letters[-1].refresh_from_db()
    assert (letters[-1].status, letters[-1].tries) == ("failed", MOST_TRIES)
    for untouched in (held, later):
        untouched.refresh_from_db()
        assert untouched.last_error == ""


class UnreachableBackend(BaseEmailBackend):
    """A mail server that refuses connections."""

    def open(self):
        raise ConnectionRefusedError


class SilentBackend(BaseEmailBackend):
    """Sends nothing and says so in its count alone."""

    def send_messages(self, email_messages):
        return 0


def test_a_backend_that_took_nothing_has_not_sent(write, settings):
    settings.EMAIL_BACKEND = f"{__name__}.SilentBackend"
    letter = write()
    assert deliver_due() == 0
    letter.refresh_from_db()
    assert letter.status == "queued"


def test_looking_for_letters_costs_one_query_and_reads_only_the_queue(write, django_assert_num_queries):
    now = timezone.now()
    sent = {"to": "ada@example.org", "status": "sent", "created_at": now, "send_after": now, "sent_at": now}
    Letter.objects.bulk_create(Letter(message_id=f"<{number}@testserver>", **sent) for number in range(3000))
    write(send_after=now + timedelta(hours=1))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with django_assert_num_queries(1):
        assert deliver_due(at=now) == 0
    assert "letter_due" in Letter.objects.due(now).order_by("send_after", "pk")[:50].explain()


@pytest.mark.parametrize(("seconds", "well"), [(10, True), (15, True), (16, False), (0, False), (None, False)])
def test_a_timeout_that_outlasts_the_lease_stops_the_start(settings, seconds, well):
    settings.EMAIL_TIMEOUT = seconds
    assert ("letters.E001" not in {error.id for error in run_checks()}) is well


@pytest.mark.parametrize(("seconds", "well"), [(5, True), (0, False), (16, False)])
def test_a_timeout_of_codes_that_is_none_stops_the_start(settings, seconds, well):
    settings.EMAIL_CODE_TIMEOUT = seconds
    assert ("letters.E002" not in {error.id for error in run_checks()}) is well
