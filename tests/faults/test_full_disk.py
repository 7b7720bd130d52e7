"""No room for uploads, for temporary files, for the database: a page that says try again, and nothing half-written.

What is full is made so by the kernel, and needs no root: a process that may write no larger file (`ulimit -f`), a
database that may have no more pages. The long set does it once more with real, small disks.
"""

import contextlib
import json
import re
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.urls import reverse

from applications.inspection import PagePicture
from applications.models import Application, Document
from applications.pages import _store
from programs.models import Window
from tests import files
from tests.factories import make_draft, make_program, make_requirement, make_user, make_window, post_for

TRY_AGAIN = "We could not store this file. Nothing else is lost; please choose it again in a minute."
LARGE = 4 * 2**20  # bytes: more than Django keeps in memory, so it goes through a temporary file
LIMIT = 2**16  # bytes


@contextlib.contextmanager
def no_larger_file(most: int = LIMIT) -> Iterator[None]:
    """This process can write no file beyond so many bytes: the write that would is cut short by the kernel."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def full_storage(monkeypatch):
    """Storage, and nothing else, finds no room."""
    save = FileSystemStorage._save

    def save_with_little_room(storage, name, content):
        with no_larger_file(512):
            return save(storage, name, content)

    monkeypatch.setattr(FileSystemStorage, "_save", save_with_little_room)


@pytest.fixture
def window(db) -> Window:
    program = make_program(asks=("statement",))
    make_requirement(program, "document", parameters={"megabytes": 10})
    return make_window(program)


@pytest.fixture
def candidate(client, window):
    user = make_user("ada@example.org", name="Ada Example")
    client.force_login(user)
    return user


def resume(size: int = 2 * LIMIT) -> SimpleUploadedFile:
    """A good PDF of about so many bytes."""
    data = files.pdf(content=b"<< /Length %d >> stream\n%s\nendstream" % (size, b" " * size))
    return SimpleUploadedFile("cv.pdf", data, "application/pdf")


def field_of(window: Window) -> str:
    return next(name for name in post_for(window) if name.endswith("-file"))


def save_form(client, window: Window, file: SimpleUploadedFile, **more):
    """What a candidate without a script does: the whole form with its file."""
    posted = post_for(window, answers={"statement": {"text": "Kept through all of it."}}, action="save", **more)
    return client.post(window.program.apply_url, {**posted, field_of(window): file})


def stored() -> list[Path]:
    return [path for path in Path(default_storage.location).rglob("*") if path.is_file()]


def assert_told_and_kept(answer) -> None:
    """The file is refused at its field, the answers that came with it are saved, and nothing of the file is left."""
    assert answer.status_code == 200
    assert TRY_AGAIN in answer.text
    assert "Kept through all of it." in str(Application.objects.get().draft)
    assert not Document.objects.exists()
    assert stored() == []


def test_no_room_for_uploads_is_told_at_the_field_and_leaves_no_partial_file(client, candidate, window, full_storage):
    assert_told_and_kept(save_form(client, window, resume()))
    address = reverse("upload", args=[window.program.slug, window.pk, window.program.requirements.last().pk])
    answer = client.post(address, {"file": resume()})
    assert answer.status_code == 422
    assert TRY_AGAIN in answer.text
    assert stored() == []


def test_control_a_storage_that_takes_nothing_back_leaves_a_partial_file(candidate, window, full_storage):
    with pytest.raises(OSError, match="File too large"):
        FileSystemStorage().save("documents/cv.pdf", resume())
    [partial] = stored()
    assert 0 < partial.stat().st_size <= 512


@pytest.mark.parametrize("size", [2 * LIMIT, LARGE])  # in memory, and through a temporary file
def test_no_room_for_temporary_files_is_told_at_the_field_and_the_answers_are_kept(
    client, candidate, window, size, settings, tmp_path
):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path  # its own: other tests upload at the same time
    with no_larger_file():
        answer = save_form(client, window, resume(size))
    assert_told_and_kept(answer)
    assert list(tmp_path.iterdir()) == []
    assert "could not store" not in save_form(client, window, resume(size)).text
    assert Document.objects.get().size > size


def test_control_with_djangos_own_handler_the_answers_are_lost(client, candidate, window, settings):
    settings.FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
    with no_larger_file():
        assert save_form(client, window, resume(LARGE)).status_code == 503
    assert not Application.objects.exists()


def test_no_room_for_a_picture_is_a_page_that_says_try_again(client, window, full_storage):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    url = reverse("admin:programs_office_change", args=[window.program.offices.get().pk])
    form = client.get(url).context["adminform"].form
    posted = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    posted = {name: value for name, value in posted.items() if value is not None}
    picture = SimpleUploadedFile("p.png", files.png(1600, 900), "image/png")
    answer = client.post(url, {**posted, "picture_alt": "A street", "picture_file": picture})
    assert answer.status_code == 503
    assert "wait some minutes, then try again" in answer.text
    assert '<input type="hidden" name="picture_alt" value="A street">' in answer.text
    assert answer["Retry-After"] == "120"
    assert "no-store" in answer["Cache-Control"]
    assert stored() == []


def test_pages_of_which_not_all_found_room_leave_none(window, candidate, full_storage):
    pictures = [PagePicture(1, False, 9, 9, b"x" * 100), PagePicture(2, False, 9, 9, b"x" * 2 * LIMIT)]
    with pytest.raises(OSError, match="File too large"):
        _store(Document(), pictures)
    assert stored() == []


# --- The database ----------------------------------------------------------------------------------------------------
@contextlib.contextmanager
def full_database() -> Iterator[None]:
    """The database can take nothing more, and says so as it does on a full disk."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        else:
            cursor.execute(
                "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE disk_full; END $$;"
                "CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON applications_application "
                "EXECUTE FUNCTION full_disk()"
            )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA max_page_count = 1073741823")
            else:
                cursor.execute("DROP FUNCTION full_disk CASCADE")


@pytest.mark.django_db(transaction=True)
def test_no_room_in_the_database_is_a_page_that_says_try_again_and_the_draft_is_kept(client, candidate, window):
    draft = make_draft(window, candidate=candidate)
    long = {"statement": {"text": "word " * 40_000}}
    with full_database():
        client.raise_request_exception = False
        answer = client.post(window.program.apply_url, post_for(window, answers=long, action="save"))
        with pytest.raises(OperationalError):
            Application.objects.filter(pk=draft.pk).update(draft={"statement": ["word " * 40_000]})
    assert answer.status_code == 503
    assert Application.objects.get().draft == draft.draft
    client.raise_request_exception = True
    given_back = re.findall('<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text)
    assert client.post(window.program.apply_url, dict(given_back)).status_code == 302
    assert "word word" in str(Application.objects.get().draft)


# --- /healthz --------------------------------------------------------------------------------------------------------
def health(client) -> tuple[int, dict]:
    answer = client.get("/healthz")
    return answer.status_code, json.loads(answer.text)


def test_healthz_is_red_where_a_disk_has_no_room(client, db, settings):
    status, found = health(client)
    assert (status, found["ok"], found["problems"]) == (200, True, [])
    places = {"uploads", "temporary files"} | ({"the database"} if connection.vendor == "sqlite" else set())
    assert set(found["free_mb"]) == places
    assert found["letters"] == {"waiting": 0, "oldest_seconds": 0, "failed": 0}
    settings.LEAST_FREE_MB = 10**9
    status, found = health(client)
    assert (status, found["ok"]) == (503, False)
    assert [problem.startswith("There is no room for ") for problem in found["problems"]] == [True] * len(places)


def test_healthz_is_red_where_uploads_cannot_be_written(client, db, monkeypatch):
    monkeypatch.setattr("os.access", lambda folder, mode: folder != Path(default_storage.location).parent)
    status, found = health(client)
    assert status == 503
    assert "No files can be written for uploads." in found["problems"]
