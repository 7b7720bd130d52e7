"""What a reviewer reads: never identity while they are blind.

The queries of a blind reader name their columns, and no name, address, phone, link or file name is among them. So no
page, list or address built on them can let one slip: what was never loaded can't be shown.
"""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from applications.models import Answer, Application, Document, PageImage, StatusChange
from letters.models import Letter
from programs.models import Membership
from reviews.models import Assignment, AssignmentQuerySet, Criterion, Review, Standing

ASSIGNMENT_FIELDS = [
    *("application", "reviewer", "assigned_at", "handed_in_at", "recused_at"),
    *("application__reference", "application__status", "application__revision", "application__window"),
    *("application__asked", "application__met"),
    *("application__window__season", "application__window__time_zone", "application__window__decide_by"),
    *("application__window__blind_reading", "application__window__program", "application__window__program__name"),
    *("review__comment", "review__confidence", "review__recommendation", "review__saved_at", "review__submitted_at"),
    *("review__revision", "review__overall"),
]
BLIND_ANSWER_FIELDS = [
    *("application", "title", "asked", "mandatory", "met", "blind_lines", "blind_reason"),
    *("document__pages_made_at",),
]


@dataclass(frozen=True)
class Paper:
    """A file that was sent, as pictures of its pages; `document` is for those who may have the file itself."""

    is_prepared: bool
    pages: list[PageImage]
    document: Document | None


@dataclass(frozen=True)
class Given:
    """What was sent for one requirement, as far as the reader may see it."""

    title: str
    asked: str
    mandatory: bool
    met: bool
    lines: list[str]
    reason: str
    paper: Paper | None


@dataclass(frozen=True)
class Other:
    """Another application of the same candidate; `assignment` is the reader's own, where they have one."""

    application: Application
    assignment: Assignment | None


@dataclass(frozen=True)
class Opinions:
    """All reviews of an application that are in, beside each other: `rows` are a criterion with a score for each."""

    reviews: list[Review]
    rows: list[tuple[Criterion, list[int | None]]]
    standing: Standing


def desk_of(user: User) -> AssignmentQuerySet:
    """What `user` has to read and has read, with what their pages tell of it."""
    rows = Assignment.objects.for_reviewer(user).select_related("application__window__program", "review")
    return rows.only(*ASSIGNMENT_FIELDS)


def review_of(assignment: Assignment) -> Review | None:
    """The reader's own review, begun or in."""
    return getattr(assignment, "review", None)


def is_in(assignment: Assignment) -> bool:
    review = review_of(assignment)
    return review is not None and review.is_in


def is_blind(assignment: Assignment) -> bool:
    """Whether identity is still kept from the reader: until their own review is in, unless the window reads openly."""
    return assignment.application.window.blind_reading and not is_in(assignment)


def what_was_sent(assignment: Assignment) -> list[Given]:
    """Every requirement with what was asked and answered, in order; the number of queries is always two."""
    blind = is_blind(assignment)
    rows = Answer.objects.filter(application=assignment.application_id).select_related("document")
    answers = list(rows.only(*BLIND_ANSWER_FIELDS) if blind else rows)
    pages: dict[int, list[PageImage]] = {}
    for image in PageImage.objects.filter(document__in=[answer.document_id for answer in answers], blind=blind).defer(
        "file"
    ):
        pages.setdefault(image.document_id, []).append(image)
    return [
        Given(
            title=answer.title,
            asked=answer.asked,
            mandatory=answer.mandatory,
            met=answer.met,
            lines=answer.blind_lines if blind else answer.lines,
            reason=answer.blind_reason if blind else answer.reason,
            paper=answer.document
            and Paper(
                is_prepared=answer.document.pages_made_at is not None,
                pages=pages.get(answer.document_id, []),
                document=None if blind else answer.document,
            ),
        )
        for answer in answers
    ]


def page_images(assignment: Assignment) -> QuerySet[PageImage]:
    """The pictures that the reader may look at: of what was sent alone, and blacked out while they are blind.

    None of a file whose pages are made anew: the old ones may show what is hidden by now.
    """
    sent = PageImage.objects.filter(document__answers__application=assignment.application_id)
    found = sent.filter(document__pages_made_at__isnull=False)
    return found.filter(blind=True) if is_blind(assignment) else found


def documents(assignment: Assignment) -> QuerySet[Document]:
    """The files that the reader may have: none while they are blind."""
    found = Document.objects.filter(answers__application=assignment.application_id)
    return found.none() if is_blind(assignment) else found


def candidate_of(assignment: Assignment) -> Application | None:
    """The application with its candidate and how to reach them; None while the reader is blind."""
    if is_blind(assignment):
        return None
    rows = Application.objects.select_related("candidate").defer("draft", "sent", "work_authorisation")
    return rows.get(pk=assignment.application_id)


def others(assignment: Assignment, reader: User) -> list[Other]:
    """What else the candidate has sent to programs on whose panel `reader` is, the latest first; none while they are blind.

    What `reader` still reads blind is left out: to find it here would tell whose it is. For the same reason nothing of
    the others but program, window and status is loaded, since any may be given to them later.
    """
    if is_blind(assignment):
        return []
    candidate = Application.objects.filter(pk=assignment.application_id).values("candidate")
    own = {row.application_id: row for row in desk_of(reader).filter(application__candidate__in=candidate)}
    panels = reader.memberships.filter(role=Membership.Role.REVIEWER).values("program")
    found = Application.objects.sent().filter(candidate__in=candidate, window__program__in=panels)
    found = found.exclude(pk__in=[assignment.application_id, *(pk for pk, row in own.items() if is_blind(row))])
    found = found.select_related("window__program").only("status", "window__season", "window__program__name")
    return [Other(application, own.get(application.pk)) for application in found.order_by("-submitted_at")]


def letters(assignment: Assignment) -> list[Letter]:
    """What was written about the application and has left, the latest first; none while the reader is blind."""
    if is_blind(assignment):
        return []
    sent = Letter.objects.filter(about=assignment.application.reference, status=Letter.Status.SENT)
    return list(sent.select_related("copy").order_by("-pk"))


def history(assignment: Assignment) -> list[StatusChange]:
    """What became of the application, the latest first; nothing before the reader's review is in."""
    if not is_in(assignment):
        return []
    changes = StatusChange.objects.filter(application=assignment.application_id).select_related("by")
    return list(changes.order_by("-at", "-pk"))


def opinions(assignment: Assignment) -> Opinions | None:
    """All reviews that are in, the reader's own first; None before theirs is, so that nobody follows the others."""
    if not is_in(assignment):
        return None
    rows = Review.objects.filter(
        assignment__application=assignment.application_id, assignment__recused_at=None, submitted_at__isnull=False
    )
    reviews = list(rows.select_related("assignment__reviewer").prefetch_related("scores__criterion"))
    reviews.sort(key=lambda review: (review.assignment_id != assignment.pk, review.submitted_at))
    found = {score.criterion for review in reviews for score in review.scores.all()}
    scores = [{score.criterion_id: score.value for score in review.scores.all()} for review in reviews]
    criteria = sorted(found, key=lambda criterion: (criterion.position, criterion.pk))
    return Opinions(
        reviews=reviews,
        rows=[(criterion, [own.get(criterion.pk) for own in scores]) for criterion in criteria],
        standing=Standing.objects.get(application=assignment.application_id),
    )
