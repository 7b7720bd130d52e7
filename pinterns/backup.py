"""Everything in one folder, the database as of one instant and every file; and an empty machine made from it again.

The manifest is written last, so a folder without one is no backup. It has the SHA-256 of the database and of each file,
and nothing is restored before all of them are right.
"""

import hashlib
import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Session
from pinterns import erasure_journal
from pinterns.erasing import erase_again

MANIFEST, FILES = "manifest.json", "files"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
CHUNK = 1024 * 1024
# A store on another machine has a clock of its own.
CLOCKS_DIFFER = timedelta(minutes=1)


class Refused(Exception):
    """Nothing was backed up or restored; str() says why and what to do."""


def back_up(folder: Path) -> dict:
    """Copies the database and all files into `folder`, which is made and must be empty, while the site runs.

    Files are copied before the database and, those that came or changed meanwhile, after it: whatever the copied
    database names was there at one of the two times. Returns the manifest. Raises Refused.
    """
    began = timezone.now()
    if folder.exists() and any(folder.iterdir()):
        raise Refused(_("%(folder)s is not empty. Name a folder that is, or a new one.") % {"folder": folder})
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    hashes = {path: _copy_out(path, folder) for path in stored_files()}
    name = DATABASES[connection.vendor]
    _dump(folder / name)
    for path in stored_files():
        if path not in hashes or default_storage.get_modified_time(path) >= began - CLOCKS_DIFFER:
            hashes[path] = _copy_out(path, folder)
    files = {path: sha256 for path, sha256 in hashes.items() if sha256}
    manifest = {
        "began": began.isoformat(),
        "engine": connection.vendor,
        "database": _sha256(folder / name),
        "files": files,
    }
    with (folder / MANIFEST).open("x", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1, sort_keys=True)
    return manifest


def restore(folder: Path, *, erasures: Path | None = None, sign_out: bool = False) -> dict:
    """Makes an empty database and an empty file storage what they were when `folder` was backed up, then migrates.

    Then erases again who was erased meanwhile: by the journal that is in the backup, and by the newer copy of it in
    `erasures` where there is one. Sessions that were ended since the backup would hold again; sign_out ends all of them.
    Returns the manifest. Raises Refused when the backup is incomplete or damaged, for
    another engine, when the journal is of another SECRET_KEY, or when the database or the storage is not empty; then
    nothing has changed.
    """
    manifest = _checked(folder)
    _refuse_strange_journal(folder / FILES / erasure_journal.FOLDER)
    if erasures and not erasures.is_dir():
        raise Refused(_("%(folder)s is no folder. Name the copy of the journal of erasures.") % {"folder": erasures})
    if erasures:
        _refuse_strange_journal(erasures)
    if connection.introspection.table_names():
        raise Refused(_("The database is not empty. Name another one in DATABASE_URL, or drop this one yourself."))
    if next(stored_files(), None):
        raise Refused(_("There are files already. Name another DATA_DIR or bucket, or remove them yourself."))
    for path in manifest["files"]:
        with (folder / FILES / path).open("rb") as file:
            stored = default_storage.save(path, File(file))
        if stored != path:  # nothing must be found under another name than its row has
            raise Refused(_("The storage gave %(path)s another name.") % {"path": path})
    _load(folder / DATABASES[connection.vendor])
    call_command("migrate", verbosity=0)
    if erasures:
        erasure_journal.take_in(erasures)
    erase_again()
    if sign_out:
        Session.objects.all().delete()
    return manifest


def _refuse_strange_journal(folder: Path) -> None:
    try:
        erasure_journal.check(folder)
    except erasure_journal.WrongKey as error:
        raise Refused(str(error)) from error
    except (OSError, ValueError, KeyError) as error:
        raise Refused(_("%(folder)s holds a journal of erasures that can't be read.") % {"folder": folder}) from error


def stored_files(folder: str = "") -> Iterator[str]:
    """The paths of all files in the storage."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        yield f"{folder}/{name}" if folder else name
    for name in folders:
        yield from stored_files(f"{folder}/{name}" if folder else name)


def _copy_out(path: str, folder: Path) -> str:
    """Its SHA-256; empty when it was deleted just now."""
    target = folder / FILES / path
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with default_storage.open(path) as source, target.open("wb") as copy:
            return _hashed(source, copy)
    except FileNotFoundError:
        target.unlink(missing_ok=True)
        return ""


def _hashed(source: BinaryIO | File, copy: BinaryIO | None = None) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        if copy:
            copy.write(chunk)
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return _hashed(file)


def _checked(folder: Path) -> dict:
    """The manifest, when everything is as it says."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        datetime.fromisoformat(manifest["began"])
        expected = {DATABASES[manifest["engine"]]: manifest["database"]}
        expected |= {f"{FILES}/{path}": sha256 for path, sha256 in manifest["files"].items()}
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise Refused(_("%(folder)s holds no complete backup.") % {"folder": folder}) from error
    if manifest["engine"] != connection.vendor:
        raise Refused(
            _("The backup is of %(theirs)s, and this database is %(ours)s.")
            % {"theirs": manifest["engine"], "ours": connection.vendor}
        )
    for name, sha256 in expected.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise Refused(_("%(path)s points out of the backup.") % {"path": name})
        if not path.is_file() or _sha256(path) != sha256:
            raise Refused(_("%(path)s is missing or damaged. Take another backup.") % {"path": name})
    return manifest


# --- The two engines ---


def _dump(target: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        copy = sqlite3.connect(target)
        connection.connection.backup(copy)  # in one step: a snapshot, which keeps no writer waiting
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, not three
        copy.close()
    else:
        _postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def _load(source: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        copy = sqlite3.connect(source)
        copy.backup(connection.connection)
        copy.close()
        connection.close()
    else:
        _postgres("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", str(source))


def _postgres(program: str, *arguments: str) -> None:
    """Runs one of PostgreSQL's own programs on our database."""
    words, environment = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    _psql, *address, database = words
    try:
        subprocess.run(  # noqa: S603, the program is ours to name
            [program, *address, f"--dbname={database}", *arguments],
            env={**os.environ, **(environment or {})},
            check=True,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError as error:
        told = _("%(program)s is not on the path. Install PostgreSQL's client programs.")
        raise Refused(told % {"program": program}) from error
    except subprocess.CalledProcessError as error:
        raise Refused(f"{program}: {error.stderr.strip()}") from error
