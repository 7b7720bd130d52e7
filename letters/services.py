"""Writing letters. Sending them is letters.delivery's."""

import logging
import uuid
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

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
    Raises ValidationError when an address is none; the arguments are those of new_letter().
    """
    letter = new_letter(
        to=addressee.email,
        addressee=addressee,
        subject=subject,
        body=body,
        about=about,
        kind=kind,
        reply_to=reply_to,
        at=at,
        send_after=send_after,
    )
    letter.save(force_insert=True)
    return letter


def new_letter(
    *,
    to: str,
    addressee: User | None,
    subject: str,
    body: str,
    about: str = "",
    kind: str,
    reply_to: str = "",
    unsubscribe_url: str = "",
    at: datetime | None = None,
    send_after: datetime | None = None,
) -> Letter:
    """A letter that is not saved yet, for whoever writes many: Letter.objects.bulk_create() saves them at once.

    to: the address; addressee: whose it is, None for an address without an account.
    subject: becomes one line of at most 200 characters. body: plain text, kept exactly.
    unsubscribe_url: where one click ends letters like this one; empty for letters that must reach their addressee.
    at: when it is written (aware; now). send_after: when it may leave at the earliest (aware; at once).
    Raises ValidationError when an address is none.
    """
    at = at or timezone.now()
    for address in filter(None, (to, reply_to)):
        validate_email(address)
    return Letter(
        addressee=addressee,
        to=to,
        subject=one_line(subject),
        body=_storable(body),
        reply_to=reply_to,
        unsubscribe_url=unsubscribe_url,
        about=about,
        kind=kind,
        message_id=_new_message_id(),
        created_at=at,
        send_after=send_after or at,
    )


def one_line(subject: str) -> str:
    """A subject as letters have it, of at most 200 characters: a line break in a header begins another header."""
    return Truncator(" ".join(_storable(subject).split())).chars(200)


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


def send_again(*, letter: Letter, to: str, by: User, at: datetime | None = None) -> Letter:
    """Write the same words once more, to the address `to`, and return the new letter; it leaves at once.

    The old one stays as it is. A letter is sent again once: after that, its copy is.
    Raises ValidationError, with a sentence for the one who asked, for a letter that has not left, for one that was sent
    again already, and for an address that is none.
    """
    if letter.status not in (Letter.Status.SENT, Letter.Status.FAILED):
        raise ValidationError(_("Only a letter that was sent, or that failed, can be sent again."))
    to = Letter._meta.get_field("to").clean(to, None)
    at = at or timezone.now()
    try:
        with transaction.atomic():
            copy = Letter.objects.create(
                copy_of=letter,
                addressee=letter.addressee,
                to=to,
                subject=letter.subject,
                body=letter.body,
                reply_to=letter.reply_to,
                unsubscribe_url=letter.unsubscribe_url,
                about=letter.about,
                kind=letter.kind,
                message_id=_new_message_id(),
                created_at=at,
                send_after=at,
            )
    except IntegrityError as error:
        raise ValidationError(_("This letter was sent again already. Look at the newer one.")) from error
    logger.info("letter %s is sent again as %s, by user %s", letter.pk, copy.pk, by.pk)
    return copy


def _new_message_id() -> str:
    """Fixed before the first try, so that mail programs show a letter that had to be sent twice as one."""
    return f"<{uuid.uuid4().hex}@{urlsplit(settings.SITE_URL).hostname}>"


def _storable(text: str) -> str:
    """Text that every database stores: PostgreSQL refuses NUL and lone surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
