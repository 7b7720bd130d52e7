"""What readers wrote about applications that are made anonymous. Scores and recommendations stay: they are figures."""

from collections.abc import Collection

from applications.models import Application
from reviews.models import Assignment, Review

# In the place of a reason: an Assignment that was left keeps one.
ERASED = "–"


def anonymise_reviews(applications: Collection[Application]) -> None:
    """Takes the words out of the reviews of `applications`; call it in a transaction."""
    assignments = Assignment.objects.filter(application__in=applications)
    Review.objects.filter(assignment__in=assignments).update(comment="")
    assignments.exclude(recusal_reason="").update(recusal_reason=ERASED)
