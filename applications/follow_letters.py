"""Letters to those who follow a program: its window is open; it closes in 3 days, and they have sent nothing to it.

Who was told is a row that is written with the letter (programs.models.Notice), a batch in one transaction. So a worker
that is killed has lost and repeated nothing, and any number of them tell nobody twice.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.one_by_one import log_failure
from applications.models import Application
from letters.models import Letter
from letters.services import new_letter
from programs.following import unsubscribe_url
from programs.models import REMINDED, Follower, Notice, Program, Window
from programs.times import day

BATCH = 100  # letters in one transaction: few enough that nobody waits for it, enough that its commit weighs little
Occasion = Notice.Occasion


def tell_followers(*, at: datetime | None = None) -> int:
    """Writes to followers of open windows what they are to be told now, at most a batch for each window and occasion.

    Returns how many letters were written; the worker calls it until there are none. at: the time to go by (aware; now).
    """
    at = at or timezone.now()
    followed = Exists(Follower.objects.filter(program=OuterRef("program")))
    windows = Window.objects.open(at=at).filter(followed, program__published=True)
    return sum(
        _tell(window, occasion, at)
        for window in windows
        for occasion in Occasion
        if _to_tell(window, occasion, at).exists()
    )


@transaction.atomic
def _tell(window: Window, occasion: Occasion, at: datetime) -> int:
    # Workers take turns, so that each sees whom the one before has told.
    window.program = Program.objects.select_for_update(no_key=True).get(pk=window.program_id)
    followers = list(_to_tell(window, occasion, at).select_related("user").order_by("pk")[:BATCH])
    letters = [_letter_or_none(follower, window, occasion, at) for follower in followers]
    Letter.objects.bulk_create(filter(None, letters))
    Notice.objects.bulk_create(
        [Notice(follower=follower, window=window, occasion=occasion, at=at) for follower in followers]
    )
    return len(followers)


def _to_tell(window: Window, occasion: Occasion, at: datetime) -> QuerySet[Follower]:
    """Followers who have sent nothing to the window and were not told. Whoever learned only in its last days that it is
    open is not told that it closes."""
    notices = Notice.objects.filter(follower=OuterRef("pk"), window=window)
    by_follower = Q(candidate=OuterRef("user")) | Q(candidate__email=OuterRef("email"))
    sent = Application.objects.sent().filter(by_follower, window=window)
    untold = Follower.objects.filter(
        Q(user=None) | Q(user__is_active=True),
        ~Exists(notices.filter(occasion=occasion)),
        ~Exists(sent),
        program=window.program_id,
    )
    if occasion == Occasion.OPEN:
        return untold
    last_days = window.closes_at - REMINDED
    knew = notices.filter(occasion=Occasion.OPEN, at__lt=last_days)
    return untold.filter(Exists(knew)) if at >= last_days else untold.none()


def _letter_or_none(follower: Follower, window: Window, occasion: Occasion, at: datetime) -> Letter | None:
    """One that can't be made is logged and counts as told: it would fail again, and the others need not wait for it."""
    try:
        return _letter(follower, window, occasion, at)
    except Exception as error:
        log_failure(f"the letter to follower {follower.pk} of window {window.pk}", error)
        return None


def _letter(follower: Follower, window: Window, occasion: Occasion, at: datetime) -> Letter:
    program = window.program
    subjects = {
        Occasion.OPEN: _("%(program)s takes applications: %(season)s"),
        Occasion.CLOSING: _("%(program)s closes soon: %(season)s"),
    }
    stop = unsubscribe_url(follower)
    facts = {
        "program": program,
        "window": window,
        "decide_by": day(window.decide_by),
        "program_url": settings.SITE_URL + program.get_absolute_url(),
        "apply_url": settings.SITE_URL + program.apply_url,
        "unsubscribe_url": stop,
    }
    return new_letter(
        to=follower.email,
        addressee=follower.user,
        subject=subjects[occasion] % {"program": program.name, "season": window.season},
        body=render_to_string(f"applications/follow_{occasion.value}_letter.txt", facts),
        kind=f"follow_{occasion.value}",
        reply_to=program.contact_email,
        unsubscribe_url=stop,
        at=at,
    )
