"""How much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Volume:
    """`many`: applications of the larger site. Rounds of turns; in each, so many pages, lists, ways of a candidate.
    `sends`: in a rush. `decisions`: prepared ones that are applied. `starts`: whether `make run` is timed."""

    many: int
    rounds: int
    pages: int
    lists: int
    ways: int
    sends: int
    rush_rounds: int
    decisions: int
    starts: bool


QUICK = Volume(many=5_000, rounds=3, pages=10, lists=2, ways=2, sends=96, rush_rounds=1, decisions=200, starts=False)
FULL = Volume(many=100_000, rounds=5, pages=30, lists=4, ways=4, sends=256, rush_rounds=2, decisions=5_000, starts=True)
MILLION = Volume(**{**vars(FULL), "many": 1_000_000})
