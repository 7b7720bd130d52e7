"""What candidates have removed: their drafts, and, once they ask for it, everything."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from accounts.models import ErasureRequest
from applications.erasure import ask_for_erasure, delete_drafts
from applications.models import Application, Document, PageImage
from letters.models import Letter
from tests.factories import (
    make_application,
    make_draft,
    make_program,
    make_recruiter,
    make_requirement,
    make_user,
    make_window,
)

pytestmark = pytest.mark.django_db
PAGE, DRAFTS, ERASURE, BACK = "/my-data/", "/my-data/drafts/", "/my-data/erasure/", "/my-data/erasure/take-back/"


@pytest.fixture
def ada(client):
    user = make_user("ada@example.org")
    client.force_login(user)
    return user


def with_file(application: Application) -> list[str]:
    """Gives a draft a file with a picture of its page; their paths in storage."""
    requirement = make_requirement(application.program, "document")
    document = application.documents.create(
        requirement=requirement,
        file=ContentFile(b"%PDF-", name="cv.pdf"),
        name="cv.pdf",
        content_type="application/pdf",
        size=5,
        sha256="0" * 64,
    )
    image = document.page_images.create(
        number=1, blind=False, file=ContentFile(b"picture", name="p.jpg"), width=1, height=1
    )
    return [document.file.name, image.file.name]


def test_drafts_that_were_never_sent_go_with_their_files_and_nothing_else(client, ada):
    draft, sent, theirs = make_draft(candidate=ada), make_application(candidate=ada), make_draft()
    paths, kept = with_file(draft), with_file(sent) + with_file(theirs)
    page = client.get(DRAFTS).content.decode()
    assert draft.reference in page
    assert sent.reference not in page
    assert theirs.reference not in page
    assert Application.objects.count() == 3
    everything = [draft.reference, sent.reference, theirs.reference, "\x00"]
    assert "1 draft is deleted" in client.post(DRAFTS, {"draft": everything}, follow=True).content.decode()
    assert set(Application.objects.all()) == {sent, theirs}
    assert not any(default_storage.exists(path) for path in paths)
    assert all(default_storage.exists(path) for path in kept)
    assert Document.objects.count() == PageImage.objects.count() == 2


def test_only_what_the_page_named_is_deleted(client, ada):
    named = make_draft(candidate=ada)
    later = make_draft(candidate=ada)
    client.post(DRAFTS, {"draft": [named.reference]})
    assert list(Application.objects.all()) == [later]


def test_twice_and_without_drafts_nothing_happens(client, ada):
    draft = make_draft(candidate=ada)
    for _ in range(2):
        page = client.post(DRAFTS, {"draft": [draft.reference]}, follow=True).content.decode()
    assert "Nothing was deleted" in page
    assert client.get(DRAFTS)["Location"] == PAGE


def test_whoever_is_stopped_in_between_can_delete_again(ada, monkeypatch):
    draft = make_draft(candidate=ada)
    paths = with_file(draft)

    def dies(self):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Application, "delete", dies)
        delete_drafts(candidate=ada, references=[draft.reference])
    assert Application.objects.filter(pk=draft.pk).exists()
    assert not any(default_storage.exists(path) for path in paths)
    assert delete_drafts(candidate=ada, references=[draft.reference]) == 1
    assert not Application.objects.exists()


def test_asking_to_be_erased_and_taking_it_back(client, ada):
    assert "Ask for it" in client.get(ERASURE).content.decode()
    assert not ErasureRequest.objects.exists()
    for _ in range(2):
        page = client.post(ERASURE, follow=True).content.decode()
    assert "You asked on" in page
    assert ErasureRequest.objects.get().user == ada
    assert list(Letter.objects.values_list("to", "subject")) == [(ada.email, "You asked us to erase your data")]
    assert client.get(BACK)["Location"] == PAGE
    assert ErasureRequest.objects.exists()
    for _ in range(2):
        page = client.post(BACK, follow=True).content.decode()
    assert "You asked on" not in page
    assert not ErasureRequest.objects.exists()
    assert Letter.objects.order_by("pk").last().subject == "We keep your data, as you wish"
    assert Letter.objects.count() == 2


def test_administrators_are_told_of_it_and_recruiters_are_not(client, ada):
    window = make_window(make_program())
    ask_for_erasure(user=ada, at=timezone.now() - timedelta(days=31))
    home, rows = reverse("admin:index"), reverse("admin:accounts_erasurerequest_changelist")
    client.force_login(make_user(is_staff=True, is_superuser=True))
    page = client.get(home).content.decode()
    assert "person asks to be erased" in page
    assert "Overdue" in page
    assert f'href="{rows}' in page
    assert "ada@example.org" in client.get(rows).content.decode()
    client.force_login(make_recruiter(window.program))
    assert "to be erased" not in client.get(home).content.decode()
    assert client.get(rows).status_code == 403
