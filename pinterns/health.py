"""Whether the site can do its work: what /healthz tells those who watch it. Nothing is written, so it can be asked often."""

import os
import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypedDict

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from letters.models import Letter

MEGABYTE = 2**20


class WaitingLetters(TypedDict):
    """How many letters should have left by now, for how long the oldest of them has waited, and how many have failed."""

    waiting: int
    oldest_seconds: int
    failed: int


class Health(TypedDict):
    """`problems` are sentences for whoever runs the site; without any it is `ok`. `free_mb` is the room on each disk that
    it writes to; `letters` is None where the database can't tell.
    """

    ok: bool
    problems: list[str]
    free_mb: dict[str, int]
    letters: WaitingLetters | None


def look(*, at: datetime | None = None) -> Health:
    """How the site is. at: the time to go by (aware; now)."""
    folders = {what: _existing(folder) for what, folder in _folders().items()}
    free_mb = {what: shutil.disk_usage(folder).free // MEGABYTE for what, folder in folders.items()}
    problems = [
        f"There is no room for {what}: {free_mb[what]} MB are free, and {settings.LEAST_FREE_MB} are needed."
        for what in folders
        if free_mb[what] < settings.LEAST_FREE_MB
    ]
    problems += [f"No files can be written for {what}." for what in folders if not os.access(folders[what], os.W_OK)]
    problems += _problems_of_the_store()
    letters = None
    try:
        if missing := _missing_migrations():
            problems.append(f"Migrations are not applied: {', '.join(missing)}.")
        else:
            letters = _letters(at or timezone.now())
    except DatabaseError:
        problems.append("The database cannot be reached.")
    return {"ok": not problems, "problems": problems, "free_mb": free_mb, "letters": letters}


def _folders() -> dict[str, Path]:
    """The folders of this machine that the site writes to, by what it keeps there."""
    folders = {"temporary files": Path(settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir())}
    if isinstance(default_storage, FileSystemStorage):
        folders["uploads"] = Path(default_storage.location)
    if connection.vendor == "sqlite":
        folders["the database"] = Path(connection.settings_dict["NAME"]).parent
    return folders


def _problems_of_the_store() -> list[str]:
    """Whether a store on another machine answers, where there is one: it is asked for a file that nobody has."""
    if isinstance(default_storage, FileSystemStorage):
        return []
    try:
        default_storage.exists("healthz")
    except OSError:
        return ["The store of uploads cannot be reached."]
    return []


def _existing(folder: Path) -> Path:
    """The folder itself, or that in which it will be made."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def _missing_migrations() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _letters(at: datetime) -> WaitingLetters:
    backlog = Letter.objects.backlog(at)
    age = at - backlog["oldest"] if backlog["oldest"] else timedelta()
    return {
        "waiting": backlog["waiting"],
        "oldest_seconds": int(age.total_seconds()),
        "failed": backlog["failed"],
    }
