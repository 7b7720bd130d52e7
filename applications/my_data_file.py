"""All that is held about one person as a ZIP: data.json, and the files that they sent. It leaves while it is made."""

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder

from applications.documents import text_of
from applications.models import Answer, Application, Document, Interview, Offer
from applications.my_data import Held, MyData
from letters.models import Letter

CHUNK = 64 * 1024  # bytes


class _Outgoing:
    """What a ZipFile writes to: it keeps what was written until it is taken."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken, self.waiting = b"".join(self.waiting), []
        return taken


def as_zip(data: MyData, *, at: datetime) -> Iterator[bytes]:
    """The file, piece by piece; a document that storage has lost is named in missing.txt. at: when it is made (aware)."""
    outgoing, missing = _Outgoing(), []
    with zipfile.ZipFile(outgoing, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "data.json", json.dumps(as_json(data, at=at), cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
        )
        yield outgoing.take()
        for held in data.applications:
            for document in held.application.documents.all():
                try:
                    stored = default_storage.open(document.file.name)
                except FileNotFoundError:
                    missing.append(path_of(document, held.application))
                    continue
                with stored, archive.open(path_of(document, held.application), "w") as entry:
                    while piece := stored.read(CHUNK):
                        entry.write(piece)
                        yield outgoing.take()
        if missing:
            archive.writestr("missing.txt", "\n".join(missing) + "\n")
    yield outgoing.take()


def path_of(document: Document, application: Application) -> str:
    """Where a document lies in the ZIP: a name that means nothing to any file system, and is nobody else's."""
    stem = re.sub(r"[^\w-]+", "-", PurePosixPath(document.name).stem).strip("-")[:60]
    extension = PurePosixPath(document.file.name).suffix  # ours, by what the file was found to be
    return f"documents/{application.reference}/{document.pk}-{stem or 'document'}{extension}"


def as_json(data: MyData, *, at: datetime) -> dict:
    """The same as the page tells, for machines: times are instants in UTC. at: when it is made (aware)."""
    user = data.user
    return {
        "made_at": at,
        "account": {
            "email": user.email,
            "name": user.name,
            "joined": user.date_joined,
            "last_sign_in": user.last_login,
            "roles": data.roles,
        },
        "applications": [_application(held) for held in data.applications],
        "extensions": [
            {"program": one.window.program.name, "season": one.window.season, "until": one.until, "granted": one.at}
            for one in data.extensions
        ],
        "letters": [_letter(letter) for letter in data.letters],
        "follows": [
            {"program": one.program.name, "email": one.email, "since": one.confirmed_at} for one in data.follows
        ],
        "sessions": [
            {"browser": one.device, "last_used": one.used_at, "ends": one.expire_date} for one in data.sessions
        ],
        "erasure_asked_at": data.erasure.asked_at if data.erasure else None,
        "erased_by": data.erased_by,
    }


def _application(held: Held) -> dict:
    application = held.application
    return {
        "reference": application.reference,
        "program": application.program.name,
        "season": application.window.season,
        "status": held.badge,
        "status_since": application.status_since,
        "first_sent": application.submitted_at,
        "name": application.full_name,
        "phone": application.phone,
        "links": application.links,
        "offices": [choice.office.name for choice in application.office_choices.all()],
        "work_authorisation": application.work_authorisation,
        "answers": [_answer(answer, application) for answer in application.answers.all()],
        "draft": [{"label": label, "text": text} for label, text in held.draft],
        "draft_saved": application.draft_saved_at,
        "documents": [_document(document, application) for document in application.documents.all()],
        "history": [{"at": event.at, "what": event.text} for event in held.timeline],
        "offer": _offer(held.offer) if held.offer else None,
        "interview": _interview(held.interview) if held.interview else None,
        "agreed_to": [{"at": one.at, "version": one.version, "wording": one.wording} for one in held.consents],
        "kept_until": held.kept_until,
    }


def _answer(answer: Answer, application: Application) -> dict:
    return {
        "title": answer.title,
        "asked": answer.asked,
        "mandatory": answer.mandatory,
        "answered": answer.given,
        "file": path_of(answer.document, application) if answer.document else None,
        "met": answer.met,
        "verdict": answer.reason,
    }


def _document(document: Document, application: Application) -> dict:
    return {
        "name": document.name,
        "file": path_of(document, application),
        "bytes": document.size,
        "pages": document.pages,
        "text_we_read": text_of(document),
        "uploaded": document.uploaded_at,
    }


def _offer(offer: Offer) -> dict:
    return {
        "office": offer.office.name,
        "start_date": offer.start_date,
        "answer_by": offer.answer_by,
        "answered": offer.answered_at,
    }


def _interview(interview: Interview) -> dict:
    return {
        "starts": interview.starts_at,
        "time_zone": interview.time_zone,
        "minutes": interview.minutes,
        "place": interview.place,
        "link": interview.link,
    }


def _letter(letter: Letter) -> dict:
    return {
        "to": letter.to,
        "subject": letter.subject,
        "text": letter.body,
        "about": letter.about,
        "written": letter.created_at,
        "sent": letter.sent_at,
    }
