"""The admin of what candidates sent: read and searched here, decided through applications.decisions alone."""

from applications.admin.application import ApplicationAdmin
from applications.admin.extensions import ExtensionAdmin
from applications.admin.prepared import PreparedDecisionAdmin
from applications.admin.reasons import RejectionReasonAdmin
from applications.admin.templates import LetterTemplateAdmin

__all__ = [
    "ApplicationAdmin",
    "ExtensionAdmin",
    "LetterTemplateAdmin",
    "PreparedDecisionAdmin",
    "RejectionReasonAdmin",
]
