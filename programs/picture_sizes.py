"""The sizes of uploaded pictures, which the worker makes: until then pages show the JPEG."""

import time
from datetime import datetime

from django.apps import apps
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from accounts.one_by_one import DATABASE_AWAY, log_failure
from letters.retries import MOST_TRIES, claim_next
from programs.pictures import FOLDER, Pictured, write_sizes


def make_missing_sizes(*, seconds: float = 1, at: datetime | None = None) -> int:
    """The worker's job: makes the sizes of uploaded pictures, returns of how many.

    Begins none after so many seconds, so that letters never wait long. One that fails waits, longer each time, while
    the others go on; after a day it is given up until its row is saved once more. at: the time to go by (aware; now).
    """
    end, made = time.monotonic() + seconds, 0
    while time.monotonic() < end and (thing := _claim_next(at or timezone.now())):
        made += _make_or_put_off(thing)
    return made


def _claim_next(at: datetime) -> Pictured | None:
    for model in apps.get_models():
        if issubclass(model, Pictured):
            waiting = model._default_manager.filter(picture_waits=True, picture_tries__lt=MOST_TRIES).order_by("pk")
            if thing := claim_next(waiting, at=at, tries="picture_tries", after="picture_after"):
                return thing
    return None


def _make_or_put_off(thing: Pictured) -> bool:
    try:
        return _make(thing)
    except DATABASE_AWAY:
        raise
    except Exception as error:
        log_failure(f"making the sizes of the picture of {thing._meta.label} {thing.pk}", error)
        return False


def _make(thing: Pictured) -> bool:
    """The files first, then the row: who is killed in between has the next try write them over."""
    stored = thing.stored_picture
    with default_storage.open(f"{FOLDER}/{stored.path(stored.width, 'jpg')}") as file, Image.open(file) as image:
        write_sizes(stored, image)
    # With another picture meanwhile, these files belong to no row, and are swept.
    same = type(thing)._default_manager.filter(pk=thing.pk, picture=stored.key)
    return bool(same.update(picture_waits=False, picture_tries=0, picture_after=None))
