"""Work on many rows, of which one that fails must not keep the others from it."""

import logging
import traceback
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import InterfaceError, OperationalError

Row = TypeVar("Row")
# No row's fault: whoever works on rows lets it through, and the next round tries all of them again.
DATABASE_AWAY = (OperationalError, InterfaceError)

logger = logging.getLogger(__name__)


def log_failure(what: str, error: Exception) -> None:
    """Logs that `what` failed, and where. Not the message: it may quote a person's data."""
    places = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s failed: %s\n%s", what, type(error).__name__, places)


def one_by_one(work: Callable[[Row], object], rows: Iterable[Row], *, name: Callable[[Row], object]) -> int:
    """Does `work` with each row; returns of how many it said that something was done.

    What it raises is logged with the row's `name`, which tells nothing about a person, and the next row is taken; the
    next round comes back to it. Call it outside of transactions. Raises OperationalError when the database is away.
    """
    done = 0
    for row in rows:
        try:
            done += bool(work(row))
        except DATABASE_AWAY:
            raise
        except Exception as error:
            log_failure(f"{work.__name__} of {name(row)}", error)
    return done
