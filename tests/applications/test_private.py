"""How files leave: by Django, by the web server in its place, or from the store; each for whom the view has let in."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.models import Document, document_path
from tests.factories import make_draft, make_program, make_user, make_window, post_for
from tests.files import pdf
from tests.store import kept_in

pytestmark = pytest.mark.django_db

NAME = "Résumé of “Ada”; draft.pdf"


@pytest.fixture
def document(client):
    """A candidate's file, and its candidate signed in; the name is one that a header has to be careful with."""
    window = make_window(make_program(asks=("document",)))
    candidate = make_user("ada@example.org")
    client.force_login(candidate)
    client.post(window.program.apply_url, post_for(window, action="send"))
    found = Document.objects.get()
    Document.objects.filter(pk=found.pk).update(name=NAME)
    return found


@pytest.fixture
def store(settings):
    """Files in a bucket of a store that is away: nobody listens there."""
    settings.STORAGES = settings.STORAGES | kept_in("http://127.0.0.1:9")


def test_the_web_server_is_named_the_file_and_the_reader_is_sent_nothing_of_it(client, document, settings):
    settings.FILES_X_ACCEL = "/protected-files/"
    answer = client.get(document.get_absolute_url())

    assert answer["X-Accel-Redirect"] == f"/protected-files/{document.file.name}"
    assert answer.content == b""
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''R%C3%A9sum%C3%A9")  # RFC 5987
    assert "no-store" in answer["Cache-Control"]

    default_storage.delete(document.file.name)
    assert client.get(document.get_absolute_url()).status_code == 404
    client.force_login(make_user())
    refused = client.get(document.get_absolute_url())
    assert refused.status_code == 404
    assert "X-Accel-Redirect" not in refused


def test_a_signed_address_opens_for_a_minute_and_is_always_a_download(client, document, settings, store, monkeypatch):
    settings.S3_SIGNED_URLS = True
    monkeypatch.setattr("pinterns.s3.S3Storage.exists", lambda self, name: True)
    answer = client.get(document.get_absolute_url())
    signed = urlsplit(answer["Location"])
    said = {name: value for name, [value] in parse_qs(signed.query).items()}

    assert answer.status_code == 302
    assert "no-store" in answer["Cache-Control"]
    assert signed.path.endswith(document.file.name)
    assert 0 < int(said["X-Amz-Expires"]) <= 60
    assert said["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert said["response-content-disposition"].startswith("attachment; filename*=utf-8''")
    assert said["response-cache-control"] == "private, no-store"
    client.force_login(make_user())
    assert client.get(document.get_absolute_url()).status_code == 404


def test_a_store_that_is_away_is_told_at_the_field_and_the_draft_is_kept(client, store):
    window = make_window(make_program(asks=("document", "statement")))
    candidate = make_user()
    client.force_login(candidate)
    draft = make_draft(window, candidate=candidate)
    requirement = window.program.requirements.get(kind="document")
    address = reverse("upload", args=[window.program.slug, window.pk, requirement.pk])

    answer = client.post(address, {"file": SimpleUploadedFile("cv.pdf", pdf(), "application/pdf")})

    assert answer.status_code == 422
    assert "We could not store this file" in answer.text
    page = client.post(window.program.apply_url, post_for(window, action="save"), follow=True)
    assert page.status_code == 200
    assert "We could not store this file" in page.content.decode()
    assert not Document.objects.exists()
    draft.refresh_from_db()
    assert draft.draft


def test_what_a_browser_claims_of_its_file_is_no_name_and_no_type_in_the_store(store):
    document = Document(content_type="application/pdf")
    path = document_path(document, "../../<script>.html")

    assert default_storage.get_object_parameters(path) == {"ContentType": "application/octet-stream"}
    assert ".." not in path
    assert path.endswith(".pdf")


@pytest.mark.parametrize("missing", ["open", "exists", "delete", "size", "get_modified_time", "listdir"])
def test_a_store_fails_as_a_file_system_does(store, missing):
    with pytest.raises(OSError, match=r"127\.0\.0\.1:9"):
        getattr(default_storage, missing)("documents/a.pdf")
    with pytest.raises(OSError, match=r"127\.0\.0\.1:9"):
        default_storage.save("documents/a.pdf", ContentFile(pdf()))
