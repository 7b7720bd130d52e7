"""A person with a row of everything that can hold a text about somebody, each text with their mark in it; and where to look."""

import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models
from django.utils import timezone

from accounts.models import ErasureRequest, Session, SignInCode, User
from accounts.sessions import SessionStore
from applications.models import Access, Application, DataExport, DocumentText, Extension, Interview, PreparedDecision
from letters.models import Letter
from programs.models import Follower, Membership, Window
from reviews.assigning import assign
from reviews.models import Conflict, Review
from tests.factories import (
    make_application,
    make_draft,
    make_program,
    make_recruiter,
    make_requirement,
    make_reviewer,
    make_user,
    make_window,
)

TEXTS = (models.CharField, models.TextField, models.JSONField, models.FileField, models.UUIDField)
TEXTS += (models.BinaryField, models.GenericIPAddressField)


def text_columns() -> Iterator[tuple[str, str]]:
    """Every column of every model that can hold a text, as (model, column)."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, TEXTS):
                yield model._meta.label, field.name


def found(mark: str) -> set[str]:
    """Where `mark` is: as “Model.column” for rows, and by their paths for files. Sessions are looked into."""
    places = set()
    with connection.cursor() as cursor:
        for label, column in text_columns():
            model = apps.get_model(label)
            name = connection.ops.quote_name(model._meta.get_field(column).column)
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT CAST({name} AS text) FROM {table}")
            if any(mark.lower() in str(text).lower() for (text,) in cursor.fetchall()):
                places.add(f"{label}.{column}")
    if any(mark.lower() in json.dumps(session.get_decoded()).lower() for session in Session.objects.all()):
        places.add("accounts.Session.session_data")
    for path in files():
        with default_storage.open(path) as file:
            if mark.encode().lower() in file.read().lower():
                places.add(path)
    return places


def files(folder: str = "") -> Iterator[str]:
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        yield f"{folder}/{name}" if folder else name
    for name in folders:
        yield from files(f"{folder}/{name}" if folder else name)


def make_person(mark: str, *, window: Window | None = None) -> User:
    """`mark` (lower case, a word) stands in each of their texts. One application is in review, another rejected, one a draft."""
    now = timezone.now()
    user = make_user(f"{mark}@example.org", name=f"{mark} account")
    # Written before they had an account.
    Letter.objects.bulk_create([_letter(mark, to=user.email)])
    for number in range(2):
        _fill(make_application(window if number == 0 else None, candidate=user), mark)
    draft = make_draft(candidate=user, draft={"about-full_name": [f"{mark} draft"]})
    _file(draft, mark, answered=False)
    Application.objects.filter(pk=draft.pk).update(full_name=f"{mark} name")
    other = make_program()
    Follower.objects.create(program=other, email=user.email, confirmed_at=now)
    Membership.objects.create(user=user, program=other, role="reviewer")
    Extension.objects.create(candidate=user, window=make_window(), until=now, at=now, reason=f"{mark} is ill")
    SignInCode.objects.create(email=user.email, code_hash="0", sent_at=now)
    ErasureRequest.objects.create(user=user, asked_at=now)
    export = ContentFile(f"copy of {mark}".encode(), name="my-data.zip")
    DataExport.objects.create(user=user, asked_at=now, made_at=now, file=export)
    address = EmailAddress.objects.create(user=user, email=user.email)
    address.emailconfirmation_set.create(key=f"{mark}-key")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": mark})
    for conflict in (
        {"reviewer": make_user(), "email": user.email},
        {"reviewer": user, "email": f"sister@{mark}.test"},
    ):
        Conflict.objects.create(reason=f"{mark} is my sister", declared_at=now, **conflict)
    for own in ({"_auth_user_id": str(user.pk)}, {}):  # signed in, and what was typed after a session had ended
        session = SessionStore()
        session.update({**own, "typed-1": {"owner": str(user.pk), "draft": {"about-full_name": [mark]}}})
        session.save()
    for row in (user, Extension.objects.get(candidate=user)):
        _log(row, repr_=f"{mark}", message=f"Changed {mark}.")
    return user


def _fill(application: Application, mark: str) -> None:
    """Puts the mark into every text of an application that is in review, and gives it what it lacks."""
    now = timezone.now()
    recruiter, reviewer = make_recruiter(application.program), make_reviewer(application.program)
    assignment = assign(application=application, reviewer=reviewer, by=recruiter, at=now)
    type(assignment).objects.filter(pk=assignment.pk).update(recused_at=now, recusal_reason=f"I know {mark}")
    Review.objects.create(assignment=assignment, comment=f"{mark} writes well", saved_at=now)
    Application.objects.filter(pk=application.pk).update(
        full_name=f"{mark} name",
        search_text=f" {mark} name ",
        phone=f"{mark}-1",
        links=[f"https://{mark}.test"],
        work_authorisation={"US": mark},
        draft={"about-full_name": [mark]},
        sent={"about-full_name": [mark]},
    )
    document = _file(application, mark, answered=True)
    application.answers.update(
        given={"text": mark}, reason=f"{mark} is good", blind_lines=[mark], blind_reason=f"so says {mark}"
    )
    application.answers.filter(requirement=document.requirement).update(document=document)
    application.history.update(why=f"{mark} is known to us")
    Letter.objects.filter(about=application.reference).update(
        subject=f"Dear {mark}", body=f"Hello {mark}", unsubscribe_url=f"https://x.test/{mark}", last_error=mark
    )
    Letter.objects.bulk_create([_letter(mark, to=f"{mark}@elsewhere.test", about=application.reference)])
    for state, batch, approved in (("prepared", None, None), ("done", uuid4(), now), ("refused", uuid4(), now)):
        PreparedDecision.objects.create(
            application=application,
            action="waitlist",
            seen_status="in_review",
            seen_revision=1,
            note=f"{mark} note",
            subject=f"{mark} subject",
            body=f"Dear {mark}",
            problem=f"{mark} problem",
            prepared_at=now,
            state=state,
            batch=batch,
            approved_at=approved,
        )
    Interview.objects.create(
        application=application, starts_at=now, time_zone="UTC", place=f"At {mark}'s", link=f"https://{mark}.test"
    )
    Extension.objects.filter(candidate=application.candidate, window=application.window).delete()
    application.accesses.create(by=recruiter, what=Access.What.PAGE, at=now, quarter=now)
    _log(application, repr_=application.reference, message=f"Looked at {mark}.")


def _file(application: Application, mark: str, *, answered: bool):
    requirement = make_requirement(application.program, "document", mandatory=False)
    document = application.documents.create(
        requirement=requirement,
        file=ContentFile(f"%PDF- {mark}".encode(), name="cv.pdf"),
        name=f"{mark} cv.pdf",
        content_type="application/pdf",
        size=5,
        sha256="0" * 64,
        in_draft=not answered,
        pages_made_at=timezone.now(),
    )
    DocumentText.objects.create(document=document, text=f"{mark} went to school")
    for blind in (True, False):
        picture = ContentFile(f"picture of {mark}".encode(), name="p.jpg")
        document.page_images.create(number=1, blind=blind, file=picture, width=1, height=1)
    if answered:
        application.answers.create(
            requirement=requirement, title="Résumé", asked="Your résumé", kind="document", parameters={}, given={},
            mandatory=False, position=9, met=True, reason="",
        )  # fmt: skip
    return document


def _letter(mark: str, *, to: str, about: str = "") -> Letter:
    now = timezone.now()
    return Letter(
        to=to, subject=f"Dear {mark}", body=mark, about=about, kind="test", message_id=f"<{uuid4()}@test>",
        created_at=now - timedelta(days=1), send_after=now,
    )  # fmt: skip


def _log(row: models.Model, *, repr_: str, message: str) -> None:
    LogEntry.objects.create(
        user=make_user(is_staff=True),
        content_type=ContentType.objects.get_for_model(row),
        object_id=str(row.pk),
        object_repr=repr_,
        action_flag=CHANGE,
        change_message=message,
    )
