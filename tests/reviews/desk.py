"""What the tests of the reviewers' desk need: a rubric, an assignment, pictures of pages, and a complete review."""

import io

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from accounts.models import User
from applications.models import Application, Document, PageImage
from programs.models import Program
from reviews.models import Assignment, Criterion, Review
from reviews.reviewing import criteria_of, hand_in, save_review
from reviews.standings import refresh


def make_criterion(program: Program, title: str = "Craft", *, weight: int = 1, **fields) -> Criterion:
    anchors = {f"anchor_{score}": f"{title} of sort {score}" for score in range(1, 5)}
    return Criterion.objects.create(program=program, title=title, weight=weight, **{**anchors, **fields})


def make_assignment(application: Application, reviewer: User, *, at=None) -> Assignment:
    assignment = Assignment.objects.create(application=application, reviewer=reviewer, assigned_at=at or timezone.now())
    refresh(application)
    return assignment


def make_review(assignment: Assignment, *, value: int = 3, comment: str = "", **fields) -> Review:
    """A review of which everything is filled in, and nothing handed in."""
    facts = {"confidence": 3, "recommendation": "yes", "comment": comment, **fields}
    scores = {criterion.pk: value for criterion in criteria_of(assignment)}
    return save_review(assignment=assignment, scores=scores, by=assignment.reviewer, **facts)


def make_review_in(assignment: Assignment, **kwargs) -> Review:
    make_review(assignment, **kwargs)
    return hand_in(assignment=assignment, by=assignment.reviewer)


def make_pages(document: Document, *, pages: int = 1) -> list[PageImage]:
    """Pictures of a document's pages, clear and blacked out, as the worker makes them."""
    Document.objects.filter(pk=document.pk).update(pages_made_at=timezone.now())
    return [
        PageImage.objects.create(
            document=document,
            number=number,
            blind=blind,
            file=ContentFile(_picture("grey" if blind else "white"), name="page.jpg"),
            width=600,
            height=800,
        )
        for number in range(1, pages + 1)
        for blind in (False, True)
    ]


def post_of(assignment: Assignment, *, value: int = 3, do: str = "hand_in", **extra) -> dict:
    """What a browser posts for a complete review."""
    scores = {f"score-{criterion.pk}": value for criterion in criteria_of(assignment)}
    return {**scores, "recommendation": "yes", "confidence": 3, "comment": "Good.", "do": do, **extra}


def _picture(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (600, 800), colour).save(file, "JPEG")
    return file.getvalue()
