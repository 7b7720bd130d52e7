"""What we offer: offices, programs, what they ask for, the windows in which they take applications, and who follows them."""

from programs.models.follower import REMINDED, Follower, Notice
from programs.models.program import Membership, Office, Program, ProgramQuerySet, Requirement
from programs.models.retention import USUAL_MONTHS, Retention, longest
from programs.models.window import Window, WindowChange, WindowQuerySet

__all__ = [
    "REMINDED",
    "USUAL_MONTHS",
    "Follower",
    "Membership",
    "Notice",
    "Office",
    "Program",
    "ProgramQuerySet",
    "Requirement",
    "Retention",
    "Window",
    "WindowChange",
    "WindowQuerySet",
    "longest",
]
