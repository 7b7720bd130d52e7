"""One program with a row of everything, for the tests that ask who may reach what. Two of them make neighbours."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import md5
from uuid import UUID, uuid4

from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import ErasureRequest, User
from applications.models import (
    Access,
    Application,
    Document,
    Extension,
    LetterTemplate,
    PageImage,
    PreparedDecision,
    RejectionReason,
)
from applications.workflow import Status
from letters.models import Letter
from programs.models import Follower, Office, Program, Requirement, Retention, Window
from programs.pictures import FOLDER
from reviews.assigning import assign
from reviews.models import Assignment, Conflict, Criterion
from tests.factories import (
    make_application,
    make_office,
    make_program,
    make_recruiter,
    make_requirement,
    make_reviewer,
    make_user,
    make_window,
)
from tests.files import pdf


@dataclass
class Side:
    """A program, the people who act in it, and one row of each kind."""

    program: Program
    office: Office
    requirement: Requirement
    window: Window
    application: Application
    letter: Letter
    extension: Extension
    template: LetterTemplate
    reason: RejectionReason
    prepared: PreparedDecision
    batch: UUID
    criterion: Criterion
    assignment: Assignment
    conflict: Conflict
    document: Document
    clear_image: PageImage
    blind_image: PageImage
    erasure: ErasureRequest
    access: Access
    retention: Retention
    candidate: User
    reviewer: User
    recruiter: User
    follower: Follower
    passkey: Authenticator
    picture: str


def make_side(name: str) -> Side:
    """A program of that name with an application in review, which one reviewer reads."""
    now = timezone.now()
    office = make_office(f"{name} office")
    program = make_program(name, offices=[office], asks=("statement",))
    asks_for_file = make_requirement(program, "document", mandatory=False)
    window = make_window(program)
    recruiter, reviewer = make_recruiter(program), make_reviewer(program)
    application = make_application(window)
    criterion = Criterion.objects.create(
        program=program, title="Work", anchor_1="none", anchor_2="some", anchor_3="good", anchor_4="great"
    )
    assignment = assign(application=application, reviewer=reviewer, by=recruiter)
    application.refresh_from_db()
    document = _document(application, asks_for_file)
    return Side(
        program=program,
        office=office,
        requirement=program.requirements.get(kind="statement"),
        window=window,
        application=application,
        letter=Letter.objects.get(about=application.reference),
        extension=Extension.objects.create(
            candidate=application.candidate, window=window, until=now + timedelta(days=30), by=recruiter, at=now
        ),
        template=LetterTemplate.objects.create(program=program, kind="reject", subject="News", body="Dear {name}"),
        reason=RejectionReason.objects.create(program=program, text="Too little"),
        prepared=PreparedDecision.objects.create(
            application=application,
            action="waitlist",
            seen_status=Status.IN_REVIEW,
            seen_revision=application.revision,
            prepared_by=recruiter,
            prepared_at=now,
        ),
        batch=PreparedDecision.objects.create(
            application=application,
            action="waitlist",
            seen_status=Status.IN_REVIEW,
            seen_revision=application.revision,
            prepared_at=now,
            state=PreparedDecision.State.DONE,
            batch=uuid4(),
            approved_by=recruiter,
            approved_at=now,
        ).batch,
        criterion=criterion,
        assignment=assignment,
        conflict=Conflict.objects.create(
            reviewer=reviewer, email="sister@example.org", reason="my sister", declared_at=now
        ),
        document=document,
        clear_image=document.page_images.get(blind=False),
        blind_image=document.page_images.get(blind=True),
        access=application.accesses.create(by=recruiter, what=Access.What.PAGE, at=now, quarter=now),
        retention=Retention.objects.get_or_create(country=f"{name[0]}X", defaults={"months": 24})[0],
        erasure=ErasureRequest.objects.create(user=application.candidate, asked_at=now),
        candidate=application.candidate,
        reviewer=reviewer,
        recruiter=recruiter,
        follower=Follower.objects.create(program=program, email=f"{name.lower()}@example.org", confirmed_at=now),
        passkey=Authenticator.objects.create(
            user=make_user(is_staff=True),
            type=Authenticator.Type.WEBAUTHN,
            data={"name": "My laptop", "credential": {}},
        ),
        picture=_picture(name),
    )


def _picture(name: str) -> str:
    """The path of a stored picture, under which its address finds it."""
    path = f"{md5(name.encode()).hexdigest()}/480.webp"
    default_storage.save(f"{FOLDER}/{path}", ContentFile(b"picture"))
    return path


def _document(application: Application, requirement: Requirement) -> Document:
    """A file that was sent, with a picture of its one page for either reading."""
    document = application.documents.create(
        requirement=requirement,
        file=ContentFile(pdf(), name="cv.pdf"),
        name="cv.pdf",
        content_type="application/pdf",
        size=5,
        pages=1,
        sha256="0" * 64,
        in_draft=False,
        pages_made_at=timezone.now(),
    )
    for blind in (True, False):
        picture = ContentFile(b"picture", name="page.jpg")
        document.page_images.create(number=1, blind=blind, file=picture, width=1, height=1)
    application.answers.filter(requirement=requirement).update(document=document)
    return document
