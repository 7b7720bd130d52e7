"""The table that a run prints, line by line."""

from dataclasses import dataclass
from datetime import UTC, datetime

from tests.server import ROOT

PAGE = ROOT / "docs" / "performance.md"
_BEGIN, _END = "<!-- measured -->\n", "<!-- end of what was measured -->\n"
_HEAD = ("figure", "ours", "floor", "ratio", "goal", "")


@dataclass(frozen=True)
class Row:
    """A figure as people read it. `met` is None for what has no goal of its own."""

    name: str
    ours: str
    goal: str
    met: bool | None
    floor: str = ""
    ratio: str = ""

    @property
    def line(self) -> str:
        """The same for a terminal, as soon as it is known."""
        told = (self.name, self.ours, self.floor and f"floor {self.floor}", self.ratio, self.goal, self.verdict)
        return "; ".join(filter(None, told))

    @property
    def verdict(self) -> str:
        return {True: "met", False: "**not met**", None: ""}[self.met]


def as_markdown(rows: list[Row]) -> str:
    """The table as it stands in a document."""
    cells = [_HEAD, ("---",) * len(_HEAD)]
    cells += [(row.name, row.ours, row.floor, row.ratio, row.goal, row.verdict) for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)


def keep(table: str) -> None:
    """Puts the table into docs/performance.md, in the place of the last one, with today's date."""
    before, _begin, rest = PAGE.read_text().partition(_BEGIN)
    _old, end, after = rest.partition(_END)
    if not end:
        raise ValueError(f"{PAGE} has no place for the table, between {_BEGIN!r} and {_END!r}.")
    PAGE.write_text(f"{before}{_BEGIN}Measured on {datetime.now(UTC):%d %B %Y}.\n\n{table}{_END}{after}")
