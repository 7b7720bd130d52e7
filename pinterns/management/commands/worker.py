"""`manage.py worker`: the one process beside the web server. Any number of them may run against one database."""

import logging
import signal
import time
import traceback
from collections.abc import Callable
from contextlib import closing

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from applications.decisions import lapse_offers
from applications.documents import sweep_documents
from applications.prepared import apply_approved
from letters.delivery import deliveries
from letters.models import Letter
from programs.pictures import sweep_pictures

logger = logging.getLogger(__name__)

IDLE_SECONDS = 1
# After an error (the database is away, say) the loop waits, longer each time, so that it neither spins nor gives up.
LONGEST_WAIT_SECONDS = 10
BATCH = 50

MINUTE = 60
HOUR = 60 * MINUTE


def clear_sessions() -> None:
    """Delete the sessions that have ended."""
    call_command("clearsessions")


# What is done, each so many seconds: any worker may do it at any time, and twice does no harm.
JOBS: list[tuple[int, Callable[[], object]]] = [
    (IDLE_SECONDS, apply_approved),
    (MINUTE, lapse_offers),
    (15 * MINUTE, sweep_documents),
    (15 * MINUTE, sweep_pictures),
    (HOUR, clear_sessions),
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
            done = [self._do(self._deliver_all), *(self._do(job) for _seconds, job in JOBS)]
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
            self.more = False
            well = self._do(self._deliver_batch)
            for seconds, job in JOBS:
                if not self.stopping and time.monotonic() >= next_run[job]:
                    next_run[job] = time.monotonic() + seconds
                    self._do(job)
            failures = 0 if well else failures + 1
            if not self.more:
                self._wait(min(IDLE_SECONDS * 2 ** min(failures, 5), LONGEST_WAIT_SECONDS))

    def _deliver_all(self) -> None:
        """Deliver what is due, batch after batch, until none is left."""
        self.more = True
        while self.more:
            self._deliver_batch()

    def _deliver_batch(self) -> None:
        """Deliver one batch of what is due, so that thousands of letters keep no other job waiting; `more` says whether
        others may be due."""
        sent = 0
        with closing(deliveries(limit=BATCH)) as letters:
            for letter in letters:
                sent += letter.status == Letter.Status.SENT
                self.stdout.write(describe(letter))
                if self.stopping:
                    break
        self.more = sent == BATCH

    def _do(self, job: Callable[[], object]) -> bool:
        """Run it; whether it went well. What it raises is logged, and ends nothing."""
        try:
            job()
        except Exception as error:
            # The places, not the message: a database's message may quote a person's data.
            places = "".join(traceback.format_tb(error.__traceback__))
            logger.error("%s failed: %s\n%s", job.__name__, type(error).__name__, places)
            return False
        return True

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
