"""What work costs: processor time of the web processes, of what they start, and of the database; and the queries.

Sides of a comparison take turns, A B A B, so that a machine that is busy for a while slows all of them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import psycopg

from tests.performance.processes import children, on_cpu, waited_for
from tests.performance.sites import Site

# What a kept connection is asked before it is used, how PostgreSQL itself looks foreign keys up at the end, and what a new
# connection is told: its zone, the first time that a process is asked.
NOT_OURS = ["SELECT $1", "SELECT % FROM ONLY %", "SELECT set_config(%"]


@dataclass(frozen=True)
class Spent:
    """For one unit of work: milliseconds of the processor (`checks`: of processes that the web processes started and
    waited for), queries, and seconds by the clock."""

    web: float
    checks: float
    database: float
    queries: float
    seconds: float

    @property
    def cpu(self) -> float:
        """Web and database; file checks are counted apart."""
        return self.web + self.database


@dataclass(frozen=True)
class Work:
    """A block of work on a site: `do` does it and returns how many units that were (requests, or whole ways)."""

    site: Site
    do: Callable[[], int]


class Figure:
    """What each round of a work cost."""

    def __init__(self, rounds: list[Spent]) -> None:
        self.rounds = rounds

    def median(self, name: str) -> float:
        return median(getattr(spent, name) for spent in self.rounds)

    @property
    def cpu(self) -> float:
        return self.median("cpu")

    @property
    def queries(self) -> int:
        return round(self.median("queries"))

    def __str__(self) -> str:
        return f"{self.median('web'):.1f} + {self.median('database'):.1f} ms"

    def over(self, other: "Figure") -> "Ratio":
        """How many times as much this costs, round by round: those of one round were measured one after the other."""
        return Ratio([ours.cpu / theirs.cpu for ours, theirs in zip(self.rounds, other.rounds, strict=True)])


@dataclass(frozen=True)
class Ratio:
    """One ratio a round; the spread says how far the median is to be trusted."""

    rounds: list[float]

    @property
    def median(self) -> float:
        return median(self.rounds)

    def __str__(self) -> str:
        return f"{self.median:.2f} ({min(self.rounds):.2f}–{max(self.rounds):.2f})"


def by_turns(rounds: int, works: dict[str, Work]) -> dict[str, Figure]:
    """Does each work once to warm up, then all of them in turns, `rounds` times."""
    for work in works.values():
        work.do()
    spent = {name: [] for name in works}
    for _round in range(rounds):
        for name, work in works.items():
            spent[name].append(measured(work))
    return {name: Figure(found) for name, found in spent.items()}


def measured(work: Work) -> Spent:
    """What one block of it costs for each unit."""
    queries, cpu, began = queries_of(work.site), _cpu(work.site), time.perf_counter()
    units = work.do()
    seconds, cpu_after = time.perf_counter() - began, _cpu(work.site)
    web, checks, database = ((after - before) / units for before, after in zip(cpu, cpu_after, strict=True))
    return Spent(web, checks, database, (queries_of(work.site) - queries) / units, seconds / units)


def _cpu(site: Site) -> tuple[float, float, float]:
    """Milliseconds that were used so far by the web processes, by what they waited for, and by the database."""
    web = site.web_pids()
    postmaster = site.cluster.pid
    # Of a backend that ended, the postmaster has the time.
    database = waited_for(postmaster) + sum(map(on_cpu, [postmaster, *children(postmaster)]))
    return sum(map(on_cpu, web)), sum(map(waited_for, web)), database


def queries_of(site: Site) -> int:
    """How many statements the site's database was asked so far; those that begin and end transactions are not counted."""
    counted = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements JOIN pg_database d ON d.oid = dbid"
    with psycopg.connect(site.cluster.url, autocommit=True) as connection:
        asked = f"{counted} WHERE datname = %s AND query NOT LIKE ALL (%s)"
        return int(connection.execute(asked, [site.database, NOT_OURS]).fetchone()[0])
