"""A real S3-compatible store on the loopback: SeaweedFS, which checks every signature."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from botocore.config import Config
from django.core.files.base import ContentFile

from pinterns.s3 import CONFIG, S3Storage
from tests.sink import free_ports

WEED = shutil.which("weed", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
KEY, SECRET, BUCKET, REGION = "site", "a-secret-of-the-tests", "uploads", "us-east-1"


@contextlib.contextmanager
def running_store(folder: Path) -> Iterator[dict[str, str]]:
    """An empty store; yields what the environment of a site that keeps its files there has."""
    identity = {"name": KEY, "credentials": [{"accessKey": KEY, "secretKey": SECRET}]}
    identity["actions"] = ["Admin", "Read", "Write", "List"]
    (folder / "keys.json").write_text(json.dumps({"identities": [identity]}))
    names = ["master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc"]
    names += ["s3.port", "s3.port.grpc", "s3.port.iceberg", "s3.port.lance"]
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    here = ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder}", f"-s3.config={folder}/keys.json"]
    small = ["-master.volumeSizeLimitMB=64", "-volume.max=20"]
    with (folder / "store.log").open("wb") as log:
        command = [WEED, "server", "-filer", "-s3", *here, *small, *(f"-{name}={port}" for name, port in ports.items())]
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{ports['s3.port']}"
        _wait_until_it_keeps_files(address, process, folder)
        yield {
            "S3_BUCKET": BUCKET,
            "S3_ENDPOINT_URL": address,
            "S3_REGION": REGION,
            "S3_ACCESS_KEY": KEY,
            "S3_SECRET_KEY": SECRET,
        }
    finally:
        process.kill()  # asked politely it takes half a minute
        process.wait()


def options(address: str, *, secret: str = SECRET, config: Config = CONFIG) -> dict[str, object]:
    """What the site's own storage of it is made with; another secret is somebody else's."""
    return {
        "bucket_name": BUCKET,
        "endpoint_url": address,
        "region_name": REGION,
        "access_key": KEY,
        "secret_key": secret,
        "file_overwrite": False,
        "client_config": config,
    }


def kept_in(address: str, **facts: object) -> dict[str, dict]:
    """The part of the setting STORAGES that keeps uploads there."""
    return {"default": {"BACKEND": "pinterns.s3.S3Storage", "OPTIONS": options(address, **facts)}}


def _wait_until_it_keeps_files(address: str, process: subprocess.Popen, folder: Path) -> None:
    storage, deadline = S3Storage(**options(address)), time.monotonic() + 40
    while True:
        try:
            storage.connection.meta.client.create_bucket(Bucket=BUCKET)
            storage.delete(storage.save("first", ContentFile(b"kept")))
            return
        except Exception:
            assert process.poll() is None and time.monotonic() < deadline, (folder / "store.log").read_text()[-3000:]
            time.sleep(0.2)
