"""Uploaded pictures of programs and offices: checked, turned upright, and stripped of all that is not the picture."""

import logging
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageCms, ImageOps

from programs.pictures import WIDTHS

logger = logging.getLogger(__name__)

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 16_000  # WebP ends at 16,383


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
