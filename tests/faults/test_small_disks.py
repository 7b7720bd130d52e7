"""The site on real disks of a few megabytes that fill up one after the other, and have room again. Needs root, to mount."""

import contextlib
import http.client
import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.databases import engine_under_test, migrated_database
from tests.faults.rush import SECRET
from tests.faults.test_full_disk import LARGE, TRY_AGAIN, resume
from tests.server import Server, running_server

pytestmark = [
    pytest.mark.soak,
    pytest.mark.server,
    pytest.mark.skipif(os.geteuid() != 0, reason="Only root can mount a small disk."),
]
PREPARED = """
import json
from tests.factories import make_program, make_requirement, make_session, make_user, make_window, post_for
program = make_program(asks=("statement",))
make_requirement(program, "document", parameters={"megabytes": 10})
posted = post_for(make_window(program), action="save")
print(json.dumps({
    "path": program.apply_url,
    "session": make_session(make_user("ada@example.org")),
    "form": {name: value for name, value in posted.items() if isinstance(value, str)},
    "file": next(name for name in posted if name.endswith("-file")),
    "statement": next(name for name in posted if name.endswith("-text")),
}))
"""


class SmallDisk:
    """A disk of 12 MB of its own at `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], check=True)

    def unmount(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """Without a free byte until the end."""
        ballast = self.folder / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(b"\0" * 4096):
                pass
        assert shutil.disk_usage(self.folder).free == 0
        yield
        ballast.unlink()

    def holds(self) -> set[Path]:
        return {path for path in self.folder.rglob("*") if path.is_file() and path.name != "ballast"}


@pytest.fixture
def disks(tmp_path) -> Iterator[dict[str, SmallDisk]]:
    """A small disk for uploads, one for temporary files and one for SQLite's database."""
    with contextlib.ExitStack() as mounted:
        made = {}
        for name in ("data/media", "temporary", "database"):
            made[name] = SmallDisk(tmp_path / name)
            mounted.callback(made[name].unmount)
        yield made


class Candidate:
    """Somebody who is signed in and saves their form, without a script."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.known = json.loads(server.python(PREPARED))

    def save(self, statement: str, *, file: bool = True) -> tuple[int, str]:
        form = {**self.known["form"], self.known["statement"]: statement, "csrfmiddlewaretoken": SECRET}
        if file:
            form[self.known["file"]] = resume(LARGE)
        connection = http.client.HTTPConnection(urlsplit(self.server.base_url).netloc, timeout=60)
        headers = {
            "Content-Type": MULTIPART_CONTENT,
            "Cookie": f"sessionid={self.known['session']}; csrftoken={SECRET}",
        }
        with contextlib.closing(connection):
            connection.request("POST", self.known["path"], encode_multipart(BOUNDARY, form), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def draft(self) -> str:
        return self.server.python("from applications.models import Application; print(Application.objects.get().draft)")


def problems(server: Server) -> list[str]:
    """What /healthz finds wrong; nothing where it answers 200."""
    try:
        urllib.request.urlopen(server.base_url + "/healthz", timeout=30)
    except urllib.error.HTTPError as error:
        assert error.code == 503
        return json.loads(error.read())["problems"]
    return []


def test_disks_that_fill_up_cost_nothing_that_was_saved(disks, tmp_path, figure):
    env = {"DATA_DIR": str(tmp_path / "data"), "TMPDIR": str(disks["temporary"].folder), "LEAST_FREE_MB": "2"}
    if not engine_under_test():
        database = disks["database"].folder / "site.sqlite3"
        shutil.copy(migrated_database(""), database)
        env["DATABASE_URL"] = f"sqlite:///{database}"
    with running_server(env=env) as server:
        candidate = Candidate(server)
        assert candidate.save("first", file=False)[0] == 302
        assert problems(server) == []

        for disk, named in (("data/media", "uploads"), ("temporary", "temporary files")):
            before = disks[disk].holds()
            with disks[disk].full():
                status, page = candidate.save(f"saved while there was no room for {named}")
                assert (status, TRY_AGAIN in page) == (200, True)
                assert f"no room for {named}" in candidate.draft()
                assert disks[disk].holds() == before, "no partial file"
                [problem] = problems(server)
                assert f"no room for {named}" in problem
            assert problems(server) == []

        if not engine_under_test():
            with disks["database"].full():
                status, page = candidate.save("x" * 500_000, file=False)
                assert (status, "then try again" in page) == (503, True)
                [problem] = problems(server)
                assert "no room for the database" in problem
            assert "no room for temporary files" in candidate.draft()

        assert candidate.save("at last")[0] == 302
        assert len(disks["data/media"].holds()) == 1
        assert problems(server) == []
    figure("disk full for uploads, temporary files, SQLite", "0 drafts lost, 0 partial files, /healthz red, then well")
