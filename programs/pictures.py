"""Pictures of programs and offices: checked, turned upright, stripped, and kept in the sizes that pages ask for.

A picture is a folder of files under a random key, `pictures/<key>/<width>.webp` and one JPEG. Files under a key never
change, so browsers may keep them for ever; a new picture gets a new key, and `sweep_pictures` removes what no row names.
"""

import re
import secrets
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from typing import NamedTuple

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageCms, ImageOps

FOLDER = "pictures"
WIDTHS = (480, 800, 1200, 1600)
FALLBACK_WIDTH = 1200
PATH = re.compile(r"(?P<key>[0-9a-f]{32})/(?P<width>[1-9][0-9]{0,3})\.(?P<kind>webp|jpg)", re.ASCII)

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 16_000  # WebP ends at 16,383
GRACE = timedelta(hours=1)


class StoredPicture(NamedTuple):
    """A picture in storage: its key, and the size of its largest file."""

    key: str
    width: int
    height: int

    @property
    def widths(self) -> list[int]:
        """The widths that were written, smallest first; the last is the picture's own."""
        return [width for width in WIDTHS if width < self.width] + [self.width]

    @property
    def fallback_width(self) -> int:
        return min(FALLBACK_WIDTH, self.width)

    def path(self, width: int, kind: str) -> str:
        return f"{self.key}/{width}.{kind}"

    def link(self, width: int, kind: str) -> str:
        return reverse("picture", args=[self.path(width, kind)])

    @property
    def url(self) -> str:
        """Address of the JPEG, for whatever takes one file only (OpenGraph, the admin's file field)."""
        return self.link(self.fallback_width, "jpg")

    def __str__(self) -> str:
        return _("picture, %(width)d × %(height)d pixels") % {"width": self.width, "height": self.height}


class Pictured(models.Model):
    """Something that has a picture. A subclass with its own Meta inherits from `Pictured.Meta` and adds to its constraints."""

    picture = models.CharField(gettext_lazy("picture"), max_length=32, blank=True, default="", editable=False)
    picture_width = models.PositiveIntegerField(gettext_lazy("picture width"), default=0, editable=False)
    picture_height = models.PositiveIntegerField(gettext_lazy("picture height"), default=0, editable=False)
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
        return StoredPicture(self.picture, self.picture_width, self.picture_height) if self.picture else None

    def set_picture(self, stored: StoredPicture | None) -> None:
        """Take `stored` as the picture (None: no picture). Saves nothing; the old files are swept later."""
        self.picture, self.picture_width, self.picture_height = stored or ("", 0, 0)
