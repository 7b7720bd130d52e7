"""What `make serve` refuses, and how it serves: style sheets that browsers keep, a log without people, a restart by HUP."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from tests.databases import migrated_database
from tests.server import ROOT
from tests.sink import free_port

SETTINGS = {"SECRET_KEY": "a long and random text of the tests alone, " * 2, "ALLOWED_HOSTS": "127.0.0.1"}
pytestmark = [pytest.mark.sqlite, pytest.mark.server]


def serve(tmp_path, **environment: str) -> subprocess.Popen:
    """`bin/serve` in an environment that has nothing else."""
    places = {"DATA_DIR": str(tmp_path), "STATIC_ROOT": str(tmp_path / "static")}
    return subprocess.Popen(
        [sys.executable, "bin/serve"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **places, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"ALLOWED_HOSTS": "127.0.0.1"}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "x" * 60}, "ALLOWED_HOSTS is not set"),
        (SETTINGS | {"DEBUG": "1"}, "DEBUG is on"),
        (SETTINGS, "Migrations are not applied: "),
        (SETTINGS | {"DATABASE_URL": "postgres://nobody@127.0.0.1:9/none"}, "The database cannot be reached"),
    ],
)
def test_it_refuses_in_plain_sentences(tmp_path, environment, sentence):
    refused = serve(tmp_path, **environment)
    told, _nothing = refused.communicate(timeout=60)
    assert refused.returncode == 1
    assert sentence in told
    assert "Traceback" not in told


def asked(address: str, **headers: str):
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=10) as answer:
        return answer, answer.read()


def answered(address: str) -> str:
    deadline = time.monotonic() + 60
    while True:
        try:
            return asked(address)[1].decode()
        except OSError:
            assert time.monotonic() < deadline, "nothing answered"
            time.sleep(0.1)


def test_it_serves_what_browsers_keep_restarts_by_hup_and_writes_nobody_down(tmp_path):
    port = str(free_port())
    address = f"http://127.0.0.1:{port}"
    database = shutil.copy(migrated_database(""), tmp_path / "site.sqlite3")
    own = {"DATABASE_URL": f"sqlite:///{database}", "PORT": port, "HTTPS": "0", "WEB_CONCURRENCY": "1"}
    site = serve(tmp_path, **SETTINGS, **own)
    try:
        page = answered(f"{address}/?q=somebody@example.org")
        style = re.search(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)[1]
        answer, _body = asked(address + style, **{"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
        assert int(re.search(r"max-age=(\d+)", answer.headers["Cache-Control"])[1]) >= 31536000

        site.send_signal(signal.SIGHUP)
        for _request in range(20):
            asked(address + "/privacy/")
            time.sleep(0.1)
        with pytest.raises(urllib.error.HTTPError, match="404"):
            asked(f"{address}/nothing-here/?q=somebody@example.org")
    finally:
        site.terminate()
        told, _nothing = site.communicate(timeout=60)
    assert site.returncode == 0, told
    assert "manage.py worker" in told
    assert "Hang up" in told or "Handling signal: hup" in told
    assert "somebody" not in told
    assert "127.0.0.1 - -" not in told, "a log of requests"
