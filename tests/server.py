"""A real server for tests that need one: gunicorn with a database, files and a mailbox of its own.

    with running_server() as server:
        server.python("from accounts.models import User; User.objects.create(email='ada@example.org')")
        requests.get(server.base_url + "/")
        server.code_for("ada@example.org")

Whatever happens in it stays in it, so that a rush of hundreds of clients or a killed process meets no other test.
"""

import contextlib
import functools
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import IO

import psycopg

from tests.databases import ROOT, engine_under_test, made_once, own_database
from tests.forks import Fork, Mother

START_SECONDS = 60
CODE = re.compile(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", re.MULTILINE)


class Server:
    """A started site. `base_url`, `database_url`, `data` (its DATA_DIR), `environment` (what it was started with)."""

    def __init__(
        self, *, listener: socket.socket, data: Path, environment: dict[str, str], web_arguments: tuple[str, ...]
    ):
        self.listener = listener
        self.web_arguments = web_arguments
        self.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.data = data
        self.environment = environment
        self.database_url = environment["DATABASE_URL"]
        self.mailbox = data / "mail"
        self.log_file = data / "server.log"
        self.processes: list[subprocess.Popen | Fork] = []
        self._mother: Mother | None = None

    def start(self, *arguments: str, pass_fds: tuple[int, ...] = ()) -> subprocess.Popen:
        """Start `python …` beside the server, in its environment; it writes to the log and ends with the server."""
        with self.log_file.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=pass_fds,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def start_python(self, code: str) -> Fork:
        """Run code in a Django process beside the server, as start() does."""
        with self.log_file.open("ab") as log:
            fork = self._fork(code, log, log)
        self.processes.append(fork)
        return fork

    def _fork(self, code: str, stdout: IO[bytes], stderr: IO[bytes]) -> Fork:
        if self._mother is None:
            self._mother = Mother(self.environment)
        return self._mother.run(code, stdout, stderr)

    def serve(self) -> subprocess.Popen:
        """Start a web server on the site's socket, beside one that is about to stop."""
        return self.start("-m", "gunicorn", *self.web_arguments, pass_fds=(self.listener.fileno(),))

    def manage(self, *arguments: str) -> str:
        """Run a management command against this server's database and return what it printed.

        Raises AssertionError with its output when it fails.
        """
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, f"manage.py {arguments[0]} failed:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def forget_limits(self) -> None:
        """As if time had passed: the people of a test ask for more codes than people do."""
        if self.database_url.startswith("postgres"):
            connection = psycopg.connect(self.database_url, autocommit=True)
        else:
            connection = sqlite3.connect(self.database_url.removeprefix("sqlite:///"), timeout=20, isolation_level=None)
        with contextlib.closing(connection):
            connection.execute("DELETE FROM accounts_ratelimit")

    def python(self, code: str) -> str:
        """Run code in a Django process of its own against this server's database and return what it printed.

        Raises AssertionError with its output when it fails.
        """
        with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as said:
            ended = self._fork(code, printed, said).wait()
            printed.seek(0), said.seek(0)
            output, errors = printed.read().decode(), said.read().decode()
        assert ended == 0, f"It ended with {ended}:\n{output}\n{errors}"
        return output

    def log(self) -> str:
        """What the server and the processes beside it have said so far."""
        return self.log_file.read_text(errors="replace")

    def letters(self, to: str = "") -> list[EmailMessage]:
        """The letters that have left, oldest first; with `to`, those to this address."""
        files = sorted(self.mailbox.glob("*"), key=lambda file: file.stat().st_mtime_ns)
        # A file holds the letters of one connection, with a line of dashes after each.
        raws = [raw for file in files for raw in file.read_bytes().split(b"-" * 79 + b"\n") if raw.strip()]
        letters = [message_from_bytes(raw, policy=policy.default) for raw in raws]
        return [letter for letter in letters if to.lower() in (letter["To"] or "").lower()]

    def code_for(self, email: str, *, seconds: float = 30, after: int = 0) -> str:
        """The newest sign-in code written to this address, waited for; `after`: how many letters to it are old."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for letter in reversed(self.letters(email)[after:]):
                if code := CODE.search(letter.get_body(("plain",)).get_content()):
                    return code[1]
            time.sleep(0.1)
        raise AssertionError(f"No code was written to {email}.\n{self.log()[-2000:]}")

    def wait_until_well(self) -> None:
        """Return when /healthz answers 200. Raises AssertionError with the log when it does not in time."""
        deadline = time.monotonic() + START_SECONDS
        last = "nothing answered"
        while time.monotonic() < deadline and self.processes[0].poll() is None:
            try:
                urllib.request.urlopen(self.base_url + "/healthz", timeout=5)
                return
            except urllib.error.HTTPError as error:
                last = f"{error.code}: {error.read().decode(errors='replace')[:500]}"
            except OSError as error:
                last = str(error)
            time.sleep(0.05)
        raise AssertionError(f"The server is not well: {last}\n{self.log()[-4000:]}")

    def cut_off(self) -> None:
        """As when the host loses its power: everything on it is killed at the same moment, and its socket is closed."""
        self.stop()
        self.listener.close()

    def stop(self) -> None:
        """End the server and everything started beside it, at once: nobody is there any more, and nothing is kept."""
        for process in self.processes:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if self._mother:
            self._mother.close()
            self._mother = None


@contextlib.contextmanager
def running_server(
    database_url: str | None = None,
    *,
    env: dict[str, str] | None = None,
    workers: int = 2,
    threads: int = 4,
    app: str = "pinterns.wsgi",
    worker: bool = False,
    graceful: int = 1,
) -> Iterator[Server]:
    """A server on a free port, with a migrated database of its own, gone again at the end.

    database_url: a PostgreSQL server to make the database on, or empty for a SQLite file; else the engine under test.
    env: what its environment has on top or instead. worker: `manage.py worker` beside it.
    app: the WSGI module, for a control that takes a guard out. graceful: seconds for what is under way at a stop.
    """
    if database_url is None:
        database_url = engine_under_test()
    elif not database_url.startswith("postgres"):
        database_url = ""
    with _own_folder() as folder, own_database(database_url, folder) as own_url:
        common = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "pinterns.settings",
            "DATABASE_URL": own_url,
            "STATIC_ROOT": str(_collected_static_files()),
            "EMAIL_URL": "filemail://",  # into DATA_DIR/mail
            "PYTHONUNBUFFERED": "1",
        }
        how = (app, "--workers", str(workers), "--threads", str(threads), "--graceful-timeout", str(graceful))
        with _host(folder, common, env or {}, how, worker=worker) as server:
            yield server


@contextlib.contextmanager
def another_host(first: Server, *, env: dict[str, str] | None = None) -> Iterator[Server]:
    """One more host of the same site, with a web server and a worker: the database and the settings are the same, files,
    temporary files, mailbox and processes are its own. env: what its environment has instead.
    """
    with _own_folder() as folder:
        (folder / "tmp").mkdir()
        own = {"TMPDIR": str(folder / "tmp"), "SITE_URL": first.environment["SITE_URL"], **(env or {})}
        how = ("pinterns.wsgi", "--workers", "2", "--threads", "4", "--graceful-timeout", "1")
        with _host(folder, first.environment, own, how, worker=True) as server:
            yield server


@contextlib.contextmanager
def _own_folder() -> Iterator[Path]:
    place = os.environ["DATA_DIR"]
    with tempfile.TemporaryDirectory(prefix="server-", dir=place, ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextlib.contextmanager
def _host(
    folder: Path, common: dict[str, str], env: dict[str, str], how: tuple[str, ...], *, worker: bool
) -> Iterator[Server]:
    """The site served by gunicorn, started as `how` says, from the files in `folder`."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        environment = {**common, "DATA_DIR": str(folder), "SITE_URL": address, **env}
        (folder / "mail").mkdir()
        web_arguments = (
            # The listening socket is handed over, so that no other process can take the port in between.
            *(*how, "--bind", f"fd://{listener.fileno()}", "--worker-class", "gthread"),
            *("--log-level", "warning", "--preload"),  # the site is loaded once, not by each worker
        )
        server = Server(listener=listener, data=folder, environment=environment, web_arguments=web_arguments)
        try:
            server.serve()
            if worker:
                server.start("manage.py", "worker")
            server.wait_until_well()
            yield server
        finally:
            server.stop()


@functools.cache
def _collected_static_files() -> Path:
    """Static files as in production, collected once in a run for all servers."""

    def collect(folder: Path) -> None:
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "pinterns.settings", "STATIC_ROOT": str(folder)},
            check=True,
        )

    return made_once("static", collect)


def find_chromium() -> str | None:
    """The browser for the tests: CHROMIUM, or what is on the PATH."""
    named = os.environ.get("CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return next(filter(None, map(shutil.which, names)), None)
