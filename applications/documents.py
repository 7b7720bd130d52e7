"""Files that candidates upload: checked and written before the transaction that names them, swept when nothing does."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.one_by_one import one_by_one
from accounts.statements import Statement
from applications.inspection import Facts, Unreadable, inspect, safe_name
from applications.models import Answer, Application, DataExport, Document, DocumentText, PageImage, document_path
from programs.models import Requirement

# A file may wait this long for the transaction that names it, or for the answer that replaces its draft.
GRACE = timedelta(hours=1)
_IN_DRAFT = Statement(
    lambda application: Document.objects.filter(application=application, in_draft=True).select_related("written")
)


@dataclass(frozen=True)
class Upload:
    """A file that was checked and lies in storage, before a row names it."""

    requirement: Requirement
    path: str
    name: str
    facts: Facts


def receive(requirement: Requirement, file: UploadedFile) -> Upload:
    """Checks `file` against what `requirement` accepts and writes it to storage. Call it outside a transaction.

    Raises Unreadable, with a sentence for the candidate, for a file that is too large, unreadable or not what is asked;
    OSError when storage cannot take it.
    """
    rule = requirement.rule
    if file.size > rule.most_bytes:
        raise Unreadable(
            _("“%(name)s” is larger than %(size)d MB. Save a smaller copy and choose it.")
            % {"name": safe_name(file.name), "size": rule.parameters["megabytes"]}
        )
    facts = inspect(file, accepted=rule.parameters["types"])
    upload_facts = {"content_type": facts.content_type, "size": facts.size, "pages": facts.pages}
    verdict = rule.check({"document": upload_facts}, program_name=requirement.program.name)
    if not verdict.met:
        raise Unreadable(verdict.reason)
    document = Document(content_type=facts.content_type)
    path = default_storage.save(document_path(document, file.name), file)
    return Upload(requirement, path, safe_name(file.name), facts)


def copy_for(requirement: Requirement, document: Document) -> Upload:
    """A file of its own with what `document` holds, for `requirement`, which accepts it. Call it outside a transaction.

    Raises OSError when storage has lost the file or takes none.
    """
    with default_storage.open(document.file.name) as file:
        path = default_storage.save(document_path(document, document.name), file)
    facts = Facts(document.content_type, document.pages, document.size, document.sha256, text_of(document))
    return Upload(requirement, path, document.name, facts)


def why_not_kept(error: Unreadable | OSError) -> str:
    """What receive() raised, as a sentence for the candidate."""
    if isinstance(error, Unreadable):
        return str(error)
    return _("We could not store this file. Nothing else is lost; please choose it again in a minute.")


def text_of(document: Document) -> str:
    """What was read from a document; empty too for those that came before texts were kept."""
    return document.written.text if hasattr(document, "written") else ""


def attach(application: Application, upload: Upload, *, at: datetime) -> None:
    """Makes `upload` part of the draft, in the place of an earlier file. The same file again changes nothing."""
    kept = in_draft(application)
    current = kept.get(upload.requirement.pk)
    if current and (current.sha256, current.name) == (upload.facts.sha256, upload.name):
        return
    if current:
        detach(application, upload.requirement.pk)
    document = application.documents.create(
        requirement=upload.requirement,
        file=upload.path,
        name=upload.name,
        content_type=upload.facts.content_type,
        size=upload.facts.size,
        pages=upload.facts.pages,
        sha256=upload.facts.sha256,
        uploaded_at=at,
    )
    document.written = DocumentText.objects.create(document=document, text=upload.facts.text)
    kept[upload.requirement.pk] = document


def detach(application: Application, requirement_id: int) -> None:
    """Takes a file out of the draft; a sent answer keeps it."""
    application.documents.filter(requirement=requirement_id, in_draft=True).update(in_draft=False)
    in_draft(application).pop(requirement_id, None)


def in_draft(application: Application | None) -> dict[int, Document]:
    """The draft's documents by the id of their requirement, with what was read from them.

    They are read once for each object of an application; attach() and detach() keep up what was read.
    """
    if application is None or application.pk is None:
        return {}
    if not hasattr(application, "drafted"):
        application.drafted = {document.requirement_id: document for document in _IN_DRAFT.rows(application.pk)}
    return application.drafted


def sweep_documents(*, at: datetime | None = None) -> int:
    """Deletes what nothing refers to any more: rows outside of drafts and answers, their pages, and files without a row.

    Only what is older than GRACE: a younger file may belong to a request that has not committed. Files lie in folders
    by day, of which the last three are looked at; the worker comes by more often than that. Returns how many went.
    """
    before = (at or timezone.now()) - GRACE
    answered = Exists(Answer.objects.filter(document=OuterRef("pk")))
    loose = Document.objects.filter(~answered, in_draft=False, uploaded_at__lt=before)
    paths = list(loose.values_list("file", flat=True))
    paths += PageImage.objects.filter(document__in=loose).values_list("file", flat=True)
    for days_ago in range(3):
        day = f"{before - timedelta(days=days_ago):%Y/%m/%d}"
        for model, folder in (Document, "documents"), (PageImage, "pages"), (DataExport, "exports"):
            paths += _unnamed(model, f"{folder}/{day}", before)
    # Files first: whoever is killed in between leaves rows, by which the next one finds what is left to do.
    gone = []

    def delete(path: str) -> bool:
        default_storage.delete(path)
        gone.append(path)
        return True

    one_by_one(delete, paths, name=str)
    Document.objects.filter(~answered, in_draft=False, file__in=gone).delete()
    return len(gone)


def _unnamed(model: type[Document | PageImage | DataExport], folder: str, before: datetime) -> list[str]:
    """The files in `folder`, written before `before`, that no row of `model` names."""
    try:
        found = [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
    except FileNotFoundError:
        return []
    named = set(model.objects.filter(file__startswith=f"{folder}/").values_list("file", flat=True))
    return [path for path in found if path not in named and default_storage.get_modified_time(path) < before]
