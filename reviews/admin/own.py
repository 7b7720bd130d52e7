"""Rows that belong to one reviewer: they see and touch their own, and nobody else's exist for them."""

from django.db.models import Model
from django.http import HttpRequest

from programs.admin.rows import OwnRowsMixin


class OwnReviewerMixin(OwnRowsMixin):
    """For a ModelAdmin whose rows have a `reviewer`, and whose get_queryset() finds the reader's own."""

    def _is_own(self, request: HttpRequest, row: Model | None) -> bool:
        return row is None or row.reviewer_id == request.user.pk

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # nothing is typed over

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Filters alone: any other lookup could ask for what the reader may not know."""
        return lookup in {listed.parameter_name for listed in self.list_filter}
