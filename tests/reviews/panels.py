"""A window with a panel that reads it: what the tests of assigning and ranking start from."""

from decimal import Decimal
from itertools import count

from django.utils import timezone

from accounts.models import User
from applications.models import Application, OfficeChoice, StatusChange
from programs.models import Program, Window
from reviews.models import Assignment, Criterion, Review, Score
from reviews.standings import refresh
from tests.factories import make_program, make_reviewer, make_user, make_window

_numbers = count(1)


def make_criterion(program: Program, title: str = "Craft", **fields) -> Criterion:
    defaults = {f"anchor_{score}": f"What a {score} looks like" for score in (1, 2, 3, 4)}
    return Criterion.objects.create(program=program, title=title, **{**defaults, **fields})


def make_panel(reviewers: int = 4, **window_fields) -> tuple[Window, list[User]]:
    """An open window of a program with so many reviewers."""
    program = make_program()
    panel = [make_reviewer(program, name=f"Reader {number}") for number in range(1, reviewers + 1)]
    return make_window(program, **window_fields), panel


def sent_to(window: Window, number: int = 1, *, status: str = "submitted", **fields) -> list[Application]:
    """Applications as if they had been sent, written at once; each names the first office of the program.

    The kept figures do not know of them before a recount.
    """
    candidates = [make_user(f"candidate{next(_numbers)}@example.org") for _number in range(number)]
    now = timezone.now()
    applications = Application.objects.bulk_create(
        Application(
            candidate=candidate,
            window=window,
            status=status,
            revision=1,
            submitted_at=now,
            full_name=f"Cand {candidate.pk}",
            **fields,
        )
        for candidate in candidates
    )
    StatusChange.objects.bulk_create(
        StatusChange(application=each, from_status="draft", to_status=status, action="submit", at=now)
        for each in applications
    )
    office = window.program.offices.first()
    OfficeChoice.objects.bulk_create(OfficeChoice(application=each, office=office, position=1) for each in applications)
    return applications


def reviewed(assignment: Assignment, overall: str, *, recommendation: str = "yes", at=None) -> Review:
    """A review that is in, with one score."""
    at = at or timezone.now()
    review = Review.objects.create(
        assignment=assignment,
        confidence=2,
        recommendation=recommendation,
        saved_at=at,
        submitted_at=at,
        revision=1,
        overall=Decimal(overall),
    )
    Assignment.objects.filter(pk=assignment.pk).update(handed_in_at=at)
    refresh(assignment.application)
    return review


def read_by(application: Application, reviewer: User, overall: str, **facts) -> Review:
    """An assignment of the past, with its review in."""
    assignment = Assignment.objects.create(application=application, reviewer=reviewer, assigned_at=timezone.now())
    return reviewed(assignment, overall, **facts)


def score(review: Review, criterion: Criterion, value: int = 3) -> Score:
    return Score.objects.create(review=review, criterion=criterion, value=value)
