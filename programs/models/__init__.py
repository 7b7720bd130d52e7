"""What we offer: offices, programs, what they ask for, and the windows in which they take applications."""

from programs.models.program import Membership, Office, Program, ProgramQuerySet, Requirement
from programs.models.window import Window, WindowChange, WindowQuerySet

__all__ = [
    "Membership",
    "Office",
    "Program",
    "ProgramQuerySet",
    "Requirement",
    "Window",
    "WindowChange",
    "WindowQuerySet",
]
