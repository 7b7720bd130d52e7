"""Measures the site beside the floor and prints a table: python -m tests.performance [quick | million] [write] [figure …].

quick: two minutes instead of fifteen. million: with as many applications. write: keeps the table in docs/performance.md.
The name of a figure below measures that one alone, and `endurance`, which takes ten minutes, is measured by its name only. It fails when
something is broken, never because something is slow.
"""

import sys
import time
from pathlib import Path

from tests.performance import decisions, desk, endurance, lists, public, rush, starts, way
from tests.performance.data import sites
from tests.performance.rows import as_markdown, keep
from tests.performance.volume import FULL, MILLION, QUICK
from tests.settings import DATA

FIGURES = {
    figure.__name__: figure
    for figure in (
        *(public.public_pages, public.public_facts, way.whole_way, way.send_alone),
        *(lists.application_lists, desk.desk_pages),
        *(rush.rush, decisions.applied_decisions, lists.table_of_all),
        *(starts.memory, starts.checks, starts.starts),
        endurance.endurance,
    )
}
_BY_NAME_ONLY = {"endurance"}


def main(*wishes: str) -> None:
    """Measures what is wished for; an unknown wish ends it at once."""
    unknown = set(wishes) - {"quick", "million", "write", *FIGURES}
    if unknown:
        sys.exit(f"Nothing here is called {', '.join(unknown)}. The figures: {', '.join(FIGURES)}.")
    volume = QUICK if "quick" in wishes else MILLION if "million" in wishes else FULL
    wanted = [name for name in FIGURES if name in wishes] or [name for name in FIGURES if name not in _BY_NAME_ONLY]
    rows, began = [], time.monotonic()
    with sites(many=volume.many, folder=Path(DATA)) as made:
        _say(began, "the sites are filled")
        for name in wanted:
            for row in FIGURES[name](made, volume):
                rows.append(row)
                _say(began, row.line)
    table = as_markdown(rows)
    print(table)
    if "write" in wishes:
        keep(table)


def _say(began: float, what: str) -> None:
    """Tells the terminal how far it is; the table alone goes to where the output is sent."""
    print(f"[{time.monotonic() - began:.0f} s] {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
