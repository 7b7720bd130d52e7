"""The admin of how applications are judged: the rubric, the panel and the ranking for recruiters, the reviewers' desk."""

from reviews.admin.criteria import CriterionAdmin
from reviews.admin.standings import StandingAdmin

__all__ = ["CriterionAdmin", "StandingAdmin"]
