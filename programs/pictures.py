"""Pictures of programs and offices, kept in the sizes that pages ask for.

A picture is a folder of files under a random key, `pictures/<key>/<width>.webp` and a JPEG. What pages name under a key
never changes, so browsers may keep it for ever; a new picture gets a new key, and `sweep_pictures` removes what no row
names.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from typing import NamedTuple

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image

from accounts.one_by_one import one_by_one
from letters.retries import MOST_TRIES

FOLDER = "pictures"
WIDTHS = (480, 800, 1200, 1600)
FALLBACK_WIDTH = 1200
PATH = re.compile(r"(?P<key>[0-9a-f]{32})/(?P<width>[1-9][0-9]{0,3})\.(?P<kind>webp|jpg)", re.ASCII)

GRACE = timedelta(hours=1)


class StoredPicture(NamedTuple):
    """A picture in storage: its key, the size of its largest file, and whether the worker has still to make its sizes."""

    key: str
    width: int
    height: int
    waits: bool = False

    @property
    def widths(self) -> list[int]:
        """The widths that were written, smallest first; the last is the picture's own."""
        return [width for width in WIDTHS if width < self.width] + [self.width]

    @property
    def fallback_width(self) -> int:
        return min(FALLBACK_WIDTH, self.width)

    def path(self, width: int, kind: str) -> str:
        return f"{self.key}/{width}.{kind}"

    @property
    def srcset(self) -> str:
        """The addresses of all its sizes, each with its width, as HTML has them. While they wait there are none yet."""
        folder = reverse("picture", args=[self.key])
        return ", ".join(f"{folder}/{width}.webp {width}w" for width in self.widths)

    @property
    def url(self) -> str:
        """Address of the JPEG, for whatever takes one file only (OpenGraph, the admin's file field)."""
        return reverse("picture", args=[self.path(self.fallback_width, "jpg")])

    def __str__(self) -> str:
        return _("picture, %(width)d × %(height)d pixels") % {"width": self.width, "height": self.height}


class Pictured(models.Model):
    """Something that has a picture. A subclass whose Meta has constraints adds them to those of `Pictured.Meta`."""

    picture = models.CharField(gettext_lazy("picture"), max_length=32, blank=True, default="", editable=False)
    picture_width = models.PositiveIntegerField(gettext_lazy("picture width"), default=0, editable=False)
    picture_height = models.PositiveIntegerField(gettext_lazy("picture height"), default=0, editable=False)
    picture_waits = models.BooleanField(
        gettext_lazy("sizes of the picture wait"), default=False, db_default=False, editable=False
    )
    picture_tries = models.PositiveSmallIntegerField(
        gettext_lazy("tries of making its sizes"), default=0, db_default=0, editable=False
    )
    picture_after = models.DateTimeField(gettext_lazy("next try of making its sizes"), null=True, editable=False)
    picture_alt = models.CharField(
        gettext_lazy("alternative text"),
        max_length=250,
        blank=True,
        help_text=gettext_lazy("What the picture shows, for people who cannot see it. Required with a picture."),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(picture="") | ~models.Q(picture_alt=""),
                name="%(app_label)s_%(class)s_picture_has_alt",
                violation_error_message=gettext_lazy("Say in the alternative text what the picture shows."),
            ),
        ]

    @property
    def stored_picture(self) -> StoredPicture | None:
        """The picture, or None; opens no file."""
        if not self.picture:
            return None
        return StoredPicture(self.picture, self.picture_width, self.picture_height, self.picture_waits)

    @property
    def sizes_failed(self) -> bool:
        """Whether the worker gave up making the sizes of its picture, after a day: an error of ours stands in the way."""
        return self.picture_waits and self.picture_tries >= MOST_TRIES

    def set_picture(self, stored: StoredPicture | None) -> None:
        """Take `stored` as the picture (None: no picture). Saves nothing; the old files are swept later."""
        self.picture, self.picture_width, self.picture_height, self.picture_waits = stored or ("", 0, 0, False)
        self.try_sizes_again()

    def try_sizes_again(self) -> None:
        """Has the worker begin anew with what it gave up. Saves nothing."""
        self.picture_tries, self.picture_after = 0, None


def store_picture(image: Image.Image) -> StoredPicture:
    """Write `image` as JPEG under a new key in the default storage; in smaller sizes it is written by the worker.

    Call it before the transaction that saves the row; if that fails, the files are swept. Raises OSError when storage
    takes none; what it took before goes again.
    """
    stored = _named(image)._replace(waits=True)
    with _all_or_nothing(stored):
        _write(stored, image, stored.width, "jpg", format="JPEG", quality=92, progressive=True, optimize=True)
        if stored.fallback_width != stored.width:
            _write_fallback(stored, image)
    return stored


def store_drawing(image: Image.Image) -> StoredPicture:
    """Write `image` in all its sizes at once, of which none has been a JPEG. As store_picture() else."""
    stored = _named(image)
    with _all_or_nothing(stored):
        _write_fallback(stored, image)
        write_sizes(stored, image)
    return stored


def write_sizes(stored: StoredPicture, image: Image.Image) -> None:
    """Write `image` in every width up to its own as WebP, over what an earlier try left. Raises OSError."""
    for width in stored.widths:
        default_storage.delete(f"{FOLDER}/{stored.path(width, 'webp')}")
        _write(stored, image, width, "webp", format="WEBP", quality=82, method=3)


def sweep_pictures(*, at: datetime | None = None) -> int:
    """Remove the files of pictures that no row names and that are older than an hour at `at`; returns how many.

    The hour leaves uploads alone whose row is not committed yet.
    """
    before = (at or timezone.now()) - GRACE
    # Folders first, rows second: a row committed in between is then seen.
    try:
        keys = set(default_storage.listdir(FOLDER)[0])
    except FileNotFoundError:
        return 0
    for model in apps.get_models():
        if issubclass(model, Pictured):
            keys.difference_update(model._default_manager.exclude(picture="").values_list("picture", flat=True))

    def remove(key: str) -> bool:
        return _remove(f"{FOLDER}/{key}", before)

    return one_by_one(remove, keys, name=str)


def _named(image: Image.Image) -> StoredPicture:
    width = min(image.width, WIDTHS[-1])
    return StoredPicture(secrets.token_hex(16), width, _height(image, width))


@contextmanager
def _all_or_nothing(stored: StoredPicture) -> Iterator[None]:
    try:
        yield
    except OSError:
        _remove(f"{FOLDER}/{stored.key}", before=timezone.now() + GRACE)
        raise


def _remove(folder: str, before: datetime) -> bool:
    try:
        names = [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
        # A folder without files is one whose writer died at once; only file systems have such.
        if max(_modified(name) for name in names or [folder]) > before:
            return False
    except FileNotFoundError:  # another worker sweeps too, and was here first
        return False
    for name in [*names, folder]:
        default_storage.delete(name)
    return True


def _modified(name: str) -> datetime:
    modified = default_storage.get_modified_time(name)
    return modified if timezone.is_aware(modified) else timezone.make_aware(modified)


def _height(image: Image.Image, width: int) -> int:
    return max(1, round(image.height * width / image.width))


def _write_fallback(stored: StoredPicture, image: Image.Image) -> None:
    _write(stored, image, stored.fallback_width, "jpg", format="JPEG", quality=84, progressive=True, optimize=True)


def _write(stored: StoredPicture, image: Image.Image, width: int, kind: str, **options) -> None:
    if width != image.width:
        image = image.resize((width, _height(image, width)), Image.Resampling.LANCZOS, reducing_gap=3)
    written = BytesIO()
    image.save(written, **options)
    default_storage.save(f"{FOLDER}/{stored.path(width, kind)}", ContentFile(written.getvalue()))
