"""Delivering letters: at least once each, by any number of workers, whatever breaks in between.

A letter is claimed by a conditional UPDATE just before it is sent, and marked just after. A worker that dies in between
leaves a claim that runs out; then another takes the letter, and what left twice carries one Message-ID. Exactly once is
nothing that mail offers.
"""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Case, DateTimeField, F, Value, When
from django.utils import timezone

from accounts.mail import as_mail
from letters.models import Letter
from letters.retries import LONGEST_PAUSE, MOST_TRIES, pause_after

# Longer than the longest try (letters.checks), and short enough that a letter of a dead worker leaves within 5 minutes.
LEASE = timedelta(minutes=4)
HANGING_UP = 421  # a mail server's reply when it ends the connection (RFC 5321 section 3.8)


class _NothingTakenError(Exception):
    """The mail backend reported no error and no letter sent."""


def deliver_due(*, at: datetime | None = None, limit: int = 50) -> int:
    """Send the letters that are due, at most `limit`, and return how many were sent.

    Call it outside of transactions: each letter is marked, and that committed, at once.
    at: the time to go by (aware; the present one for each letter).
    """
    return sum(letter.status == Letter.Status.SENT for letter in deliveries(at=at, limit=limit))


def deliveries(*, at: datetime | None = None, limit: int = 50) -> Iterator[Letter]:
    """Try the letters that are due, oldest first, and give each as the try left it.

    Whoever stops asking for more stops the delivery between two letters. It also ends when the mail server fails: one
    that never answers costs one timeout, and not one for each letter.
    """
    due = Letter.objects.due(at or timezone.now()).order_by("send_after", "pk")
    connection = get_connection()
    try:
        for pk in list(due.values_list("pk", flat=True)[:limit]):
            # Claimed one by one: a claim on the whole batch would have to outlast all of its timeouts.
            letter = claim(pk, at=at or timezone.now())
            if letter is None:
                continue  # another worker has it
            unreachable = _error_of(connection.open)
            error = unreachable or _error_of(lambda letter=letter: _send(letter, connection))
            now = at or timezone.now()
            if error is None:
                _mark_sent(letter, at=now)
            else:
                _mark_unsent(letter, error, at=now)
            if unreachable:
                _postpone_all(unreachable, at=now)
            yield letter
            if error is not None and _is_the_servers(error):
                return
    finally:
        with contextlib.suppress(OSError):
            connection.close()


def claim(pk: int, *, at: datetime) -> Letter | None:
    """Take a letter that is due into one's hands until its lease ends; None when another worker was faster."""
    claimed = Letter.objects.due(at).filter(pk=pk).update(claimed_until=at + LEASE, tries=F("tries") + 1)
    return Letter.objects.filter(pk=pk).first() if claimed else None  # its addressee may be erased just now


def to_message(letter: Letter) -> EmailMultiAlternatives:
    """The letter as it leaves: the same each time, whichever worker sends it."""
    return as_mail(
        subject=letter.subject,
        text=letter.body,
        to=letter.to,
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers=_headers(letter),
    )


def _headers(letter: Letter) -> dict[str, str]:
    # Auto-Submitted keeps answering machines from answering (RFC 3834).
    headers = {"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"}
    if letter.unsubscribe_url:  # one click, without a page in between (RFC 8058)
        headers["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _error_of(step: Callable[[], object]) -> Exception | None:
    """What the step raised: whatever is wrong with one letter must not keep the others."""
    try:
        step()
    except Exception as error:
        return error
    return None


def _send(letter: Letter, connection: BaseEmailBackend) -> None:
    if connection.send_messages([to_message(letter)]) == 0:
        raise _NothingTakenError


def _is_the_servers(error: Exception) -> bool:
    """Whether the next letter would meet the same error: it is the mail server's, not this letter's."""
    about_the_letter = isinstance(error, (SMTPRecipientsRefused, SMTPDataError)) and _reply_code(error) != HANGING_UP
    return isinstance(error, OSError) and not about_the_letter


def _is_for_good(error: Exception) -> bool:
    """Whether the address was refused for good (a 5xx reply, RFC 5321 section 4.2.1)."""
    return isinstance(error, SMTPRecipientsRefused) and _reply_code(error) >= 500


def _reply_code(error: Exception) -> int:
    """What the mail server answered; 0 when it is no answer of a mail server."""
    if isinstance(error, SMTPRecipientsRefused):
        return max((code for code, _text in error.recipients.values()), default=0)
    return getattr(error, "smtp_code", 0)


def _mark_sent(letter: Letter, *, at: datetime) -> None:
    # Also when the claim has run out meanwhile and another worker tries, or has failed: it was sent.
    letter.status, letter.sent_at, letter.claimed_until, letter.last_error = Letter.Status.SENT, at, None, ""
    Letter.objects.filter(pk=letter.pk, sent_at=None).update(
        status=letter.status, sent_at=letter.sent_at, claimed_until=None, last_error=""
    )


def _mark_unsent(letter: Letter, error: Exception, *, at: datetime) -> None:
    """Put it back with a pause, or give it up."""
    mine = Letter.objects.waiting().filter(pk=letter.pk, claimed_until=letter.claimed_until)
    if _is_for_good(error) or letter.tries >= MOST_TRIES:
        letter.status = Letter.Status.FAILED
    else:
        letter.send_after = at + pause_after(letter.tries)
    letter.last_error = _named(error)
    letter.claimed_until = None
    mine.update(status=letter.status, send_after=letter.send_after, last_error=letter.last_error, claimed_until=None)


def _postpone_all(error: Exception, *, at: datetime) -> None:
    """Count it as a try of every letter that is due: the server that one could not reach, none can.

    So each has its growing pauses and its day, however many there are.
    """
    due = Letter.objects.due(at)
    due.filter(tries__gte=MOST_TRIES - 1).update(
        status=Letter.Status.FAILED, tries=F("tries") + 1, last_error=_named(error), claimed_until=None
    )
    growing = itertools.takewhile(lambda tries: pause_after(tries + 1) < LONGEST_PAUSE, itertools.count())
    pauses = [When(tries=tries, then=Value(at + pause_after(tries + 1))) for tries in growing]
    due.update(
        send_after=Case(*pauses, default=Value(at + LONGEST_PAUSE), output_field=DateTimeField()),
        tries=F("tries") + 1,
        last_error=_named(error),
        claimed_until=None,
    )


def _named(error: Exception) -> str:
    """Its type and the server's code: the server's own words could hold the address."""
    return f"{type(error).__name__} {_reply_code(error) or ''}".strip()
