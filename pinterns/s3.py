"""Uploads in an S3-compatible store, which fails as a file system does: callers know OSError and FileNotFoundError.

A store that takes connections and never answers could hold all processes of a host. So one that did not answer is left
alone for AWAY_SECONDS, in which everybody is told at once.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError
from django.core.files.base import File
from storages.backends import s3

from pinterns.storage import StoreAway

AWAY_SECONDS = 10
# A store that does not answer holds a request for at most two tries of these seconds. Signatures are those of version 4
# alone, which name the seconds for which they hold. Stores other than Amazon's do not know its newer checksums.
CONFIG = Config(
    connect_timeout=3,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 2},
    signature_version="s3v4",
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)

P = ParamSpec("P")
R = TypeVar("R")


def _as_a_file_system(method: Callable[P, R]) -> Callable[P, R]:
    """The method of the storage, which raises FileNotFoundError where the store has no such file and StoreAway where it
    does not answer, or will not."""

    @wraps(method)
    def told(storage: "S3Storage", *args: P.args, **kwargs: P.kwargs) -> R:
        if time.monotonic() < storage.away_until:
            raise StoreAway(f"{storage.endpoint_url} did not answer moments ago")
        try:
            return method(storage, *args, **kwargs)
        except (ConnectionError, HTTPClientError) as error:
            storage.away_until = time.monotonic() + AWAY_SECONDS
            raise StoreAway(str(error)) from error
        except ClientError as error:
            gone = error.response["ResponseMetadata"]["HTTPStatusCode"] == 404
            raise (FileNotFoundError if gone else StoreAway)(str(error)) from error
        except (BotoCoreError, Boto3Error) as error:
            raise StoreAway(str(error)) from error

    return told


class S3Storage(s3.S3Storage):
    """The bucket of the settings. What is in it belongs to nobody but the site: no object is given an ACL of its own."""

    away_until = 0.0  # by time.monotonic()

    _save = _as_a_file_system(s3.S3Storage._save)
    delete = _as_a_file_system(s3.S3Storage.delete)
    exists = _as_a_file_system(s3.S3Storage.exists)
    listdir = _as_a_file_system(s3.S3Storage.listdir)
    size = _as_a_file_system(s3.S3Storage.size)
    get_modified_time = _as_a_file_system(s3.S3Storage.get_modified_time)

    @_as_a_file_system
    def _open(self, name: str, mode: str = "rb") -> File:
        """Fetched at once, as a temporary file past a megabyte: a store that fails does so before an answer has begun."""
        return super()._open(name, mode).open()

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        """The same type for all: that which a browser claims for its upload is kept nowhere."""
        return {"ContentType": "application/octet-stream"}
