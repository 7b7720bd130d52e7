"""Databases for tests of real processes: one is migrated in a run, and copied for every server, on the engine under test."""

import contextlib
import fcntl
import functools
import hashlib
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
_SQLITE = "migrated.sqlite3"


def engine_under_test() -> str:
    """The URL of the PostgreSQL server that this run is on; empty on SQLite."""
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith("postgres") else ""


@contextlib.contextmanager
def own_database(database_url: str, folder: Path) -> Iterator[str]:
    """The URL of a migrated database on that PostgreSQL server, or of a SQLite file in `folder` when that is empty."""
    template = migrated_database(database_url)
    if not database_url:
        shutil.copy(template, folder / "test.sqlite3")
        yield f"sqlite:///{folder / 'test.sqlite3'}"
        return
    with _on_server(database_url, f'TEMPLATE "{template}"') as url:
        yield url


@contextlib.contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """The URL of a database without tables, of the engine under test; SQLite's file is in `folder`."""
    if not (server := engine_under_test()):
        yield f"sqlite:///{folder / 'empty.sqlite3'}"
        return
    with _on_server(server) as url:
        yield url


@contextlib.contextmanager
def _on_server(server: str, options: str = "") -> Iterator[str]:
    """The URL of a database of that PostgreSQL server, made with these options and dropped in the end."""
    name = _new_name()
    _on_postgres(server, f'CREATE DATABASE "{name}" {options}')
    try:
        yield _with_name(server, name)
    finally:
        _on_postgres(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@functools.cache
def migrated_database(database_url: str) -> str:
    """The file or name of a database that is migrated once in a run, and copied for every server."""
    if not database_url:
        return str(made_once(_SQLITE, lambda place: _migrate(f"sqlite:///{place}")))

    def make(place: Path) -> None:
        name = _new_name()
        _on_postgres(database_url, f'CREATE DATABASE "{name}"')
        _migrate(_with_name(database_url, name))
        place.write_text(f"{database_url}\n{name}")

    key = hashlib.sha256(database_url.encode()).hexdigest()[:12]
    return made_once(f"{key}.migrated", make).read_text().split()[1]


def keep_as_migrated(connection: sqlite3.Connection) -> None:
    """Has the servers' SQLite files copied from this database, which has just been migrated, instead of migrating another."""

    def copy_to(place: Path) -> None:
        with contextlib.closing(sqlite3.connect(place)) as file:
            connection.backup(file)

    made_once(_SQLITE, copy_to)


def _run_folder() -> Path:
    """What all processes of a run of the tests share; whoever starts a server without one has it alone."""
    return Path(os.environ.get("TEST_RUN_DIR", os.environ["DATA_DIR"]))


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """What `make` makes at the path given to it: by the first process of the run that asks, while others wait for it."""
    place = _run_folder() / name
    with open(f"{place}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            make(place)
    return place


def drop_shared_databases() -> None:
    """For the process that a run ends with: what was made for all goes, but for a test's own cluster, which went before."""
    for place in _run_folder().glob("*.migrated"):
        url, name = place.read_text().split()
        with contextlib.suppress(psycopg.OperationalError):
            _on_postgres(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _migrate(url: str) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "pinterns.settings", "DATABASE_URL": url}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True)


def _new_name() -> str:
    return f"pinterns_test_{secrets.token_hex(6)}"


def _with_name(database_url: str, name: str) -> str:
    return urlunsplit(urlsplit(database_url)._replace(path=f"/{name}"))


def _on_postgres(database_url: str, statement: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(statement)
