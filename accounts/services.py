"""Codes by e-mail, and the accounts that they open.

Nothing here looks for an account before a code was right: a known and an unknown address cannot be told apart.
"""

import logging
import secrets
from datetime import datetime, timedelta
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.mail import as_mail
from accounts.mail_now import MailServerAway, send_now
from accounts.models import SignInCode, User
from accounts.signed_in import end_sessions

logger = logging.getLogger(__name__)

CODE_LENGTH = 8
# Old codes are useless after fifteen minutes; a day leaves room to say "that one is too old, here is a new one".
KEPT = timedelta(days=1)


class LetterNotSent(Exception):
    """The mail server did not take the letter with the code."""


class WrongCode(Exception):
    """What was typed is not the code; it has tries left."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(tries_left)
        self.tries_left = tries_left


class CodeVoid(Exception):
    """The code is too old, used, or was tried too often: whatever is typed, it opens nothing."""


def send_code(*, email: str, subject: str, at: datetime | None = None) -> SignInCode:
    """Mails a fresh code to the address, known or not, and returns what the session needs to remember.

    The letter is sent here and now rather than by the worker: somebody is waiting for it. `subject` says what the code
    is for, in its header and in its first line. at: when it is sent (aware; now).
    Raises MailServerAway when the mail server does not answer within EMAIL_CODE_TIMEOUT (ask mail_now.is_away() first);
    LetterNotSent when it refuses the letter.
    """
    at = at or timezone.now()
    code = f"{secrets.randbelow(10**CODE_LENGTH):0{CODE_LENGTH}}"
    pending = SignInCode.objects.create(email=email, code_hash=_hash(email, code), sent_at=at)
    try:
        send_now(_letter(email, code, subject))
    except MailServerAway:
        pending.delete()
        raise
    except (OSError, ValueError) as error:  # SMTP's errors are OSErrors
        pending.delete()
        logger.error("A sign-in code could not be sent: %s", type(error).__name__)
        raise LetterNotSent from error
    return pending


def forget_old_codes(*, at: datetime | None = None) -> int:
    """Deletes the codes that were sent more than a day ago, and returns how many. at: the time to go by (aware; now)."""
    deleted, _by_model = SignInCode.objects.filter(sent_at__lt=(at or timezone.now()) - KEPT).delete()
    return deleted


def redeem(*, pending: SignInCode, typed: str, at: datetime | None = None) -> str:
    """The address that the code proves, once: a code that was right is gone.

    Raises WrongCode, or CodeVoid once it is 15 minutes old, used, or was wrong ten times.
    """
    at = at or timezone.now()
    alive = SignInCode.objects.filter(
        pk=pending.pk, tries__lt=SignInCode.MOST_TRIES, sent_at__gt=at - SignInCode.LIFETIME
    )
    # The try is counted before the code is looked at, so that tries at the same moment cannot exceed the limit.
    if not alive.update(tries=F("tries") + 1):
        raise CodeVoid
    if not constant_time_compare(pending.code_hash, _hash(pending.email, typed)):
        tries = SignInCode.objects.filter(pk=pending.pk).values_list("tries", flat=True).first()
        if tries is None or tries >= SignInCode.MOST_TRIES:
            raise CodeVoid
        raise WrongCode(SignInCode.MOST_TRIES - tries)
    deleted, _ = pending.delete()
    if not deleted:
        raise CodeVoid
    return pending.email


def account_for(*, email: str) -> User:
    """The account of an address that was just proved; a new address gets its account now.

    Two first sign-ins at once give one account: the database holds addresses unique.
    """
    user, _ = User.objects.get_or_create(email=email, defaults={"password": make_password(None)})
    return user


def make_administrator(*, email: str, name: str = "") -> User:
    """Gives an address an account that may do everything, or its account these rights.

    A session from before ends: it began as that of somebody else.
    """
    user = account_for(email=email)
    if not user.is_staff:
        end_sessions(user=user, why="made an administrator")
    user.is_staff = user.is_superuser = user.is_active = True
    user.name = name or user.name
    user.save()
    return user


def _hash(email: str, code: str) -> str:
    """Keyed with SECRET_KEY: whoever reads the database alone learns no code."""
    return salted_hmac("accounts.SignInCode", f"{email} {code}", algorithm="sha256").hexdigest()


def _letter(email: str, code: str, subject: str) -> EmailMultiAlternatives:
    body = render_to_string(
        "account/sign_in_code_letter.txt",
        {
            "subject": subject,
            "code": f"{code[:4]}-{code[4:]}",
            "minutes": SignInCode.LIFETIME // timedelta(minutes=1),
            "site_url": settings.SITE_URL,
        },
    )
    return as_mail(
        subject=subject,
        text=body,
        to=email,
        headers={
            "Auto-Submitted": "auto-generated",
            "Message-ID": make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
        },
    )
