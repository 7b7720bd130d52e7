"""A PostgreSQL of one's own on a free port, for what must not share one. Its server programs are looked for as .ci/run does."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.sink import free_port


class Cluster:
    """One in `folder`. `url` of its database `postgres`, `log`: the file into which it writes, `pid` of its first process."""

    def __init__(self, folder: Path, programs: Path, settings: dict[str, str]):
        port = free_port()
        self.url = f"postgres://postgres@127.0.0.1:{port}/postgres"
        self.log = folder / "log"
        self._data = folder / "data"
        self._programs = programs
        given = {"listen_addresses": "127.0.0.1", "unix_socket_directories": folder, "fsync": "off"} | settings
        self._options = f"-p {port} " + " ".join(f"-c {name}={value}" for name, value in given.items())
        self._as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []  # initdb refuses root
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")

    @property
    def pid(self) -> int:
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def start(self) -> None:
        """Returns when it takes connections; after stop_at_once() when it has recovered."""
        self._run("pg_ctl", "-l", self.log, "-w", "-o", self._options, "start")

    def stop_at_once(self) -> None:
        """As a crash does: connections are cut in the midst of whatever they did."""
        self._run("pg_ctl", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: object) -> None:
        command = [*self._as_owner, str(self._programs / program), "-D", str(self._data), *map(str, arguments)]
        subprocess.run(command, cwd="/", check=True, stdout=subprocess.DEVNULL)


def find_programs() -> Path | None:
    """The folder of initdb and pg_ctl, of the newest version; None where there is no PostgreSQL server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("pg_ctl")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextlib.contextmanager
def running_cluster(**settings: str) -> Iterator[Cluster]:
    """A cluster with these settings of postgresql.conf, gone again at the end. It does not wait for the disk, unless told."""
    programs = find_programs()
    if programs is None:
        raise FileNotFoundError("No PostgreSQL server is installed: on Debian and Ubuntu it is the package postgresql.")
    with tempfile.TemporaryDirectory(prefix="cluster-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        cluster = Cluster(folder, programs, settings)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop_at_once()
