"""The admin of how applications are judged: rubric, panel and ranking for recruiters, and the reviewers' own desk."""

from reviews.admin import export
from reviews.admin.conflicts import ConflictAdmin
from reviews.admin.criteria import CriterionAdmin
from reviews.admin.desk import AssignmentAdmin
from reviews.admin.standings import StandingAdmin

__all__ = ["AssignmentAdmin", "ConflictAdmin", "CriterionAdmin", "StandingAdmin", "export"]
