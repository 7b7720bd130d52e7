"""The site and the floor, each served by gunicorn (sync, two processes) on databases of one PostgreSQL of their own."""

import contextlib
import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.cluster import Cluster
from tests.performance.client import Browser
from tests.performance.processes import children
from tests.server import START_SECONDS, Server

PROCESSES = 2
# Staff of the demo.
RECRUITER, REVIEWER = "recruiter@pinterns.example", "reviewer-1@pinterns.example"
# The one who measures is a busy machine; an export of all rows may take longer than gunicorn's half a minute.
SECONDS_FOR_A_REQUEST = 600


class Site(Server):
    """A started site: see tests.server.Server. `size`: how many rows it was filled with."""

    def __init__(self, *, cluster: Cluster, size: int, **facts: object) -> None:
        super().__init__(**facts)
        self.cluster, self.size = cluster, size
        self._sessions: dict[str, str] = {}
        self.database = urlsplit(self.database_url).path.lstrip("/")

    def web_pids(self) -> list[int]:
        """gunicorn's first process and those that answer."""
        return [self.processes[0].pid, *self.answering()]

    def answering(self) -> list[int]:
        return children(self.processes[0].pid)

    def sql(self, query: str, *parameters: object) -> list[tuple]:
        """The rows that its database answers."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            cursor = connection.execute(query, parameters)
            return cursor.fetchall() if cursor.description else []

    def inside(self, function: str, **arguments: object) -> object:
        """What a function of inside.py, run in a process of this site, returned (as JSON has it)."""
        passed = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        printed = self.python(f"from tests.performance import inside; inside.tell(inside.{function}({passed}))")
        return json.loads(printed)

    def browser(self, email: str) -> Browser:
        """A browser of somebody who is signed in; the session is made the first time."""
        if email not in self._sessions:
            self._sessions[email] = self.inside("session", email=email)
        return Browser(self.base_url, {"sessionid": self._sessions[email]})

    def wait_until_well(self, path: str = "/") -> None:
        """Return when its first page is answered. Raises AssertionError with the log when it is not in time."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.processes[0].poll() is None:
            with contextlib.suppress(OSError):
                Browser(self.base_url).get(path)
                return
            time.sleep(0.05)
        raise AssertionError(f"The site does not start:\n{self.log()[-4000:]}")


@dataclass(frozen=True)
class Kind:
    """One of the two projects that are compared."""

    settings: str
    wsgi: str


OURS = Kind("pinterns.settings", "pinterns.wsgi")
FLOOR = Kind("tests.performance.floor.settings", "tests.performance.floor.wsgi")


def environment(kind: Kind, *, folder: Path, database_url: str, base_url: str = "http://127.0.0.1") -> dict[str, str]:
    """What processes of a site are started with; `folder` holds its files."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": kind.settings,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "SITE_URL": base_url,
        "EMAIL_URL": "filemail://",  # into DATA_DIR/mail
        "LETTER_DELAY_MINUTES": "10",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "",  # as where a site is installed: code is compiled once, not at each start
    }


@contextlib.contextmanager
def served(kind: Kind, *, cluster: Cluster, folder: Path, database_url: str, size: int) -> Iterator[Site]:
    """The site, answering on a port of its own until the end."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        variables = environment(kind, folder=folder, database_url=database_url, base_url=base_url)
        web_arguments = (
            *(kind.wsgi, "--bind", f"fd://{listener.fileno()}", "--workers", str(PROCESSES), "--worker-class", "sync"),
            *("--threads", "1"),  # with the four of gunicorn.conf.py it would serve by threads all the same
            *("--timeout", str(SECONDS_FOR_A_REQUEST), "--log-level", "warning"),
        )
        facts = {"listener": listener, "data": folder, "environment": variables, "web_arguments": web_arguments}
        site = Site(cluster=cluster, size=size, **facts)
        try:
            site.serve()
            site.wait_until_well()
            yield site
        finally:
            site.stop()
