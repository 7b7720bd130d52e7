"""kill -9 of a web process in the midst of an upload: nothing is half there, and the client's retry makes it one."""

import contextlib
import http.client
import json
import os
import signal
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests import files
from tests.faults.rush import SECRET, Client, Reply, clients_of
from tests.server import Server, running_server

pytestmark = pytest.mark.server
BOUNDARY = "-----a-boundary-that-no-file-has"
FIRST, SECOND = files.pdf(text="An earlier one"), files.pdf(text="The one that is sent", pages=2)

# Where the process dies: by itself at the point named (killed_wsgi.py), or killed when that part of the body has come.
BODY = [0.0, 0.1, 0.5, 0.9, 0.99]
RECEIVING = [
    *("before _load_post_and_files", "before upload_complete", "after _load_post_and_files", "before receive"),
    *("before inspect", "after inspect", "half stored", "after receive", "before _own_row", "after _own_row"),
    *("before attach", "before detach", "after detach", "before create", "after create", "after attach"),
]
AT_ONCE = [*BODY, *RECEIVING, "before keep_file", "after keep_file", "before the answer"]
SENDING = [
    *(*BODY, *RECEIVING, "before _swap_draft", "after _swap_draft", "before save_draft", "after save_draft"),
    *("before submit", "before _write", "after _write", "before _take_place", "after _take_place", "after submit"),
    "before the answer",
]
QUICK = [0.5, "half stored", "after detach", "after _take_place"]

LOOK = """
import hashlib, json
from datetime import timedelta
from django.core.files.storage import default_storage
from django.utils import timezone
from applications.documents import GRACE, sweep_documents
from applications.models import Application, Document
from letters.models import Letter
from programs.models import Window

def is_whole(document):
    if not default_storage.exists(document.file.name) or not hasattr(document, "written"):
        return False
    with default_storage.open(document.file.name) as file:
        return hashlib.sha256(file.read()).hexdigest() == document.sha256

def is_half(application):
    sent = application.status == "submitted"
    written = (
        application.answers.count(), application.office_choices.count(), application.history.count(),
        Letter.objects.filter(about=application.reference).count(),
    )
    drafted = application.documents.filter(in_draft=True).count()
    return written != ((3, 1, 1, 1) if sent else (0, 0, 0, 0)) or drafted > 1 or (sent and not drafted)

window = Window.objects.get(pk=WINDOW)
own = list(window.applications.all())
sent = [application for application in own if application.status == "submitted"]
swept = sweep_documents(at=timezone.now() + GRACE + timedelta(minutes=1)) if SWEEP else 0
named = set(Document.objects.values_list("file", flat=True))
stored = [path for path in Path(default_storage.location, "documents").rglob("*") if path.is_file()]
print(json.dumps({
    "half": sum(map(is_half, own)) + sum(not is_whole(document) for document in Document.objects.all()),
    "applications": len(own),
    "sent": len(sent),
    "miscounted": window.taken - len(sent),
    "swept": swept,
    "stray": len(stored) - len(named),
}))
"""


def look(server: Server, window: int, *, sweep: bool = False) -> dict[str, int]:
    """What is there of all applications to the window; with `sweep`, after the sweep of an hour later."""
    return json.loads(server.python(f"from pathlib import Path\nWINDOW, SWEEP = {window}, {sweep}\n{LOOK}"))


def post_file(server: Server, client: Client, file: bytes, *, at_once: bool, die: str | float = "") -> Reply | None:
    """The file with the whole form, or `at_once` alone; None where the server hung up without an answer."""
    form, field, path = ({}, "file", client.upload) if at_once else (client.form, client.file_field, client.path)
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in {**form, "csrfmiddlewaretoken": SECRET}.items()
    ]
    parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="cv.pdf"\r\n')
    body = "".join(parts).encode() + b"Content-Type: application/pdf\r\n\r\n" + file
    body += f"\r\n--{BOUNDARY}--\r\n".encode()
    connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc, timeout=30)
    connection.putrequest("POST", path)
    connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    connection.putheader("Content-Length", str(len(body)))
    connection.putheader("Cookie", f"sessionid={client.session}; csrftoken={SECRET}")
    if isinstance(die, str):
        connection.putheader("X-Kill", die)
    with contextlib.closing(connection), contextlib.suppress(ConnectionError, http.client.RemoteDisconnected):
        connection.endheaders()
        if isinstance(die, float):
            connection.send(body[: int(len(body) * die)])
            time.sleep(0.2)  # until it has come
            kill_web_processes(server)
        else:
            connection.send(body)
        response = connection.getresponse()
        return Reply(response.status, response.getheader("Location", ""), response.read().decode())
    return None


def kill_web_processes(server: Server) -> None:
    master = server.processes[0].pid
    for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split():
        os.kill(int(pid), signal.SIGKILL)


def post_with_kills(server: Server, points: list[str | float], *, at_once: bool) -> tuple[list[Client], int]:
    """For each point somebody who has a file there, and whose next post of another one dies at that point."""
    clients, window = clients_of(
        server, clients=len(points), capacity=None, asks=("confirmation", "statement", "document")
    )
    for client, point in zip(clients, points, strict=True):
        assert post_file(server, client, FIRST, at_once=True).status == 200
        assert post_file(server, client, SECOND, at_once=at_once, die=point) is None, f"It did not die: {point}"
    return clients, window


@pytest.mark.parametrize(
    ("points", "at_once"),
    [
        pytest.param(QUICK, False, id="quick"),
        pytest.param(SENDING, False, id="sending", marks=pytest.mark.soak),
        pytest.param(AT_ONCE, True, id="at-once", marks=pytest.mark.soak),
    ],
)
def test_a_killed_web_process_leaves_nothing_half_done_and_a_retry_makes_one(points, at_once, figure):
    with running_server(app="tests.faults.killed_wsgi", workers=1) as server:
        clients, window = post_with_kills(server, points, at_once=at_once)
        after_kills = look(server, window)
        if at_once:
            assert all(post_file(server, client, SECOND, at_once=True).status == 200 for client in clients)
        replies = [post_file(server, client, SECOND, at_once=False) for client in clients]
        after_retry = look(server, window, sweep=True)
    what = "an upload at once" if at_once else "a send with a file"
    kept = f"{after_retry['sent']} applications after the retries, {after_retry['swept']} stray files swept"
    figure(f"kill -9 of a web process in {what}", f"{len(points)} points: {after_kills['half']} half there, {kept}")
    assert (after_kills["half"], after_kills["miscounted"]) == (0, 0)
    assert {(reply.status, reply.location[:14]) for reply in replies} == {(302, "/applications/")}
    assert after_retry.pop("swept") > 0
    assert after_retry == {"half": 0, "applications": len(points), "sent": len(points), "miscounted": 0, "stray": 0}


@pytest.mark.soak
def test_control_a_file_named_before_it_is_stored_is_half_there():
    with running_server(app="tests.faults.killed_wsgi", workers=1, env={"GUARD_REMOVED": "1"}) as server:
        clients, window = clients_of(server, clients=1, capacity=None, asks=("confirmation", "statement", "document"))
        assert post_file(server, clients[0], FIRST, at_once=False).status == 302
        assert post_file(server, clients[0], SECOND, at_once=True, die="named, not stored") is None
        assert look(server, window)["half"] == 1
