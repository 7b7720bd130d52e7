"""Files in storage: written before the transaction, and swept when nothing refers to them."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from applications.documents import GRACE, receive, sweep_documents
from applications.drafts import save_draft
from applications.models import Application, Document
from applications.services import submit
from tests.factories import draft_for, make_program, make_user, make_window, post_for
from tests.files import pdf

LATER = GRACE + timedelta(minutes=1)


def window_with_document():
    window = make_window(make_program(asks=("document",)))
    return window, window.program.requirements.get()


def upload(requirement, text="A résumé"):
    return receive(requirement, SimpleUploadedFile("cv.pdf", pdf(text=text), "application/pdf"))


@pytest.mark.django_db
def test_a_file_is_in_storage_before_any_row_names_it():
    _window, requirement = window_with_document()
    kept = upload(requirement)
    assert default_storage.exists(kept.path)
    assert "cv" not in kept.path
    assert not Document.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_file_is_written(client, monkeypatch):
    window, _requirement = window_with_document()
    seen, save = [], default_storage.save

    def watched(*args, **kwargs):
        seen.append(connection.in_atomic_block)
        return save(*args, **kwargs)

    monkeypatch.setattr("applications.documents.default_storage.save", watched)
    candidate = make_user()
    client.force_login(candidate)
    assert client.post(window.program.apply_url, post_for(window, action="send")).status_code == 302
    assert seen == [False]


@pytest.mark.django_db
def test_the_sweep_takes_what_nothing_refers_to_and_only_when_it_is_old_enough():
    window, requirement = window_with_document()
    candidate, draft = make_user(), draft_for(window)
    stray = upload(requirement)
    save_draft(candidate=candidate, window=window, draft=draft, uploads=[first := upload(requirement, "one")])
    application = save_draft(
        candidate=candidate, window=window, draft=draft, uploads=[second := upload(requirement, "two")]
    )
    assert sweep_documents() == 0
    assert sweep_documents(at=timezone.now() + LATER) == 2
    assert [default_storage.exists(file.path) for file in (stray, first, second)] == [False, False, True]
    submit(application=application, revision=0)
    save_draft(candidate=candidate, window=window, draft=draft, removed=[requirement.pk])
    assert sweep_documents(at=timezone.now() + LATER) == 0
    assert Application.objects.get().answers.get().document.file.name == second.path


@pytest.mark.django_db
def test_the_sweep_reads_the_folder_of_the_day_before_and_leaves_the_rest():
    elsewhere = default_storage.save("documents/2020/01/01/old.pdf", ContentFile(b"x"))
    yesterday = timezone.now() - timedelta(days=1)
    near = default_storage.save(f"documents/{yesterday:%Y/%m/%d}/near.pdf", ContentFile(b"x"))
    assert sweep_documents(at=timezone.now() + LATER) == 1
    assert default_storage.exists(elsewhere)
    assert not default_storage.exists(near)


@pytest.mark.django_db
def test_a_full_disk_is_told_and_loses_no_answer(client, monkeypatch):
    window, _requirement = window_with_document()

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("applications.documents.default_storage.save", full)
    client.force_login(make_user())
    response = client.post(window.program.apply_url, post_for(window, action="send"))
    assert response.status_code == 200
    assert "could not store this file" in response.content.decode()
    assert Application.objects.get().draft["about-full_name"] == ["Ada Example"]
