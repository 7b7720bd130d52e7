"""The admin of what candidates sent: read and searched here, decided through applications.decisions alone."""

from applications.admin.access import AccessAdmin, NotedLetterAdmin
from applications.admin.application import ApplicationAdmin
from applications.admin.extensions import ExtensionAdmin
from applications.admin.people import CandidateAdmin
from applications.admin.prepared import PreparedDecisionAdmin
from applications.admin.reasons import RejectionReasonAdmin
from applications.admin.templates import LetterTemplateAdmin

__all__ = [
    "AccessAdmin",
    "ApplicationAdmin",
    "CandidateAdmin",
    "ExtensionAdmin",
    "LetterTemplateAdmin",
    "NotedLetterAdmin",
    "PreparedDecisionAdmin",
    "RejectionReasonAdmin",
]
