"""The kept figures of the ranking: one row an application, brought up to date by every service that changes a review."""

from collections import defaultdict
from decimal import Decimal

from applications.models import Application
from reviews.models import Assignment, Review, Standing


def figures(assignments: list[Assignment], reviews: list[Review]) -> dict[str, object]:
    """What a Standing says of one application: of its active assignments, and of their reviews that are in.

    The score is the mean of complete reviews alone; the spread, from the lowest to the highest of them, needs two.
    """
    overalls = [review.overall for review in reviews if review.is_in]
    return {
        "assigned": len(assignments),
        "done": len(overalls),
        "score": (sum(overalls) / len(overalls)).quantize(Decimal("0.01")) if overalls else None,
        "spread": max(overalls) - min(overalls) if len(overalls) > 1 else None,
    }


def refresh(*applications: Application) -> None:
    """Counts the figures of these applications anew, in two queries.

    Call it in the transaction that changed a review or an assignment, after that has locked the applications: so of two
    reviews handed in at once the second one counts both.
    """
    active: dict[int, list[Assignment]] = defaultdict(list)
    for assignment in Assignment.objects.active().filter(application__in=applications).select_related("review"):
        active[assignment.application_id].append(assignment)
    standings = []
    for application in applications:
        own = active[application.pk]
        reviews = [assignment.review for assignment in own if hasattr(assignment, "review")]
        standings.append(
            Standing(application_id=application.pk, window_id=application.window_id, **figures(own, reviews))
        )
    Standing.objects.bulk_create(
        standings,
        update_conflicts=True,
        unique_fields=["application"],
        update_fields=["assigned", "done", "score", "spread"],
    )
