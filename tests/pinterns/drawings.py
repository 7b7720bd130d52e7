"""Pictures without drawing them, for tests that are about something else."""

from contextlib import ExitStack
from unittest import mock

_PICTURE = {"picture": "0" * 32, "picture_width": 1600, "picture_height": 900, "picture_alt": "Drawing: a test."}


def no_drawings() -> ExitStack:
    """`with no_drawings():` a catalogue loads in an instant."""
    stack = ExitStack()
    for name in ("store_cover", "store_skyline"):
        stack.enter_context(mock.patch(f"pinterns.catalogue.{name}", lambda *args: dict(_PICTURE)))
    return stack
