"""Where somebody is signed in, and how that ends: in one browser, in all others, everywhere."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from accounts.models import Session, User
from accounts.security_log import security_log


def end_session(*, user: User, public_id: str, at: datetime | None = None) -> bool:
    """Ends that session of `user`; whether there was one. at: the time to go by (aware; now)."""
    for session in Session.objects.of(user, at or timezone.now()):
        if session.public_id == public_id:
            session.delete()
            security_log.info("user %s ended a session of theirs", user.pk)
            return True
    return False


def end_sessions(*, user: User, why: str, except_key: str | None = None) -> int:
    """Signs `user` out everywhere, but in the session whose key is `except_key`; how many ended. `why` is for the log."""
    ended, _rows = Session.objects.filter(user=user).exclude(session_key=except_key).delete()
    if ended:
        security_log.info("%s sessions of user %s ended: %s", ended, user.pk, why)
    return ended


@transaction.atomic
def forget_second_factor(*, user: User, by: User) -> None:
    """Takes away the app, the passkeys and the recovery codes of `user`, who lost them, and signs them out everywhere.

    The next sign-in asks staff to set up a new one. `by` is the administrator who made sure who it is that asks.
    """
    Authenticator.objects.filter(user=user).delete()
    security_log.warning("the second factor of user %s was taken away by user %s", user.pk, by.pk)
    end_sessions(user=user, why="the second factor was taken away")
