"""Writing letters. Sending them is letters.delivery's."""

import logging
import uuid
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.text import Truncator

from accounts.models import User
from letters.models import Letter

logger = logging.getLogger(__name__)


def write_letter(
    *,
    addressee: User,
    subject: str,
    body: str,
    about: str = "",
    kind: str,
    reply_to: str = "",
    at: datetime | None = None,
    send_after: datetime | None = None,
) -> Letter:
    """Write a letter to somebody's address of this moment; the worker sends it.

    Call it in the transaction of what the letter tells: both are committed, or neither. Nothing is sent here.
    subject: becomes one line of at most 200 characters. body: plain text, kept exactly.
    at: when it is written (aware; now). send_after: when it may leave at the earliest (aware; at once).
    Raises ValidationError when an address is none.
    """
    at = at or timezone.now()
    for address in filter(None, (addressee.email, reply_to)):
        validate_email(address)
    return Letter.objects.create(
        addressee=addressee,
        to=addressee.email,
        # A line break in a header begins another header.
        subject=Truncator(" ".join(_storable(subject).split())).chars(200),
        body=_storable(body),
        reply_to=reply_to,
        about=about,
        kind=kind,
        message_id=_new_message_id(),
        created_at=at,
        send_after=send_after or at,
    )


def hold_back(letter: Letter) -> bool:
    """Keep a letter that waits from ever being sent; False when it is sent, or in a worker's hands, already."""
    waiting = Letter.objects.waiting().filter(pk=letter.pk, claimed_until=None)
    return bool(waiting.update(status=Letter.Status.HELD_BACK))


def retry_letter(letter: Letter, *, by: User, at: datetime | None = None) -> bool:
    """Put a failed letter back in the queue, to be sent at once and tried for a day again.

    Returns False, and changes nothing, when it isn't failed (any more): somebody else was faster.
    """
    put_back = (
        Letter.objects.failed()
        .filter(pk=letter.pk)
        .update(status=Letter.Status.QUEUED, send_after=at or timezone.now(), tries=0)
    )
    if put_back:
        logger.info("letter %s is tried again, by user %s", letter.pk, by.pk)
    return bool(put_back)


def _new_message_id() -> str:
    """Fixed before the first try, so that mail programs show a letter that had to be sent twice as one."""
    return f"<{uuid.uuid4().hex}@{urlsplit(settings.SITE_URL).hostname}>"


def _storable(text: str) -> str:
    """Text that every database stores: PostgreSQL refuses NUL and lone surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
