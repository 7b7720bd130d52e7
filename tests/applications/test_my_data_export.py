"""The copy of one's data: asked for, made by the worker whatever fails meanwhile, handed to its person alone, gone in time."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from applications import my_data_export
from applications.documents import sweep_documents
from applications.models import DataExport
from applications.my_data_export import ask_for_export, forget_exports, make_exports
from letters.retries import MOST_TRIES, pause_after
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PAGE, EXPORT, DOWNLOAD = "/my-data/", "/my-data/export/", "/my-data/download/"


@pytest.fixture
def ada(client):
    user = make_user("ada@example.org", name="Ada")
    client.force_login(user)
    return user


def files() -> list[str]:
    folder, found = ["exports"], []
    while folder:
        try:
            folders, names = default_storage.listdir(path := folder.pop())
        except FileNotFoundError:
            continue
        found += [f"{path}/{name}" for name in names]
        folder += [f"{path}/{name}" for name in folders]
    return found


def test_the_page_tells_how_far_it_is_and_looks_again_by_itself(client, ada):
    page = client.get(PAGE).text
    assert "Make a copy to take with you" in page
    assert "htmx" not in page
    client.post(EXPORT)
    page = client.get(PAGE).text
    assert "Your copy is being put together" in page
    assert 'hx-trigger="every 2s"' in page
    assert f'href="{PAGE}#export"' in page  # for who has no scripts
    assert client.get(DOWNLOAD)["Location"] == f"{PAGE}#export"
    make_exports()
    page = client.get(PAGE).text
    assert f'href="{DOWNLOAD}"' in page
    assert "hx-trigger" not in page
    assert "Make a new one" in page


def test_nothing_is_made_by_looking(client, ada):
    client.get(EXPORT)
    client.get(DOWNLOAD)
    assert not DataExport.objects.exists()


def test_it_is_its_persons_alone_and_is_kept_by_no_cache(client, ada):
    client.post(EXPORT)
    make_exports()
    answer = client.get(DOWNLOAD)
    data = json.loads(zipfile.ZipFile(io.BytesIO(answer.getvalue())).read("data.json"))
    assert data["account"]["email"] == "ada@example.org"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in answer["Cache-Control"]
    client.force_login(make_user())
    assert client.get(DOWNLOAD)["Location"] == f"{PAGE}#export"


def test_asking_twice_makes_one_and_a_new_one_takes_the_place_of_the_old(
    client, ada, django_capture_on_commit_callbacks
):
    client.post(EXPORT)
    client.post(EXPORT)
    assert (make_exports(), make_exports()) == (1, 0)
    [first] = files()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(EXPORT)
    assert files() == []
    assert make_exports() == 1
    [second] = files()
    assert second != first


def test_what_fails_is_tried_again_and_leaves_nothing_half_made(client, ada, monkeypatch, caplog):
    at = timezone.now()
    ask_for_export(user=ada, at=at)

    def no_room(name, content):
        raise OSError(ada.email)

    with monkeypatch.context() as broken:
        broken.setattr(default_storage, "save", no_room)
        assert make_exports(at=at) == 0
    assert "making data export" in caplog.text
    assert ada.email not in caplog.text
    assert make_exports(at=at) == 0, "it waits"
    assert make_exports(at=at + pause_after(1)) == 1
    assert len(files()) == 1


def test_after_a_day_it_is_given_up_and_its_person_may_ask_anew(client, ada, monkeypatch):
    client.post(EXPORT)
    DataExport.objects.update(tries=MOST_TRIES - 1)
    with monkeypatch.context() as broken:
        broken.setattr(my_data_export, "my_data", lambda *_args, **_facts: 1 / 0)
        make_exports()
    assert make_exports(at=timezone.now() + timedelta(days=1)) == 0
    page = client.get(PAGE).text
    assert "We could not put your copy together" in page
    assert "hx-trigger" not in page
    client.post(EXPORT)
    assert make_exports() == 1
    assert f'href="{DOWNLOAD}"' in client.get(PAGE).text


def test_who_is_erased_while_it_is_made_leaves_no_file(ada, monkeypatch):
    ask_for_export(user=ada)

    def erased_meanwhile(user, *, at):
        DataExport.objects.filter(user=user).delete()
        return real(user, at=at)

    real = my_data_export.my_data
    monkeypatch.setattr(my_data_export, "my_data", erased_meanwhile)
    assert make_exports() == 0
    assert files() == []


def test_a_file_whose_maker_was_killed_is_swept(ada, monkeypatch):
    """Between the file and its mark; the next try makes another."""
    ask_for_export(user=ada)
    save = default_storage.save

    def killed(name, content):
        save(name, content)
        raise KeyboardInterrupt

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(default_storage, "save", killed)
        make_exports()
    assert len(files()) == 1
    assert sweep_documents() == 0, "not an hour old"
    assert sweep_documents(at=timezone.now() + timedelta(minutes=61)) == 1
    assert make_exports(at=timezone.now() + pause_after(1)) == 1


def test_it_goes_after_a_week(client, ada):
    at = timezone.now()
    ask_for_export(user=ada, at=at)
    make_exports(at=at)
    assert forget_exports(at=at + timedelta(days=6, hours=23)) == 0
    assert forget_exports(at=at + timedelta(days=7, seconds=1)) == 1
    assert files() == []
    assert "Make a copy to take with you" in client.get(PAGE).text
