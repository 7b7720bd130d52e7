"""Reviews, histories and letters as rows, for the tests of figures: what the services of several apps would have written."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from applications.models import Application, StatusChange
from applications.tallies import recount
from letters.models import Letter
from letters.services import write_letter
from reviews.models import Assignment, Review
from reviews.standings import refresh
from tests.factories import make_application


def make_history(window, *steps: str, starts: datetime, days: float = 1, **fields) -> Application:
    """An application that went through the statuses `steps`, `days` apart, from `starts`, when it was sent."""
    application = make_application(window)
    application.history.all().delete()
    at, status = starts, "draft"
    for step in steps:
        StatusChange.objects.create(
            application=application, from_status=status, to_status=step, action="-", at=at, **fields
        )
        status, last, at = step, at, at + timedelta(days=days)
    Application.objects.filter(pk=application.pk).update(status=status, status_since=last, submitted_at=starts)
    recount(window.pk)
    application.refresh_from_db()
    return application


def make_assignment(application: Application, reviewer: User, *, at: datetime | None = None, **fields) -> Assignment:
    assignment = Assignment.objects.create(
        application=application, reviewer=reviewer, assigned_at=at or timezone.now(), **fields
    )
    refresh(application)
    recount(application.window_id)
    return assignment


def make_review(assignment: Assignment, overall: str = "", *, days: float = 1) -> Review:
    """One that is begun, or with an overall score one that came in `days` after it was assigned."""
    at = assignment.assigned_at + timedelta(days=days)
    complete = {"submitted_at": at, "overall": Decimal(overall or 1), "confidence": 2, "recommendation": "yes"}
    review = Review.objects.create(
        assignment=assignment, saved_at=at, **({**complete, "revision": 1} if overall else {})
    )
    Assignment.objects.filter(pk=assignment.pk).update(handed_in_at=review.submitted_at)
    refresh(assignment.application)
    recount(assignment.application.window_id)
    return review


def make_letter(application: Application, *, failed: bool = False, later: timedelta = timedelta()) -> Letter:
    letter = write_letter(
        addressee=application.candidate,
        subject="News",
        body="Some news.",
        about=application.reference,
        kind="reject",
        send_after=timezone.now() + later,
    )
    if failed:
        Letter.objects.filter(pk=letter.pk).update(status=Letter.Status.FAILED)
    return letter
