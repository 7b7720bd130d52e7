"""Work that failed is tried again by whichever worker comes by: after pauses that grow, and for a day."""

from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)
# With these pauses the last of them comes more than 24 hours after the first.
MOST_TRIES = 300


def pause_after(tries: int) -> timedelta:
    """How long to wait after this many failed tries: doubled each time, up to 5 minutes."""
    return min(FIRST_PAUSE * 2 ** min(tries - 1, 10), LONGEST_PAUSE)


def claim_next(to_do: QuerySet[Row], *, at: datetime, tries: str, after: str) -> Row | None:
    """The first row of `to_do` whose time has come, with this try counted before it begins; None when there is none.

    Whoever is killed in a try has had it too, and nobody else takes the row before the pause is over: by then the work
    may be under way twice, so it has to bear that. tries, after: the columns with the number of tries and the time of
    the next one. at: the time to go by (aware).
    """
    due = to_do.filter(Q(**{after: None}) | Q(**{f"{after}__lte": at}))
    while row := due.first():
        number = getattr(row, tries) + 1
        claim = {tries: number, after: at + pause_after(number)}
        if to_do.filter(**{"pk": row.pk, tries: number - 1}).update(**claim):
            for name, value in claim.items():
                setattr(row, name, value)
            return row
    return None
