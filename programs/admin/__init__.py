"""The admin of what we offer: programs, their requirements and windows, offices, and who may do what where."""

from programs.admin.people import ErasureRequestAdmin, PersonAdmin
from programs.admin.programs import OfficeAdmin, ProgramAdmin
from programs.admin.requirements import RequirementAdmin
from programs.admin.retention import RetentionAdmin
from programs.admin.windows import WindowAdmin

__all__ = [
    "ErasureRequestAdmin",
    "OfficeAdmin",
    "PersonAdmin",
    "ProgramAdmin",
    "RequirementAdmin",
    "RetentionAdmin",
    "WindowAdmin",
]
