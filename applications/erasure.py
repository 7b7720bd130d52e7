"""What a candidate has removed: drafts at once, and everything once they ask for it."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ErasureRequest, User
from applications.anonymise import delete_files
from applications.models import Application
from applications.workflow import Status
from letters.services import write_letter
from programs.times import day

logger = logging.getLogger(__name__)

# Time to think again; then the worker erases. An administrator may do it earlier, and the law gives a month.
ERASED_AFTER = timedelta(days=14)


def delete_drafts(*, candidate: User, references: Collection[str]) -> int:
    """Deletes those of the candidate's drafts that were never sent, with their files, and returns how many.

    What was sent meanwhile, or is not theirs, stays.
    """
    with transaction.atomic():
        own = Application.objects.select_for_update().filter(candidate=candidate, status=Status.DRAFT)
        drafts = [draft for draft in own if draft.reference in references]
        delete_files(drafts)
        for draft in drafts:
            draft.delete()
    return len(drafts)


def ask_for_erasure(*, user: User, at: datetime | None = None) -> ErasureRequest:
    """Notes that `user` wants everything erased, and confirms it by letter; asking again changes nothing.

    at: when they ask (aware; now).
    """
    at = at or timezone.now()
    with transaction.atomic():
        request, is_new = ErasureRequest.objects.get_or_create(user=user, defaults={"asked_at": at})
        if is_new:
            _confirm(user, _("You asked us to erase your data"), "asked", at)
            logger.info("user %s asked for erasure", user.pk)
    return request


def take_back_erasure(*, user: User, at: datetime | None = None) -> None:
    """Forgets that `user` asked, and confirms it by letter; without a request nothing happens. at: when (aware; now)."""
    at = at or timezone.now()
    with transaction.atomic():
        taken_back, _rows = ErasureRequest.objects.filter(user=user).delete()
        if taken_back:
            _confirm(user, _("We keep your data, as you wish"), "taken_back", at)
            logger.info("user %s took their request for erasure back", user.pk)


def _confirm(user: User, subject: str, what: str, at: datetime) -> None:
    facts = {"my_data_url": settings.SITE_URL + reverse("my_data"), "day": day((at + ERASED_AFTER).date())}
    body = render_to_string(f"applications/erasure_{what}_letter.txt", facts)
    write_letter(addressee=user, subject=subject, body=body, kind="erasure", reply_to=settings.CONTACT_EMAIL, at=at)
