"""The journal of erasures: what a database that is restored from an older backup has forgotten again.

It lies in the file storage, one small file for each erasure, written before anything is erased and never changed. A file
holds no personal data: the id of the account, its address hashed with SECRET_KEY, and when. The hash is there because a
restored database gives the same ids to other people.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User

FOLDER = "erasures"


class WrongKey(Exception):
    """The journal was written with another SECRET_KEY, so nobody in it can be recognised; str() says what to do."""


@dataclass(frozen=True)
class Entry:
    """Whom to erase: the account of this id, if its address is still the one that was erased."""

    user_id: int
    address: str
    at: datetime

    def is_of(self, user: User) -> bool:
        return user.pk == self.user_id and constant_time_compare(self.address, _keyed(user.email))


def write_down(*, user: User, at: datetime) -> None:
    """Adds that `user` is erased at the instant `at`. Raises OSError when storage can't take it."""
    entry = {"user": user.pk, "address": _keyed(user.email), "at": at.isoformat(), "key": _keyed("")}
    default_storage.save(f"{FOLDER}/{at:%Y%m%dT%H%M%S}-{uuid.uuid4().hex}.json", ContentFile(json.dumps(entry)))


def written() -> list[Entry]:
    """The whole journal in the storage, the oldest first. Raises WrongKey."""
    try:
        names = sorted(default_storage.listdir(FOLDER)[1])
    except FileNotFoundError:
        return []
    texts = []
    for name in names:
        with default_storage.open(f"{FOLDER}/{name}") as file:
            texts.append(file.read())
    return _read(texts)


def check(folder: Path) -> None:
    """Looks whether the copied journal in `folder` can be used here; none is well, too.

    Raises WrongKey; OSError, ValueError or KeyError when it can't be read.
    """
    _read(path.read_bytes() for path in _files(folder))


def take_in(folder: Path) -> None:
    """Puts what a copied journal knows more than the storage's own into it."""
    for path in _files(folder):
        name = f"{FOLDER}/{path.name}"
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(path.read_bytes()))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))


def _read(texts: Iterable[bytes]) -> list[Entry]:
    facts = [json.loads(text) for text in texts]
    if any(not constant_time_compare(one["key"], _keyed("")) for one in facts):
        raise WrongKey(
            _(
                "The journal of erasures was written with another SECRET_KEY. Set the one of the site that was backed up."
            )
        )
    return [Entry(one["user"], one["address"], datetime.fromisoformat(one["at"])) for one in facts]


def _keyed(text: str) -> str:
    return salted_hmac("pinterns.erasure_journal", text, algorithm="sha256").hexdigest()
