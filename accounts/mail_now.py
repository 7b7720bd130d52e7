"""A letter for which somebody waits at the page: sent here and now, and never for longer than a page may take.

A web process has a few threads, and a mail server that takes connections and never answers could hold them all. So at
most AT_ONCE of them talk to it, none waits for an answer longer than EMAIL_CODE_TIMEOUT, and a server that could not be
reached is left alone for AWAY_SECONDS: whoever asks meanwhile is told at once.
"""

import contextlib
import logging
import threading

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage, get_connection

logger = logging.getLogger(__name__)

AT_ONCE = 2  # threads of one process
TURN_SECONDS = 1
# Nobody came to their turn in time: the server is slow or about to be found away, so others need not wait to see it.
SLOW_SECONDS = 2
AWAY_SECONDS = 20
_AWAY = "accounts.mail_now.away"
_turns = threading.BoundedSemaphore(AT_ONCE)


class MailServerAway(Exception):
    """The mail server does not answer, or is too slow for all who ask; in some seconds it is asked again."""


def is_away() -> bool:
    """Whether the mail server was found away moments ago."""
    return cache.get(_AWAY, False)


def send_now(message: EmailMessage) -> None:
    """Hands `message` to the mail server. Ask is_away() first.

    Raises MailServerAway when the server can't be reached; OSError when it does not take this letter, ValueError for an
    address that no header can hold.
    """
    if not _turns.acquire(timeout=TURN_SECONDS):
        cache.set(_AWAY, True, SLOW_SECONDS)
        logger.warning("The mail server is slow: a code did not come to its turn within %s s", TURN_SECONDS)
        raise MailServerAway
    try:
        _send(message)
    finally:
        _turns.release()


def _send(message: EmailMessage) -> None:
    message.connection = get_connection(timeout=settings.EMAIL_CODE_TIMEOUT)
    try:
        message.connection.open()
    except OSError as error:
        cache.set(_AWAY, True, AWAY_SECONDS)
        logger.error("The mail server is away, so no codes leave: %s", type(error).__name__)
        raise MailServerAway from error
    try:
        message.send()
    finally:
        with contextlib.suppress(OSError):
            message.connection.close()
