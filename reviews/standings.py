"""The kept figures of the ranking: one row an application, brought up to date by every service that changes a review."""

from collections import defaultdict
from decimal import Decimal

from django.db import transaction

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


@transaction.atomic
def refresh(application: Application) -> Standing:
    """Counts the figures of one application anew; call it in the transaction that changed a review or an assignment.

    Locks the application, so that of two reviews handed in at once the second one counts both.
    """
    Application.objects.select_for_update().only("pk").get(pk=application.pk)
    active = list(Assignment.objects.active().filter(application=application))
    reviews = list(Review.objects.filter(assignment__in=active))
    standing, _created = Standing.objects.update_or_create(
        application_id=application.pk,
        defaults={"window_id": application.window_id, **figures(active, reviews)},
    )
    return standing


def refresh_many(applications: list[Application]) -> None:
    """The same for many applications, whose rows the caller has locked, in a fixed number of queries."""
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
