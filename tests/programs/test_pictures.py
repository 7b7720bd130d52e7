"""Uploaded pictures: what is refused and how, what is kept, and how it is served."""

import struct
import zlib
from datetime import timedelta
from io import BytesIO

import pytest
from django import forms
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone
from PIL import ExifTags, Image, ImageCms

from programs.models import Office, Program
from programs.picture_forms import PictureFormMixin
from programs.picture_reading import read_picture
from programs.pictures import FOLDER, PATH, Pictured, StoredPicture, store_drawing, store_picture, sweep_pictures
from tests import factories

RED, BLUE = (200, 30, 30), (30, 30, 200)


class OfficePictureForm(PictureFormMixin):
    class Meta:
        model = Office
        fields = ["picture_alt"]


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    written = BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def halves(width: int = 2000, height: int = 1000) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def post(content: bytes, *, name: str = "cover.png", alt: str = "A board with pins", office=None, **data):
    files = {"picture_file": SimpleUploadedFile(name, content, "image/png")}
    return OfficePictureForm({"picture_alt": alt, **data}, files, instance=office or Office())


def files_of(stored: StoredPicture) -> dict[str, Image.Image]:
    names = default_storage.listdir(f"{FOLDER}/{stored.key}")[1]
    return {name: Image.open(default_storage.open(f"{FOLDER}/{stored.key}/{name}")) for name in names}


def near(pixel, colour) -> bool:
    return all(abs(here - wanted) < 30 for here, wanted in zip(pixel, colour, strict=True))


def png_header(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be of this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


# What is kept


def test_sizes_are_written_as_webp_and_one_as_jpeg():
    stored = store_drawing(read_picture(ContentFile(encoded(halves()))))

    sizes = {name: (image.format, image.size) for name, image in files_of(stored).items()}
    assert sizes == {
        "480.webp": ("WEBP", (480, 240)),
        "800.webp": ("WEBP", (800, 400)),
        "1200.webp": ("WEBP", (1200, 600)),
        "1600.webp": ("WEBP", (1600, 800)),
        "1200.jpg": ("JPEG", (1200, 600)),
    }
    assert (stored.width, stored.height) == (1600, 800)


@pytest.mark.parametrize(
    ("width", "names"),
    [
        (1, {"1.webp", "1.jpg"}),
        (300, {"300.webp", "300.jpg"}),
        (480, {"480.webp", "480.jpg"}),
        (1000, {"480.webp", "800.webp", "1000.webp", "1000.jpg"}),
    ],
)
def test_a_small_picture_is_never_enlarged(width, names):
    stored = store_drawing(read_picture(ContentFile(encoded(halves(width, 200)))))

    files = files_of(stored)
    assert set(files) == names
    assert max(image.width for image in files.values()) == width


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "left", "top"),
    [(1, RED, None), (2, BLUE, None), (3, BLUE, None), (4, RED, None), (6, None, RED), (8, None, BLUE)],
)
def test_orientation_is_applied(kind, orientation, left, top):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation

    image = read_picture(ContentFile(encoded(halves(400, 200), kind, exif=exif)))

    if left:
        assert image.size == (400, 200)
        assert near(image.getpixel((20, 100)), left)
    else:
        assert image.size == (200, 400)
        assert near(image.getpixel((100, 20)), top)


def test_a_large_picture_on_its_side_is_as_wide_as_it_may_be():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6

    assert read_picture(ContentFile(encoded(halves(4000, 2000), "JPEG", exif=exif))).size == (1600, 3200)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_camera_and_comments_are_gone(kind):
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "PlantedCamera"
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (47.0, 36.0, 22.0), 29: "PlantedDate"})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    upload = encoded(
        halves(), kind, exif=exif, icc_profile=profile, xmp=b"<x>PlantedXmp</x>", comment=b"PlantedComment"
    )
    assert b"PlantedCamera" in upload  # or the rest proves nothing

    for store in (store_picture, store_drawing):
        stored = store(read_picture(ContentFile(upload)))
        for name, image in files_of(stored).items():
            assert not image.getexif()
            assert not {"exif", "xmp", "icc_profile", "comment", "XML:com.adobe.xmp"} & set(image.info)
            with default_storage.open(f"{FOLDER}/{stored.key}/{name}") as file:
                assert b"Planted" not in file.read()


def test_modes_of_all_kinds_keep_what_they_show():
    clear = Image.new("RGBA", (100, 100), (*RED, 0))
    clear.paste((*RED, 255), (50, 0, 100, 100))
    deep = Image.new("I;16", (100, 100), 0x8080)
    cases = {
        "transparent is white": (encoded(clear), (255, 255, 255)),
        "palette": (encoded(halves(100, 100).quantize(4)), RED),
        "palette with transparency": (encoded(clear.quantize(4)), (255, 255, 255)),
        "grey": (encoded(Image.new("L", (100, 100), 128)), (128, 128, 128)),
        "16 bits": (encoded(deep), (128, 128, 128)),
        "one bit": (encoded(Image.new("1", (100, 100), 1)), (255, 255, 255)),
        "CMYK": (encoded(halves(100, 100).convert("CMYK"), "JPEG"), RED),
    }
    for name, (upload, wanted) in cases.items():
        assert near(read_picture(ContentFile(upload)).getpixel((20, 50)), wanted), name


def test_a_colour_profile_is_applied():
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # Each entry of the profile's table is a name, then where its value is: let red and blue change places.
    red, blue = profile.index(b"rXYZ") + 4, profile.index(b"bXYZ") + 4
    profile[red : red + 8], profile[blue : blue + 8] = profile[blue : blue + 8], profile[red : red + 8]

    image = read_picture(ContentFile(encoded(halves(), icc_profile=bytes(profile))))

    assert near(image.getpixel((5, 5)), BLUE)


@pytest.mark.parametrize("profile", [b"nonsense", ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()])
def test_a_profile_that_does_not_fit_is_ignored(profile):
    image = read_picture(ContentFile(encoded(halves(), icc_profile=profile)))

    assert near(image.getpixel((5, 5)), RED)


# What is refused


def animated(kind: str) -> bytes:
    return encoded(
        Image.new("RGB", (50, 50), RED), kind, save_all=True, append_images=[Image.new("RGB", (50, 50), BLUE)]
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (png_header(12_000, 12_000), "too_many_pixels"),
        (png_header(60_000, 60_000), "too_many_pixels"),
        (png_header(20_000, 10), "too_many_pixels"),
        (b"This is text.", "not_a_picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "not_a_picture"),
        (encoded(halves(10, 10), "GIF"), "not_a_picture"),
        (encoded(halves(10, 10), "BMP"), "not_a_picture"),
        (b"%PDF-1.7\n%%EOF", "not_a_picture"),
        (b"\x89PNG\r\n\x1a\n", "not_a_picture"),
        (b"RIFF\x04\0\0\0WEBP", "not_a_picture"),
        (png_header(100, 100), "damaged_picture"),
        (encoded(halves(), "JPEG")[:6000], "damaged_picture"),
        (encoded(Image.effect_noise((400, 400), 90))[:9000], "damaged_picture"),
        (animated("PNG"), "animated_picture"),
        (animated("WEBP"), "animated_picture"),
        (b"", "empty"),
    ],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_what_is_no_still_picture_is_refused_in_words(content, code):
    form = post(content)

    assert not form.is_valid()
    assert [error.code for error in form.errors.as_data()["picture_file"]] == [code]


def test_pixels_are_counted_before_any_is_decoded(monkeypatch):
    flood = png_header(7000, 7000)
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("decoded"))

    assert post(flood).errors.as_data()["picture_file"][0].code == "too_many_pixels"


def test_a_file_over_15_mb_is_refused_unread():
    form = post(encoded(halves(10, 10)) + b"\0" * 15 * 2**20)

    assert form.errors["picture_file"] == ["This file has 15.0 MB. Choose a picture of at most 15 MB."]


def test_bytes_cut_and_changed_anywhere_never_fail():
    """Each refused with an error for people, or read."""
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = encoded(halves(60, 40), kind)
        for place in range(0, len(whole), max(1, len(whole) // 120)):
            broken = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
            for content in (broken, whole[:place] or b"x"):
                form = post(content)
                form.is_valid()


# In a form


def test_alternative_text_is_required_with_a_picture():
    assert list(post(encoded(halves()), alt="  ").errors) == ["picture_alt"]
    assert OfficePictureForm({"picture_alt": ""}, {}, instance=Office()).is_valid()


@pytest.mark.django_db
def test_a_picture_is_saved_kept_replaced_and_removed():
    office = factories.make_office()
    form = post(encoded(halves()), office=office)
    assert form.is_valid(), form.errors
    form.save()
    office.refresh_from_db()
    first = office.stored_picture
    assert (first.width, first.height, office.picture_alt) == (1600, 800, "A board with pins")

    untouched = OfficePictureForm({"picture_alt": "Pins"}, {}, instance=office)
    assert first.url in str(untouched["picture_file"])  # the earlier one is there to look at
    assert untouched.is_valid(), untouched.errors
    untouched.save()
    assert Office.objects.get().stored_picture == first

    without_words = OfficePictureForm({"picture_alt": ""}, {}, instance=Office.objects.get())
    assert list(without_words.errors) == ["picture_alt"]

    replaced = post(encoded(halves(1000, 500)), office=Office.objects.get())
    assert replaced.is_valid(), replaced.errors
    replaced.save()
    second = Office.objects.get().stored_picture
    assert second.key != first.key
    assert second.width == 1000

    removed = OfficePictureForm({"picture_alt": "", "picture_file-clear": "on"}, {}, instance=Office.objects.get())
    assert removed.is_valid(), removed.errors
    removed.save()
    assert Office.objects.get().stored_picture is None


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Office, Program])
def test_the_database_holds_the_rule_too(model):
    made = factories.make_office() if model is Office else factories.make_program()
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=made.pk).update(picture="0" * 32, picture_alt="")
    assert issubclass(model, Pictured)


def test_a_form_with_another_error_writes_no_file():
    class Strict(OfficePictureForm):
        name = forms.CharField()

    form = Strict({"picture_alt": "Pins"}, {"picture_file": ContentFile(encoded(halves()), "a.png")}, instance=Office())
    assert not form.is_valid()
    assert not default_storage.exists(FOLDER)


# Sweeping


@pytest.mark.django_db
def test_only_old_pictures_that_nothing_names_are_swept():
    image = read_picture(ContentFile(encoded(halves(500, 300))))
    kept, of_program, replaced = store_picture(image), store_picture(image), store_picture(image)
    office, program = factories.make_office(), factories.make_program()
    for thing, stored in ((office, kept), (program, of_program)):
        thing.set_picture(stored)
        thing.picture_alt = "Pins"
        thing.save()

    assert sweep_pictures() == 0  # none is an hour old
    assert sweep_pictures(at=timezone.now() + timedelta(minutes=61)) == 1
    assert set(default_storage.listdir(FOLDER)[0]) == {kept.key, of_program.key}
    assert replaced.key not in default_storage.listdir(FOLDER)[0]
    assert sweep_pictures(at=timezone.now() + timedelta(minutes=61)) == 0


@pytest.mark.django_db
def test_sweeping_nothing_is_no_error():
    assert sweep_pictures() == 0


# Served


@pytest.fixture
def stored() -> StoredPicture:
    return store_drawing(read_picture(ContentFile(encoded(halves(900, 600)))))


@pytest.mark.parametrize(("name", "kind"), [("480.webp", "image/webp"), ("900.jpg", "image/jpeg")])
def test_a_picture_is_public_and_kept_by_browsers(client, stored, name, kind):
    response = client.get(f"/pictures/{stored.key}/{name}")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == kind
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert not response.cookies
    assert response.streaming
    assert Image.open(BytesIO(b"".join(response.streaming_content))).size[0] == int(name.split(".")[0])


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_picture_is_only_read(client, stored, method):
    assert getattr(client, method)(stored.url).status_code == 405


def test_only_paths_that_the_pipeline_writes_are_looked_up(client, stored, monkeypatch):
    secret = default_storage.save("documents/secret.jpg", ContentFile(b"secret"))
    key = stored.key
    tricks = [
        f"../{secret}",
        f"%2e%2e/{secret}",
        f"{key}/../../{secret}",
        f"{key}/%2e%2e/%2e%2e/{secret}",
        f"{key}/..%2f..%2f{secret}",
        f"{key}/480.webp%00.jpg",
        f"{key}/480.webp%0a",
        f"{key}/480.webp/",
        f"{key}/0480.webp",
        f"{key}/٤٨٠.webp",
        f"{key}/480.png",
        f"{key}/480.svg",
        f"{key.upper()}/480.WEBP",
        f"{key[:-1]}/480.webp",
        f"{key}//480.webp",
        f"/{key}/480.webp",
        f"{key}\\480.webp",
        key,
        "",
    ]
    monkeypatch.setattr(type(default_storage), "open", lambda *_: pytest.fail("looked up"), raising=False)
    with pytest.raises(pytest.fail.Exception):
        client.get(f"/pictures/{key}/480.webp")
    for trick in tricks:
        assert client.get(f"/pictures/{trick}").status_code == 404, trick


def test_what_is_not_there_is_not_found(client, stored):
    assert client.get(f"/pictures/{stored.key}/9.webp").status_code == 404
    assert client.get(f"/pictures/{'0' * 32}/480.webp").status_code == 404


def test_every_link_of_a_picture_matches_the_view(stored):
    paths = [stored.path(width, "webp") for width in stored.widths] + [stored.path(stored.fallback_width, "jpg")]
    assert all(PATH.fullmatch(path) and default_storage.exists(f"{FOLDER}/{path}") for path in paths)


# Shown


def shown(thing, options: str = "") -> str:
    return Template("{% load pictures %}{% cover thing " + options + " %}").render(Context({"thing": thing}))


def test_the_tag_offers_every_size_and_reserves_the_room():
    program = Program(picture="a" * 32, picture_width=1600, picture_height=900, picture_alt='Pins & "boards"')

    html = shown(program, 'sizes="(min-width: 60rem) 20rem, 100vw"')

    assert all(f"{reverse('picture', args=['a' * 32 + f'/{w}.webp'])} {w}w" in html for w in (480, 800, 1200, 1600))
    assert 'sizes="(min-width: 60rem) 20rem, 100vw"' in html
    assert f'src="/pictures/{"a" * 32}/1200.jpg"' in html
    assert 'width="1600"' in html
    assert 'height="900"' in html
    assert 'alt="Pins &amp; &quot;boards&quot;"' in html
    assert 'loading="lazy"' in html
    assert 'loading="lazy"' not in shown(program, 'loading="eager"')
    assert "style=" not in html


def test_without_a_picture_there_is_a_plain_block_in_its_hue():
    assert 'class="cover cover-empty hue-14"' in shown(Program(hue=210))
    assert "<img" not in shown(Office())
