"""The pages of documents as pictures: made by the worker soon after an application is sent, and made again when what
must be blacked out has changed."""

import time
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.one_by_one import DATABASE_AWAY, log_failure
from applications.blinding import identity
from applications.inspection import PagePicture, Unreadable, draw_pages
from applications.models import Answer, Application, Document, PageImage, page_image_path
from letters.retries import MOST_TRIES, claim_next


def make_missing_pages(*, seconds: float = 1, at: datetime | None = None) -> int:
    """The worker's job: makes the pages of sent documents that have none, the latest first; returns of how many.

    Begins none after so many seconds, so that letters never wait long. One that fails waits, longer each time, while
    the others go on; after a day it is given up until somebody calls retry_pages().
    at: the time to go by (aware; now).
    """
    end, made = time.monotonic() + seconds, 0
    while time.monotonic() < end and (document := _claim_next(at or timezone.now())):
        made += _make_or_put_off(document, at=at or timezone.now())
    return made


def _claim_next(at: datetime) -> Document | None:
    # Not “without pages”: so are all that was uploaded and never sent, and there is an index of what is wanted alone.
    wanted = Document.objects.filter(_sent(), pages_made_at=None, pages_after__isnull=False)
    rows = wanted.select_related("application__candidate").order_by("-pk")
    return claim_next(rows, at=at, tries="pages_tries", after="pages_after")


def _make_or_put_off(document: Document, *, at: datetime) -> bool:
    try:
        make_pages(document, at=at)
    except DATABASE_AWAY:
        raise
    except Exception as error:
        log_failure(f"making the pages of document {document.pk}", error)
        if document.pages_tries >= MOST_TRIES:
            _keep(document, [], at=at, tries=MOST_TRIES)
        return False
    return True


def retry_pages(document: Document) -> bool:
    """Has pages that were given up made again; False where they were not, so that nothing was changed."""
    given_up = Document.objects.filter(pk=document.pk, pages_made_at__isnull=False, pages_tries__gte=MOST_TRIES)
    return bool(given_up.update(pages_made_at=None, pages_tries=0, pages_after=timezone.now()))


def make_pages(document: Document, *, at: datetime | None = None) -> int:
    """Draws the pages of a sent `document` and keeps them; returns how many pictures there are.

    Earlier pictures of it go. A file of which nothing can be shown has none afterwards, and is not tried again.
    Takes up to 5 seconds, in a process of its own; call it outside a transaction. Raises OSError when storage fails.
    """
    _delete(list(document.page_images.values_list("file", flat=True)))
    try:
        pictures = _draw(document)
    except (Unreadable, FileNotFoundError):
        pictures = []
    return _keep(document, pictures, at=at or timezone.now())


def _draw(document: Document) -> list[PagePicture]:
    application = document.application
    who = identity(application, application.answers.all())
    with default_storage.open(document.file.name) as file:
        return draw_pages(file, content_type=document.content_type, identity=who)


def _keep(document: Document, pictures: list[PagePicture], *, at: datetime, tries: int = 0) -> int:
    """Files first, then their rows at once: what a crash leaves in between has no row, and is swept."""
    images = _store(document, pictures)
    with transaction.atomic():
        # Sent again meanwhile, under another name perhaps: then these show too much, and the next run makes them anew.
        application = Application.objects.select_for_update().only("revision").get(pk=document.application_id)
        if application.revision == document.application.revision:
            document.page_images.all().delete()
            PageImage.objects.bulk_create(images)
            made = {"pages_made_at": at, "pages_tries": tries, "pages_after": None}
            Document.objects.filter(pk=document.pk).update(**made)
            return len(images)
    _delete([image.file.name for image in images])
    return 0


def _store(document: Document, pictures: list[PagePicture]) -> list[PageImage]:
    """The pictures as files, with rows that are not saved yet; none of them stays where storage does not take all."""
    images = []
    try:
        for picture in pictures:
            path = default_storage.save(page_image_path(None, ""), ContentFile(picture.jpeg))
            facts = {"number": picture.number, "blind": picture.blind, "width": picture.width, "height": picture.height}
            images.append(PageImage(document=document, file=path, **facts))
    except OSError:
        _delete([image.file.name for image in images])
        raise
    return images


def want_pages(application: Application, *, at: datetime) -> None:
    """Has the pages of the documents in its draft made, which is being sent; anew where it was sent before, with another name
    or other links perhaps.

    Call it in the transaction that sends. Earlier pictures go at once, so that nobody sees what should be black by now;
    their rows stay until there are new ones. at: when it is sent (aware).
    """
    wanted = Document.objects.filter(application=application, in_draft=True)
    wanted.update(pages_made_at=None, pages_tries=0, pages_after=at)
    if application.revision > 1:
        images = PageImage.objects.filter(document__application=application)
        transaction.on_commit(partial(_delete, list(images.values_list("file", flat=True))))


def want_missing() -> int:
    """Has pages made that the code of before did not say are wanted; returns of how many documents. After an upgrade."""
    missing = Document.objects.filter(_sent(), pages_made_at=None, pages_after=None)
    return missing.update(pages_after=timezone.now())


def _sent() -> Exists:
    return Exists(Answer.objects.filter(document=OuterRef("pk")))


def _delete(paths: Iterable[str]) -> None:
    for path in paths:
        default_storage.delete(path)
