"""While the store of files is away, pages that need a file say try again, and nobody waits long for that."""

import socket

import pytest
from botocore.config import Config
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from applications.models import Document
from pinterns.s3 import CONFIG
from tests.factories import make_program, make_user, make_window, post_for
from tests.store import kept_in

pytestmark = pytest.mark.django_db
PICTURE = f"{'a' * 32}/480.webp"


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


@pytest.fixture
def hole():
    """A store that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        listener.settimeout(0)
        yield listener


def connections(listener: socket.socket) -> int:
    """How many came since it was asked last."""
    number = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return number
        number += 1


def files_in(settings, listener: socket.socket) -> None:
    patience = CONFIG.merge(Config(connect_timeout=0.2, read_timeout=0.2))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings.STORAGES = settings.STORAGES | kept_in(address, config=patience)


def test_a_document_and_a_picture_say_try_again(client, settings):
    window = make_window(make_program(asks=("document",)))
    candidate = make_user()
    client.force_login(candidate)
    client.post(window.program.apply_url, post_for(window, action="send"))
    document = Document.objects.get()
    settings.STORAGES = settings.STORAGES | kept_in("http://127.0.0.1:9")
    for signed in (False, True):
        settings.S3_SIGNED_URLS = signed
        for address in (document.get_absolute_url(), reverse("picture", args=[PICTURE])):
            answer = client.get(address)
            assert answer.status_code == 503, address
            assert "wait a minute" in answer.text
            assert answer["Retry-After"] == "10"
            assert "no-store" in answer["Cache-Control"]


def test_a_store_that_never_answers_is_asked_once_and_then_left_alone(client, settings, hole):
    files_in(settings, hole)
    address = reverse("picture", args=[PICTURE])
    assert client.get(address).status_code == 503
    assert connections(hole) == 2, "it is tried twice"
    for _person in range(5):
        assert client.get(address).status_code == 503
    assert connections(hole) == 0
    default_storage.away_until = 0  # ten seconds later
    assert client.get(address).status_code == 503
    assert connections(hole) == 2


def test_healthz_is_red_while_it_is_away(client, settings, hole, monkeypatch):
    files_in(settings, hole)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["The store of uploads cannot be reached."]
    monkeypatch.setattr("pinterns.s3.S3Storage.exists", lambda self, name: False)
    assert client.get("/healthz").json() | {"free_mb": {}, "letters": {}} == {
        "ok": True,
        "problems": [],
        "free_mb": {},
        "letters": {},
    }
