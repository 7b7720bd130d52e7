"""How the log is written: what went wrong and where, and nothing about the person to whom it happened."""

import copy
import logging
import re
import traceback
from types import TracebackType

_QUERY = re.compile(r"(?<=\S)\?\S+")


class NamelessFormatter(logging.Formatter):
    """Of an exception its kind and the places in the code, without its message: that of a database quotes the row, that of a
    mail server the address. Of an address of the site no query: it holds what somebody searched for.
    """

    def format(self, record: logging.LogRecord) -> str:
        record = copy.copy(record)
        record.exc_text = None  # what another formatter has made of the exception
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        return _QUERY.sub("?…", super().formatMessage(record))

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        told, error = [], ei[1]
        while error:
            places = "".join(traceback.format_tb(error.__traceback__))
            told.append(f"{type(error).__module__}.{type(error).__qualname__}, raised at\n{places}".rstrip())
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nafter ".join(told)
