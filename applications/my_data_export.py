"""The copy of all that is held about one person, as a file: asked for on their page, made by the worker, gone in a week."""

import tempfile
import time
from datetime import datetime
from functools import partial

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.one_by_one import DATABASE_AWAY, log_failure, one_by_one
from applications.models import DataExport, data_export_path
from applications.my_data import my_data
from applications.my_data_file import as_zip
from letters.retries import MOST_TRIES, claim_next


def ask_for_export(*, user: User, at: datetime | None = None) -> None:
    """Has the worker make `user` a new copy of all that we hold about them; an earlier one goes.

    While one is under way, asking again changes nothing. at: when they ask (aware; now).
    """
    at = at or timezone.now()
    with transaction.atomic():
        export, is_new = DataExport.objects.select_for_update().get_or_create(user=user, defaults={"asked_at": at})
        if is_new or (export.made_at is None and not export.has_failed):
            return
        if export.file:
            transaction.on_commit(partial(default_storage.delete, export.file.name))
        export.asked_at, export.made_at, export.file, export.tries, export.try_after = at, None, "", 0, None
        export.save()


def make_exports(*, seconds: float = 1, at: datetime | None = None) -> int:
    """The worker's job: makes the copies that were asked for, the oldest first; returns how many.

    Begins none after so many seconds, so that letters never wait long. One that fails waits, longer each time, while
    the others go on; after a day it is given up until its person asks anew. at: the time to go by (aware; now).
    """
    end, made = time.monotonic() + seconds, 0
    to_make = DataExport.objects.filter(made_at=None, tries__lt=MOST_TRIES).select_related("user").order_by("pk")
    while time.monotonic() < end:
        export = claim_next(to_make, at=at or timezone.now(), tries="tries", after="try_after")
        if export is None:
            break
        made += _make_or_put_off(export, at or timezone.now())
    return made


def _make_or_put_off(export: DataExport, at: datetime) -> bool:
    try:
        return _make(export, at)
    except DATABASE_AWAY:
        raise
    except Exception as error:
        log_failure(f"making data export {export.pk}", error)
        return False


def _make(export: DataExport, at: datetime) -> bool:
    """The file first, then its mark: what a crash leaves in between has no row, and is swept."""
    with tempfile.TemporaryFile() as made:
        for piece in as_zip(my_data(export.user, at=at), at=at):
            made.write(piece)
        path = default_storage.save(data_export_path(export, ""), File(made))
    # Asked for anew, made by another worker, or the person was erased meanwhile: then this one is nobody's.
    wanted = DataExport.objects.filter(pk=export.pk, asked_at=export.asked_at, made_at=None)
    if wanted.update(file=path, made_at=at, try_after=None):
        return True
    default_storage.delete(path)
    return False


def delete_export(user: User) -> None:
    """Deletes the file of `user`'s copy from storage; its row stays, by which whoever is killed here finds it again."""
    for path in DataExport.objects.filter(user=user).exclude(file="").values_list("file", flat=True):
        default_storage.delete(path)


def forget_exports(*, at: datetime | None = None) -> int:
    """The worker's job: deletes the copies whose time is over, files first; returns how many. at: (aware; now)."""
    over = DataExport.objects.filter(made_at__lt=(at or timezone.now()) - DataExport.KEPT)

    def forget(export: DataExport) -> bool:
        default_storage.delete(export.file.name)
        deleted, _rows = over.filter(pk=export.pk).delete()
        return bool(deleted)

    return one_by_one(forget, over[:100], name=lambda export: export.pk)
