"""What is left of an application once nobody may know whose it was: figures. Files go first, rows after them."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db.models import Model

from applications.models import (
    Access,
    Answer,
    Application,
    Consent,
    Document,
    Extension,
    Interview,
    PageImage,
    PreparedDecision,
    StatusChange,
    new_reference,
)
from applications.search import search_text_of
from letters.models import Letter


def delete_files(applications: Collection[Application]) -> None:
    """Deletes the files and pictures of `applications` from storage; their rows stay.

    Whoever is killed after it leaves rows, by which the next try finds what is left to do. A file that came meanwhile
    loses its row with the others and is swept.
    """
    documents = Document.objects.filter(application__in=applications)
    paths = list(documents.values_list("file", flat=True))
    paths += PageImage.objects.filter(document__in=documents).values_list("file", flat=True)
    for path in paths:
        default_storage.delete(path)


def anonymise(applications: Collection[Application], *, at: datetime) -> None:
    """Makes sent applications rows of figures; call it in a transaction, after delete_files().

    Status, dates, offices, verdicts' numbers and the history of moves stay, since reports count them. Every text goes,
    and so does whatever leads to a person: candidate, reference, letters, files, answers, who opened it.
    """
    candidates = [application.candidate_id for application in applications]
    history = StatusChange.objects.filter(application__in=applications)
    letters = Letter.objects.filter(about__in=[application.reference for application in applications])
    # A decision that was taken back never happened, in any report: without its letter nothing would tell so any more.
    history.filter(letter__status=Letter.Status.HELD_BACK).delete()
    history.update(why="")
    history.filter(by__in=candidates).update(by=None)
    letters.delete()
    decisions = PreparedDecision.objects.filter(application__in=applications)
    decisions.exclude(state=PreparedDecision.State.DONE).delete()
    decisions.update(note="", subject="", body="", problem="")
    for model in (Answer, Document, Interview, Consent, Access):  # answers before the documents that they protect
        model.objects.filter(application__in=applications).delete()
    forget_log_of(Application, [application.pk for application in applications])
    for application in applications:
        extensions = Extension.objects.filter(candidate=application.candidate_id, window=application.window_id)
        forget_log_of(Extension, extensions.values_list("pk", flat=True))
        extensions.delete()
        _blank(application, at)


def forget_log_of(model: type[Model], pks: Iterable[int]) -> None:
    """Takes the words out of what the admin's log has about these rows; that somebody did something stays."""
    told = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model), object_id__in=[str(pk) for pk in pks]
    )
    told.update(object_repr="", change_message="")


def _blank(application: Application, at: datetime) -> None:
    application.candidate = None
    application.anonymised_at = at
    application.reference = new_reference()
    application.draft, application.sent = {}, None
    application.full_name = application.phone = ""
    application.links, application.work_authorisation = [], {}
    application.search_text = search_text_of(application)
    application.save(
        update_fields=[
            *("candidate", "anonymised_at", "reference", "draft", "sent"),
            *("full_name", "phone", "links", "work_authorisation", "search_text"),
        ]
    )
