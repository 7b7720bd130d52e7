"""Pictures of programs and offices: checked, turned upright, stripped, and kept in the sizes that pages ask for.

A picture is a folder of files under a random key, `pictures/<key>/<width>.webp` and one JPEG. Files under a key never
change, so browsers may keep them for ever; a new picture gets a new key, and `sweep_pictures` removes what no row
names.
"""

import logging
import re
import secrets
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
from PIL import ExifTags, Image, ImageCms, ImageOps

from accounts.one_by_one import one_by_one

logger = logging.getLogger(__name__)

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

    @property
    def srcset(self) -> str:
        """The addresses of all its sizes, each with its width, as HTML has them."""
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


def read_picture(upload: File) -> Image.Image:
    """The uploaded picture, upright, in sRGB, opaque, at most 1600 pixels wide and without any metadata.

    Raises ValidationError with a sentence for the person who uploaded it; OSError where there was no room for the upload.
    Its size in bytes and pixels is judged before a pixel is decoded: a PNG of 17 kB can hold 144 megapixels.
    """
    if upload.size > MOST_BYTES:
        raise ValidationError(
            _("This file has %(size).1f MB. Choose a picture of at most %(most)d MB.")
            % {"size": upload.size / 2**20, "most": MOST_BYTES // 2**20},
            code="picture_too_large",
        )
    upload.seek(0)
    try:
        image = Image.open(upload, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception as error:
        # Hostile files raise nearly anything: OSError, SyntaxError, ValueError, struct.error, MemoryError.
        logger.info("An uploaded picture can't be opened: %s", type(error).__name__)
        raise ValidationError(
            _("This is not a picture we can read. Choose a JPEG, PNG or WebP file."), code="not_a_picture"
        ) from None
    with image:
        _check_header(image)
        try:
            return _normalised(image)
        except Exception as error:
            # As above: from here on the pixels themselves are read.
            logger.warning("An uploaded picture can't be decoded: %s", type(error).__name__)
            raise ValidationError(
                _("This picture is damaged or incomplete. Open and save it again, or choose another."),
                code="damaged_picture",
            ) from None


def store_picture(image: Image.Image) -> StoredPicture:
    """Write `image` in every width up to its own as WebP, and once as JPEG, under a new key in the default storage.

    Call it before the transaction that saves the row; if that fails, the files are swept. Raises OSError when storage
    takes none; what it took before goes again.
    """
    width = min(image.width, WIDTHS[-1])
    stored = StoredPicture(secrets.token_hex(16), width, _height(image, width))
    try:
        for each in stored.widths:
            _write(stored, image, each, "webp", format="WEBP", quality=82, method=3)
        _write(stored, image, stored.fallback_width, "jpg", format="JPEG", quality=84, progressive=True, optimize=True)
    except OSError:
        _remove(f"{FOLDER}/{stored.key}", before=timezone.now() + GRACE)
        raise
    return stored


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


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _(
            "This picture has too many pixels. Choose one of at most %(most)d megapixels"
            " and %(side)d pixels on its longer side."
        )
        % {"most": MOST_PIXELS // 1_000_000, "side": LONGEST_SIDE},
        code="too_many_pixels",
    )


def _check_header(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS or max(image.size) > LONGEST_SIDE:
        raise _too_many_pixels()
    # Cameras put a second view behind a JPEG (MPO): that is no animation, the first is the picture.
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise ValidationError(_("This picture moves. Choose one that stands still."), code="animated_picture")


def _normalised(image: Image.Image) -> Image.Image:
    sideways = image.getexif().get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8)
    if image.mode.startswith("I"):  # 16 bits a pixel, which would otherwise be clipped to white
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    elif image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("RGB")
    # Smaller first, and in place: a JPEG is then decoded at a fraction of its size, and what follows costs little.
    image.thumbnail((LONGEST_SIDE, WIDTHS[-1]) if sideways else (WIDTHS[-1], LONGEST_SIDE), Image.Resampling.LANCZOS)
    image = _in_srgb(ImageOps.exif_transpose(image))
    # A new image: what came with the old one (place, camera, comments, profiles) cannot follow.
    bare = Image.new("RGB", image.size, "white")
    bare.paste(image, mask=image if image.mode == "RGBA" else None)
    return bare


def _in_srgb(image: Image.Image) -> Image.Image:
    """Colours as browsers read them without a profile: phones photograph in wider spaces."""
    profile = image.info.get("icc_profile")
    if not profile:
        return image
    try:
        return ImageCms.profileToProfile(
            image,
            BytesIO(profile),
            ImageCms.createProfile("sRGB"),
            outputMode="RGBA" if image.mode == "RGBA" else "RGB",
        )
    except ImageCms.PyCMSError:  # a broken profile, or one for other channels: the numbers as they are
        return image


def _height(image: Image.Image, width: int) -> int:
    return max(1, round(image.height * width / image.width))


def _write(stored: StoredPicture, image: Image.Image, width: int, kind: str, **options) -> None:
    if width != image.width:
        image = image.resize((width, _height(image, width)), Image.Resampling.LANCZOS, reducing_gap=3)
    written = BytesIO()
    image.save(written, **options)
    default_storage.save(f"{FOLDER}/{stored.path(width, kind)}", ContentFile(written.getvalue()))
