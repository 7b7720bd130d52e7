"""PostgreSQL as Django speaks to it, but that a kept connection is looked at, instead of tried, before each request uses it."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own asks `SELECT 1` each time: a way to the database and back that tells no more than the socket knows.

    A database that stops, restarts or ends a connection hangs up; the kernel has that by the next request. One that is
    unplugged says nothing, and then neither way finds out before the network gives up.
    """

    def is_usable(self) -> bool:
        """Whether the connection can go on. Where the other end has said something unasked, or something went wrong
        before, it is tried as Django does."""
        if self.connection is None or self.connection.closed or self.errors_occurred:
            return super().is_usable()
        return not _has_said_something(self.connection.fileno()) or super().is_usable()


def _has_said_something(socket: int) -> bool:
    """Whether there is anything to read, an end included."""
    waiting = select.poll()
    waiting.register(socket, select.POLLIN)
    return bool(waiting.poll(0))
