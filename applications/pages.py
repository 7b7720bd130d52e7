"""The pages of documents as pictures: made by the worker soon after an application is sent, and made again when what
must be blacked out has changed."""

import logging
import time
import traceback
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from applications.blinding import identity
from applications.inspection import PagePicture, Unreadable, draw_pages
from applications.models import Answer, Application, Document, PageImage, page_image_path

logger = logging.getLogger(__name__)


def make_missing_pages(*, seconds: float = 1, at: datetime | None = None) -> int:
    """The worker's job: makes the pages of sent documents that have none, the latest first; returns of how many.

    Begins none after so many seconds, so that letters never wait long. One that fails is logged and not tried again:
    people have the file. Raises OSError when storage fails, and then it is.
    """
    answered = Exists(Answer.objects.filter(document=OuterRef("pk")))
    missing = Document.objects.filter(answered, pages_made_at=None).select_related("application__candidate")
    end, made = time.monotonic() + seconds, 0
    while time.monotonic() < end and (document := missing.order_by("-pk").first()):
        _make_or_log(document, at=at or timezone.now())
        made += 1
    return made


def _make_or_log(document: Document, *, at: datetime) -> None:
    try:
        make_pages(document, at=at)
    except OSError:
        raise
    except Exception as error:
        # The places, not the message: it may quote a person's data.
        places = "".join(traceback.format_tb(error.__traceback__))
        logger.error("No pages of document %s: %s\n%s", document.pk, type(error).__name__, places)
        _keep(document, [], at=at)


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


def _keep(document: Document, pictures: list[PagePicture], *, at: datetime) -> int:
    """Files first, then their rows at once: what a crash leaves in between has no row, and is swept."""
    images = [
        PageImage(
            document=document,
            number=picture.number,
            blind=picture.blind,
            file=default_storage.save(page_image_path(None, ""), ContentFile(picture.jpeg)),
            width=picture.width,
            height=picture.height,
        )
        for picture in pictures
    ]
    with transaction.atomic():
        # Sent again meanwhile, under another name perhaps: then these show too much, and the next run makes them anew.
        application = Application.objects.select_for_update().only("revision").get(pk=document.application_id)
        if application.revision == document.application.revision:
            document.page_images.all().delete()
            PageImage.objects.bulk_create(images)
            Document.objects.filter(pk=document.pk).update(pages_made_at=at)
            return len(images)
    _delete([image.file.name for image in images])
    return 0


def forget_pages(application: Application) -> None:
    """Has the pages of its documents made anew: it is being sent again, with another name or other links perhaps.

    Call it in the transaction that sends. The pictures go at once, so that nobody sees what should be black by now;
    their rows stay until there are new ones.
    """
    documents = Document.objects.filter(application=application, pages_made_at__isnull=False)
    if documents.update(pages_made_at=None):
        images = PageImage.objects.filter(document__application=application)
        transaction.on_commit(partial(_delete, list(images.values_list("file", flat=True))))


def _delete(paths: Iterable[str]) -> None:
    for path in paths:
        default_storage.delete(path)
