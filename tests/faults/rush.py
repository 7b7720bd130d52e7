"""Hundreds of clients who send at the same moment, over real connections to a real server."""

import http.client
import json
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from tests.server import Server

SECRET = "0123456789abcdefghijABCDEFGHIJ01"  # a CSRF cookie and its token: the same text is a valid pair
SECONDS = 120


@dataclass
class Client:
    """Somebody signed in with a form filled in."""

    session: str
    path: str
    form: dict[str, str]
    upload: str = ""  # where a file of theirs goes by itself
    file_field: str = ""


@dataclass
class Reply:
    status: int
    location: str
    body: str


ASKS = ("confirmation", "statement")


def prepare(*, clients: int, capacity: int | None, asks: tuple[str, ...] = ASKS) -> dict:
    """What `clients` candidates need to send, for clients_from(). Runs in the server's environment."""
    from datetime import timedelta

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.urls import reverse
    from django.utils import timezone

    from accounts.models import Session, User
    from accounts.sessions import SessionStore
    from tests.factories import make_program, make_window, post_for

    window = make_window(make_program(asks=asks), capacity=capacity)
    form = post_for(window, action="send")
    files = [name for name, value in form.items() if not isinstance(value, str)]
    emails = [f"rush{number}-{window.pk}@example.org" for number in range(clients)]
    users = User.objects.bulk_create(User(email=email, password="!") for email in emails)
    sessions = []
    for user in users:
        store = SessionStore()
        data = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        key = store._get_new_session_key()
        now = timezone.now()
        facts = {"user": user, "used_at": now, "expire_date": now + timedelta(days=1)}
        sessions.append(Session(session_key=key, session_data=store.encode(data), **facts))
    Session.objects.bulk_create(sessions)
    return {
        "sessions": [session.session_key for session in sessions],
        "path": window.program.apply_url,
        "form": {name: text for name, text in form.items() if name not in files},
        "upload": reverse("upload", args=[window.program.slug, window.pk, window.program.requirements.last().pk]),
        "file_field": files[0] if files else "",
        "window": window.pk,
    }


def clients_of(
    server: Server, *, clients: int, capacity: int | None, asks: tuple[str, ...] = ASKS
) -> tuple[list[Client], int]:
    """Signed-in clients with good forms for a fresh window of the server, and that window's id.

    A document, if asked for, is the last of what is asked.
    """
    arguments = f"clients={clients}, capacity={capacity}, asks={asks}"
    code = f"import json; from tests.faults.rush import prepare; print(json.dumps(prepare({arguments})))"
    return clients_from(json.loads(server.python(code)))


def clients_from(prepared: dict) -> tuple[list[Client], int]:
    """The clients and the window of what prepare() made."""
    facts = {name: value for name, value in prepared.items() if name not in ("sessions", "window")}
    return [Client(session, **facts) for session in prepared["sessions"]], prepared["window"]


def send(server: Server, client: Client) -> Reply:
    """One client's press on the button, and the page to which it leads when the answer is not "it is in"."""
    body = urlencode({**client.form, "csrfmiddlewaretoken": SECRET})
    reply = _ask(server, client, "POST", client.path, body)
    if reply.status == 302 and reply.location.startswith(client.path):
        return _ask(server, client, "GET", reply.location)
    return reply


def _ask(server: Server, client: Client, method: str, path: str, body: str | None = None) -> Reply:
    connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc, timeout=SECONDS)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"sessionid={client.session}; csrftoken={SECRET}",
    }
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return Reply(response.status, response.getheader("Location", ""), response.read().decode())
    finally:
        connection.close()


def all_at_once(server: Server, clients: Iterable[Client]) -> list[Reply]:
    """What each client is answered when all of them press the button at the same moment."""
    clients = list(clients)
    barrier = threading.Barrier(len(clients))

    def press(client: Client) -> Reply:
        barrier.wait()
        return send(server, client)

    with ThreadPoolExecutor(len(clients)) as pool:
        return list(pool.map(press, clients))
