"""The admin of fair review: a desk for reviewers, who work here alone."""

from reviews.admin import export
from reviews.admin.conflicts import ConflictAdmin
from reviews.admin.desk import AssignmentAdmin

__all__ = ["AssignmentAdmin", "ConflictAdmin", "export"]
