"""The pictures that other sites show beside a link to ours (OpenGraph): a cover, and on it the name of the program.

A card is drawn when it is first asked for, and kept as a file under a key that follows from all that is on it: another
name or cover is another address, so whoever has kept the old card asks for the new one.
"""

from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from typing import NamedTuple

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image, ImageOps

from programs.drawings import draw_cover
from programs.drawings.cards import SIZE, draw_card
from programs.models import Program
from programs.pictures import FOLDER as PICTURES

FOLDER = "cards"
_DESIGN = "1"  # count on when cards are to look otherwise


class Card(NamedTuple):
    """What is on a card, and of which program it is (None: of the site).

    `picture` is the file of a cover in storage; without one, `kind` and `hue` say what is drawn.
    """

    program: int | None
    title: str
    text: str
    kind: str
    hue: int
    picture: str = ""

    @property
    def key(self) -> str:
        return sha256(repr((_DESIGN, *self)).encode()).hexdigest()[:32]

    @property
    def url(self) -> str:
        return reverse("card", args=[self.key] if self.program is None else [self.program, self.key])

    @property
    def alt(self) -> str:
        """What can be read on it."""
        return f"{self.title}. Pinterns, {self.text}."

    @property
    def _folder(self) -> str:
        return f"{FOLDER}/{'home' if self.program is None else self.program}"

    def open(self) -> File:
        """The card as a JPEG; drawn and kept, in place of the one before, unless it is there."""
        path = f"{self._folder}/{self.key}.jpg"
        try:
            return default_storage.open(path)
        except FileNotFoundError:
            written = BytesIO()
            draw_card(self._cover(), self.title, self.text).save(
                written, "JPEG", quality=84, progressive=True, optimize=True
            )
            with suppress(OSError):  # a full disk keeps nobody from seeing it
                default_storage.save(path, ContentFile(written.getvalue()))
                self._forget_older()
            return ContentFile(written.getvalue())

    def _cover(self) -> Image.Image:
        if self.picture:
            with suppress(FileNotFoundError), default_storage.open(self.picture) as file:
                return ImageOps.fit(Image.open(file), SIZE, Image.Resampling.LANCZOS)
        return draw_cover(self.kind, self.hue, SIZE)

    def _forget_older(self) -> None:
        for name in default_storage.listdir(self._folder)[1]:
            if name != f"{self.key}.jpg":
                default_storage.delete(f"{self._folder}/{name}")


def home_card() -> Card:
    """The card of the site itself."""
    return Card(None, _("Internships"), _("Twelve weeks of real work"), "pinterns", 10)


def program_card(program: Program) -> Card:
    """The card of a program: on its own picture where it has one, else on a drawing in its hue."""
    text = ngettext("%(weeks)d-week internship", "%(weeks)d-week internship", program.weeks) % {"weeks": program.weeks}
    stored = program.stored_picture
    picture = f"{PICTURES}/{stored.path(stored.fallback_width, 'jpg')}" if stored else ""
    return Card(program.pk, program.name, text, program.slug, program.hue, picture)
