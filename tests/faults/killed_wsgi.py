"""The site, whose process kills itself at the point that a request names in its header X-Kill: "before attach" and so on.

With GUARD_REMOVED a file is named in the database before it is in storage: the control of the test of kills serves that.
"""

import os
import signal
import threading
from collections.abc import Callable

from django.core.files.storage import default_storage
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from pinterns import wsgi  # Django is set up by it

from applications import apply, documents, drafts, services, upload  # isort: skip
from applications.models import Application, Document, DocumentText  # isort: skip

_asked = threading.local()


def _die_at(point: str) -> None:
    if getattr(_asked, "point", "") == point:
        os.kill(os.getpid(), signal.SIGKILL)


def _mine(owner: object, name: str) -> None:
    """Has `owner.name` die before it does anything, or after it has done it, where the request asks for that."""
    inner: Callable = getattr(owner, name)

    def wrapped(*args, **kwargs):
        _die_at(f"before {name}")
        result = inner(*args, **kwargs)
        _die_at(f"after {name}")
        return result

    setattr(owner, name, wrapped)


def _save(name, content):
    """Half a file in storage, where the request asks for that."""
    if getattr(_asked, "point", "") == "half stored":
        path = default_storage.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content.read()[:100])
        _die_at("half stored")
    return _store(name, content)


def _named_before_it_is_stored(requirement, file):
    facts = documents.inspect(file)
    path = documents.document_path(Document(content_type=facts.content_type), file.name)
    document = Application.objects.latest("pk").documents.create(
        requirement=requirement, file=path, name="a.pdf", size=facts.size, sha256=facts.sha256, in_draft=False
    )
    DocumentText.objects.create(document=document, text="")
    _die_at("named, not stored")
    return documents.Upload(requirement, default_storage.save(path, file), "a.pdf", facts)


for owner, name in (
    (HttpRequest, "_load_post_and_files"),
    (FileUploadHandler, "upload_complete"),
    (documents, "inspect"),
    (apply, "receive"),
    (upload, "receive"),
    (apply, "save_draft"),
    (upload, "keep_file"),
    (apply, "submit"),
    (drafts, "_own_row"),
    (drafts, "_swap_draft"),
    (drafts, "attach"),
    (documents, "detach"),
    (DocumentText.objects, "create"),
    (services, "_write"),
    (services, "_take_place"),
):
    _mine(owner, name)
_store, default_storage._wrapped._save = default_storage._save, _save
if os.environ.get("GUARD_REMOVED"):
    upload.receive = _named_before_it_is_stored


def application(environ, start_response):
    _asked.point = environ.get("HTTP_X_KILL", "")
    answer = wsgi.application(environ, start_response)
    _die_at("before the answer")
    return answer
