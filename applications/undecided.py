"""What waits for a decision: the count beside a window's promise, and the list's filter."""

from collections.abc import Iterable

from applications import tallies
from applications.models import Tally
from applications.workflow import UNDECIDED
from programs.models import Window


def undecided_in(windows: Iterable[Window | int]) -> dict[int, int]:
    """How many applications wait for a decision, by the id of the window; windows without any are left out."""
    now = tallies.totals(windows, Tally.What.NOW)
    numbers = {window: sum(counts[status] for status in UNDECIDED) for window, counts in now.items()}
    return {window: number for window, number in numbers.items() if number}
