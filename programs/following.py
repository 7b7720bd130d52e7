"""Following a program: who begins, who stops, and the link by which a letter's reader stops without signing in.

The letters themselves are written where applications are known: applications/follow_letters.py.
"""

from datetime import datetime

from django.conf import settings
from django.core.signing import Signer
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from programs.models import Follower, Notice, Program, Window

_signer = Signer(salt="programs.Follower")


def follow(*, program: Program, email: str, at: datetime | None = None) -> Follower:
    """Begins to tell an address, which was proved, of a program's windows; following twice changes nothing.

    A window that takes applications at this moment is known already: the page that one follows on shows it.
    at: when it begins (aware; now).
    """
    at = at or timezone.now()
    email = email.lower()
    with transaction.atomic():
        follower, _created = Follower.objects.get_or_create(
            program=program,
            email=email,
            defaults={"user": User.objects.filter(email=email).first(), "confirmed_at": at},
        )
        Notice.objects.bulk_create(
            (
                Notice(follower=follower, window=window, occasion=Notice.Occasion.OPEN, at=at)
                for window in Window.objects.open(at=at).filter(program=program)
            ),
            ignore_conflicts=True,
        )
    return follower


def stop_following(*, program: Program, user: User) -> None:
    """Ends what `user` follows of `program`; not following changes nothing."""
    Follower.objects.of(user).filter(program=program).delete()


def unsubscribe_url(follower: Follower) -> str:
    """The address that ends this one follow, for whoever has the letter; it holds as long as the follow."""
    return settings.SITE_URL + reverse("unsubscribe", args=[_signer.sign(follower.pk)])


def follower_of(token: str) -> Follower | None:
    """The follower whose letter the token of an unsubscribe_url() is from; None when they have stopped meanwhile.

    Raises signing.BadSignature for a token that is not ours.
    """
    pk = _signer.unsign(token)
    return Follower.objects.select_related("program").filter(pk=pk).first()
