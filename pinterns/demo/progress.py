"""A line that shows how far a command is: rewritten in place on a terminal, now and then a new one elsewhere."""

import time
from typing import TextIO

BAR = 24
EVERY_SECONDS = {True: 0.1, False: 5.0}  # on a terminal; in a log


class Progress:
    """`with Progress("Résumés", 80, out) as progress: progress.to(12)`. Shows a rate where `unit` is given."""

    def __init__(self, label: str, total: int, out: TextIO, *, unit: str = "") -> None:
        self.label, self.total, self.out, self.unit = label, total, out, unit
        self.done = self._begun_with = 0
        self._on_terminal = out.isatty()
        self._begun = self._shown = time.monotonic()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *error: object) -> None:
        if not self.total:
            return  # there was nothing to do
        self._show()
        if self._on_terminal:
            self.out.write("\n")  # the next line begins anew

    def begin_with(self, done: int) -> None:
        """So many were done before: they count for the bar, not for the rate, which is taken from now on."""
        self.done = self._begun_with = done
        self._begun = time.monotonic()
        self._show()

    def to(self, done: int, total: int | None = None) -> None:
        """So many are done by now."""
        self.done, self.total = done, self.total if total is None else total
        if time.monotonic() - self._shown >= EVERY_SECONDS[self._on_terminal]:
            self._show()

    def _show(self) -> None:
        self._shown = time.monotonic()
        line = f"{self.label} {self._bar()} {self.done:,} of {self.total:,}{self._rate()}"
        self.out.write(f"\r\x1b[K{line}" if self._on_terminal else f"{line}\n")
        self.out.flush()

    def _bar(self) -> str:
        full = BAR * self.done // (self.total or 1)
        return f"[{'#' * full}{'.' * (BAR - full)}]"

    def _rate(self) -> str:
        seconds = self._shown - self._begun
        rate = (self.done - self._begun_with) / seconds if seconds else 0
        if not (self.unit and rate):
            return f", {seconds:.1f} s"
        left = (self.total - self.done) / rate
        return f", {rate:,.0f} {self.unit} a second, {f'{left:.0f} s left' if left else f'{seconds:.0f} s'}"
