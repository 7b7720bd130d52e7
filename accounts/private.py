"""What every answer says that hands out something of a person's: it is a file, nobody runs it, and no cache keeps it."""

from typing import TypeVar

from django.http.response import HttpResponseBase

Answer = TypeVar("Answer", bound=HttpResponseBase)


def kept_private(response: Answer) -> Answer:
    """The same answer, with the headers that keep a browser from running it and everything else from keeping it."""
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
