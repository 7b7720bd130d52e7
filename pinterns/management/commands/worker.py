"""`manage.py worker`: the one process beside the web server. Any number of them may run against one database."""

import signal
import time
from collections.abc import Callable
from contextlib import closing

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections, connection
from django.utils import timezone

from accounts import limits
from accounts.one_by_one import log_failure
from accounts.services import forget_old_codes
from applications.decisions import lapse_offers
from applications.documents import sweep_documents
from applications.follow_letters import tell_followers
from applications.my_data_export import forget_exports, make_exports
from applications.pages import make_missing_pages
from applications.prepared import apply_approved
from applications.tallies import fold
from letters.delivery import deliveries
from letters.models import Letter
from pinterns.erasing import erase_due, purge
from programs.picture_sizes import make_missing_sizes
from programs.pictures import sweep_pictures
from reviews.reviewing import note_handed_in

IDLE_SECONDS = 1
# After an error (the database is away, say) the loop waits, longer each time, so that it neither spins nor gives up.
LONGEST_WAIT_SECONDS = 10
BATCH = 50

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def clear_sessions() -> int:
    """Delete the sessions that have ended: all of them, so nothing is left to do."""
    call_command("clearsessions")
    return 0


def clear_rate_limits() -> int:
    """Delete what was counted and no longer limits anybody: allauth's counts hold network addresses."""
    limits.forget_ended()
    table = connection.ops.quote_name(settings.CACHES["default"]["LOCATION"])
    with connection.cursor() as cursor:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])  # noqa: S608
    return 0


# What is done, each so many seconds: any worker may do it at any time, and twice does no harm. Each says how much it did;
# one that did something is run again at once, after the letters, until it finds nothing more.
JOBS: list[tuple[int, Callable[[], int]]] = [
    (IDLE_SECONDS, make_missing_pages),
    (IDLE_SECONDS, apply_approved),
    (IDLE_SECONDS, make_exports),
    (IDLE_SECONDS, make_missing_sizes),
    (MINUTE, tell_followers),
    (MINUTE, lapse_offers),
    (MINUTE, fold),
    (15 * MINUTE, sweep_documents),
    (15 * MINUTE, sweep_pictures),
    (HOUR, forget_exports),
    (HOUR, clear_sessions),
    (HOUR, clear_rate_limits),
    (HOUR, forget_old_codes),
    (HOUR, note_handed_in),
    (HOUR, erase_due),
    (DAY, purge),
]


class Command(BaseCommand):
    help = (
        "Delivers letters and does what is due now and then, until it is told to stop (SIGTERM or Ctrl-C: "
        "the letter in hand is finished first)."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="Do all that is due, and end: with status 1 when something failed."
        )

    def handle(self, *args, once: bool, **options) -> None:
        self.stopping = False
        if once:
            # A list, not a generator: what fails must not keep the rest from being done.
            done = [self._finish(job) for job in (self._deliver_batch, *(job for _seconds, job in JOBS))]
            if not all(done):
                raise CommandError("Not everything was done; the log says what failed.")
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self.stdout.write("The worker is ready.")
        self._loop()
        self.stdout.write("The worker has stopped.")

    def _loop(self) -> None:
        next_run = {job: 0.0 for _seconds, job in JOBS}
        failures = 0
        while not self.stopping:
            # One that broke, or is old, is replaced.
            close_old_connections()
            sent = self._do(self._deliver_batch)
            more = bool(sent)
            for seconds, job in JOBS:
                now = time.monotonic()
                if not self.stopping and now >= next_run[job]:
                    did_something = bool(self._do(job))
                    next_run[job] = now if did_something else now + seconds
                    more = more or did_something
            failures = failures + 1 if sent is None else 0
            if not more:
                self._wait(min(IDLE_SECONDS * 2 ** min(failures, 5), LONGEST_WAIT_SECONDS))

    def _finish(self, job: Callable[[], int]) -> bool:
        """Run it until it finds nothing more to do; whether it went well."""
        while done := self._do(job):
            if self.stopping:
                break
        return done is not None

    def _deliver_batch(self) -> int:
        """Deliver one batch of what is due, so that thousands of letters keep no other job waiting; returns how many
        were sent."""
        sent = 0
        with closing(deliveries(limit=BATCH)) as letters:
            for letter in letters:
                sent += letter.status == Letter.Status.SENT
                self.stdout.write(describe(letter))
                if self.stopping:
                    break
        return sent

    def _do(self, job: Callable[[], int]) -> int | None:
        """Run it; how much it did, None when it failed. What it raises is logged, and ends nothing."""
        try:
            return job()
        except Exception as error:
            log_failure(job.__name__, error)
            return None

    def _wait(self, seconds: float) -> None:
        """Wait, in steps so short that nobody who stops the worker notices."""
        end = time.monotonic() + seconds
        while not self.stopping and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.25))

    def _stop(self, number, frame) -> None:
        self.stopping = True


def describe(letter: Letter) -> str:
    """One line on what became of a letter, without anything about the person."""
    line = f"{letter.status} {letter.kind} {letter.about or '-'} #{letter.pk}"
    return f"{line} try {letter.tries}: {letter.last_error}" if letter.last_error else line
