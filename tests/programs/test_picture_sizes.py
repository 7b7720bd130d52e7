"""The sizes of an uploaded picture: pages show its JPEG until the worker has made them, whatever fails meanwhile."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.template import Context, Template
from django.utils import timezone
from PIL import Image

from letters.retries import MOST_TRIES, pause_after
from programs import picture_sizes
from programs.models import Office
from programs.picture_sizes import make_missing_sizes
from programs.pictures import FOLDER, store_picture, sweep_pictures
from tests.factories import make_office, make_program
from tests.programs.test_pictures import OfficePictureForm, encoded, files_of, halves, near, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    """An office whose picture was just uploaded."""
    form = post(encoded(halves()), office=make_office())
    assert form.is_valid(), form.errors
    form.save()
    return Office.objects.get()


def shown(thing) -> str:
    return Template("{% load pictures %}{% cover thing %}").render(Context({"thing": thing}))


def test_until_the_worker_comes_by_pages_show_the_jpeg(office, client):
    assert set(files_of(office.stored_picture)) == {"1600.jpg", "1200.jpg"}
    page = shown(office)
    assert "<source" not in page
    assert office.stored_picture.url in page
    assert client.get(office.stored_picture.url).status_code == 200

    assert (make_missing_sizes(), make_missing_sizes()) == (1, 0)
    office.refresh_from_db()
    files = files_of(office.stored_picture)
    sizes = {name: image.size for name, image in files.items() if image.format == "WEBP"}
    assert sizes == {"480.webp": (480, 240), "800.webp": (800, 400), "1200.webp": (1200, 600), "1600.webp": (1600, 800)}
    assert near(files["480.webp"].convert("RGB").getpixel((20, 50)), (200, 30, 30))
    assert office.stored_picture.srcset in shown(office)


def test_a_small_picture_has_one_jpeg_from_which_its_sizes_are_made():
    program = make_program(picture_alt="Pins")
    program.set_picture(store_picture(Image.new("RGB", (500, 300), "red")))
    program.save()
    assert set(files_of(program.stored_picture)) == {"500.jpg"}
    make_missing_sizes()
    assert set(files_of(program.stored_picture)) == {"500.jpg", "480.webp", "500.webp"}


def test_what_fails_is_tried_again_and_the_other_ones_are_made(office, monkeypatch, caplog):
    program = make_program(picture_alt="Pins")
    program.set_picture(store_picture(halves(600, 300)))
    program.save()
    at, stored = timezone.now(), office.stored_picture
    lost = f"{FOLDER}/{stored.path(1600, 'jpg')}"
    with default_storage.open(lost) as file:
        content = file.read()
    default_storage.delete(lost)
    assert make_missing_sizes(at=at) == 1
    assert "making the sizes of the picture of programs.Office" in caplog.text
    assert make_missing_sizes(at=at) == 0, "it waits"
    default_storage.save(lost, ContentFile(content))
    assert make_missing_sizes(at=at + pause_after(1)) == 1
    office.refresh_from_db()
    assert (office.picture_waits, office.picture_tries) == (False, 0)


def test_who_is_killed_in_it_leaves_what_the_next_try_writes_over(office, monkeypatch):
    at, calls = timezone.now(), []

    def killed(stored, image):
        default_storage.save(f"{FOLDER}/{stored.path(480, 'webp')}", ContentFile(b"half of it"))
        calls.append(stored)
        raise KeyboardInterrupt

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(picture_sizes, "write_sizes", killed)
        make_missing_sizes(at=at)
    assert calls
    assert make_missing_sizes(at=at + pause_after(1)) == 1
    office.refresh_from_db()
    files = files_of(office.stored_picture)
    assert set(files) == {"1600.jpg", "1200.jpg", "480.webp", "800.webp", "1200.webp", "1600.webp"}
    assert files["480.webp"].size == (480, 240)


def test_another_picture_meanwhile_is_not_taken_for_made(office, monkeypatch):
    """The row waits for the sizes of its new picture; what was written for the old one is swept."""
    real = picture_sizes.write_sizes

    def replaced_meanwhile(stored, image):
        real(stored, image)
        newer = Office.objects.get()
        newer.set_picture(store_picture(halves(700, 350)))
        newer.save()

    with monkeypatch.context() as racing:
        racing.setattr(picture_sizes, "write_sizes", replaced_meanwhile)
        assert make_missing_sizes(seconds=0.01) == 0
    newer = Office.objects.get()
    assert newer.picture_waits
    assert make_missing_sizes() == 1
    assert sweep_pictures(at=timezone.now() + timedelta(minutes=61)) == 1
    assert default_storage.listdir(FOLDER)[0] == [newer.picture]


def test_after_a_day_its_form_says_so_and_saving_it_tries_again(office):
    Office.objects.update(picture_tries=MOST_TRIES)
    assert make_missing_sizes() == 0
    form = OfficePictureForm({"picture_alt": "Pins"}, {}, instance=Office.objects.get())
    assert "could not be made" in form.fields["picture_file"].help_text
    assert form.is_valid(), form.errors
    form.save()
    assert make_missing_sizes() == 1
    assert "could not be made" not in OfficePictureForm(instance=Office.objects.get()).fields["picture_file"].help_text
