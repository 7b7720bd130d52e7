"""The three sites of a run with what they hold: the floor, ours with few applications, and ours with many."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.cluster import Cluster, running_cluster
from tests.performance.sites import FLOOR, OURS, Kind, Site, environment, served
from tests.server import ROOT

FEW = 1_000
# Rows of the floor: a fifth of them are of the status that its list shows.
_THINGS = """
INSERT INTO things_thing (owner, name, email, phone, city, language, level, starts, weeks, text, file, status, made_at)
SELECT 'somebody', 'Name ' || n, 'person' || n || '@example.org', '+1 415 555 0100', 'City ' || n % 50, 'English',
       'advanced', date '2027-06-07', 12, repeat('A text of some length. ', 10), 'things/' || n || '.pdf',
       (ARRAY['new', 'open', 'read', 'kept', 'gone'])[1 + n % 5], now() - n * interval '1 minute'
FROM generate_series(1, {number}) AS n
"""


@dataclass(frozen=True)
class Sites:
    floor: Site
    few: Site
    many: Site


@contextlib.contextmanager
def sites(*, many: int, folder: Path) -> Iterator[Sites]:
    """All three, filled and answering; the floor has as many rows as the larger one of ours has applications."""
    settings = {
        "max_connections": "400",
        "shared_buffers": "1GB",
        # As docs/operations.md recommends.
        "random_page_cost": "1.1",
        "jit": "off",
        # Whatever runs by itself would be counted as work of the pages.
        "autovacuum": "off",
        "shared_preload_libraries": "pg_stat_statements",
        "pg_stat_statements.max": "20000",
        "pg_stat_statements.track_utility": "off",
    }
    with running_cluster(**settings) as cluster, contextlib.ExitStack() as stack:
        _sql(cluster.url, "CREATE EXTENSION pg_stat_statements")

        def serve(kind: Kind, name: str, size: int) -> Site:
            place, url = folder / kind.wsgi.split(".", maxsplit=1)[0], _url(cluster, name)
            return stack.enter_context(served(kind, cluster=cluster, folder=place, database_url=url, size=size))

        _fill_ours(cluster, folder / "pinterns", many)
        _fill_floor(cluster, folder / "tests", many)
        yield Sites(serve(FLOOR, "floor", many), serve(OURS, "few", FEW), serve(OURS, "many", many))


def _fill_ours(cluster: Cluster, folder: Path, many: int) -> None:
    (folder / "mail").mkdir(parents=True)
    _sql(cluster.url, "CREATE DATABASE few")
    for command in (("collectstatic", "--no-input"), ("migrate",), ("demo", "--force", f"--applications={FEW}")):
        _manage(cluster, OURS, "few", folder, *command)
    drawn = "from tests.performance.inside import all_pages_drawn; all_pages_drawn()"
    _manage(cluster, OURS, "few", folder, "shell", "--command", drawn)
    _sql(cluster.url, "CREATE DATABASE many TEMPLATE few")
    _manage(cluster, OURS, "many", folder, "demo", "--force", f"--applications={many}")
    for name in ("few", "many"):
        _sql(_url(cluster, name), "VACUUM ANALYZE")


def _fill_floor(cluster: Cluster, folder: Path, number: int) -> None:
    folder.mkdir()
    _sql(cluster.url, "CREATE DATABASE floor")
    _manage(cluster, FLOOR, "floor", folder, "migrate")
    _sql(_url(cluster, "floor"), _THINGS.format(number=number))
    _sql(_url(cluster, "floor"), "VACUUM ANALYZE")


def _manage(cluster: Cluster, kind: Kind, database: str, folder: Path, *arguments: str) -> None:
    variables = environment(kind, folder=folder, database_url=_url(cluster, database))
    command = [sys.executable, "-m", "django", *arguments]
    subprocess.run(command, cwd=ROOT, env=variables, check=True, stdout=subprocess.DEVNULL)


def _url(cluster: Cluster, database: str) -> str:
    return urlunsplit(urlsplit(cluster.url)._replace(path=f"/{database}"))


def _sql(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
