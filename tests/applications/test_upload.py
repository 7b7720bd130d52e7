"""One file of the form, uploaded by itself: what is kept, what is refused and in which words, and who sees page one."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from applications.documents import GRACE, sweep_documents
from applications.models import Application, Document, DocumentText
from programs.models import Window
from tests import files
from tests.factories import make_draft, make_program, make_recruiter, make_user, make_window

pytestmark = pytest.mark.django_db


@pytest.fixture
def candidate(client):
    user = make_user("ada@example.org", name="Ada Example")
    client.force_login(user)
    return user


@pytest.fixture
def window():
    return make_window(make_program(asks=("statement", "document")))


def address(window, kind="document"):
    return reverse("upload", args=[window.program.slug, window.pk, window.program.requirements.get(kind=kind).pk])


def send(client, window, data=None, name="cv.pdf"):
    file = SimpleUploadedFile(name, files.pdf(text="I know PyTorch") if data is None else data)
    return client.post(address(window), {"file": file})


def test_a_file_is_kept_at_once_and_the_same_again_changes_nothing(client, candidate, window):
    answer = send(client, window)
    assert answer.status_code == 200
    assert "cv.pdf" in answer.text
    assert "I know PyTorch" in answer.text
    send(client, window)
    document = Document.objects.get()
    assert (document.in_draft, document.written.text) == (True, "I know PyTorch")
    assert 'value="Ada Example"' in client.get(window.program.apply_url).text
    send(client, window, files.pdf(text="Another"), name="new.pdf")
    assert [kept.name for kept in Document.objects.filter(in_draft=True)] == ["new.pdf"]
    assert sweep_documents(at=timezone.now() + GRACE + timedelta(minutes=1)) == 2  # the second copy, and the replaced
    assert DocumentText.objects.get().text == "Another"


def test_an_upload_leaves_the_answers_of_the_draft_alone(client, candidate, window):
    before = make_draft(window, candidate=candidate)
    send(client, window)
    after = Application.objects.get()
    assert (after.draft, after.draft_saved_at) == (before.draft, before.draft_saved_at)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (files.docx(), "text processor"),
        (files.pdf(pages=3), "yours has 3 pages"),
        (b"%PDF-" + b"0" * 2**21, "is larger than 1 MB"),
        (b"", "empty"),
    ],
)
def test_what_cannot_be_kept_is_told_at_the_field(client, candidate, window, data, told):
    answer = send(client, window, data)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'class="error' in answer.text
    assert not Document.objects.exists()


def test_a_full_disk_is_told_and_the_earlier_file_stays(client, candidate, window, monkeypatch):
    send(client, window)

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("applications.documents.default_storage.save", full)
    answer = send(client, window, files.pdf(text="Another"), name="new.pdf")
    assert answer.status_code == 422
    assert "could not store this file" in answer.text
    assert Document.objects.get(in_draft=True).name == "cv.pdf"


def test_after_closing_a_file_is_refused_and_the_earlier_one_stays(client, candidate, window):
    send(client, window)
    Window.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    answer = send(client, window, files.pdf(text="Another"), name="new.pdf")
    assert answer.status_code == 422
    assert "This window closed" in answer.text
    assert "cv.pdf" in answer.text
    assert Document.objects.get(in_draft=True).name == "cv.pdf"


def test_who_may_not_or_asks_nonsense_changes_nothing(client, candidate, window):
    assert client.get(address(window)).status_code == 405
    assert client.post(address(window)).status_code == 400
    assert client.post(address(window), {"file": "a text"}).status_code == 400
    assert client.post(address(window, "statement"), {"file": "x"}).status_code == 404
    slug = window.program.slug
    for numbers in ([10**30, 1], [window.pk, 10**30]):
        assert client.post(reverse("upload", args=[slug, *numbers])).status_code == 404
    Window.objects.update(published=False)
    assert send(client, window).status_code == 404
    client.logout()
    assert send(client, window).status_code == 401
    assert not Application.objects.exists()


def test_page_one_is_shown_to_whose_it_is_and_kept_by_no_cache(client, candidate, window):
    send(client, window)
    picture = reverse("first_page", args=[Document.objects.get().public_id])
    answer = client.get(picture)
    assert answer.content.startswith(b"\xff\xd8\xff")
    assert answer["Content-Type"] == "image/jpeg"
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    for other in (make_user(), make_recruiter(window.program)):
        client.force_login(other)
        assert client.get(picture).status_code == 404
    client.logout()
    assert client.get(picture).status_code == 302
