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


@dataclass
class Reply:
    status: int
    location: str
    body: str


def prepare(*, clients: int, capacity: int | None) -> None:
    """Prints, as JSON, what `clients` candidates need to send. Runs in the server's environment."""
    from datetime import timedelta

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from accounts.models import User
    from tests.factories import make_program, make_window, post_for

    window = make_window(make_program(asks=("confirmation", "statement")), capacity=capacity)
    users = User.objects.bulk_create(User(email=f"rush{number}@example.org", password="!") for number in range(clients))
    sessions = []
    for user in users:
        store = SessionStore()
        data = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        key = store._get_new_session_key()
        sessions.append(
            Session(session_key=key, session_data=store.encode(data), expire_date=timezone.now() + timedelta(days=1))
        )
    Session.objects.bulk_create(sessions)
    print(
        json.dumps(
            {
                "sessions": [session.session_key for session in sessions],
                "path": window.program.apply_url,
                "form": post_for(window, action="send"),
                "window": window.pk,
            }
        )
    )


def clients_of(server: Server, *, clients: int, capacity: int | None) -> tuple[list[Client], int]:
    """Signed-in clients with good forms for a fresh window of the server, and that window's id."""
    made = json.loads(
        server.python(f"from tests.faults.rush import prepare; prepare(clients={clients}, capacity={capacity})")
    )
    return [Client(session, made["path"], made["form"]) for session in made["sessions"]], made["window"]


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
