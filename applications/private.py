"""What candidates sent, as an answer to a request: for those who asked, and for no cache on the way."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404


def private_file(path: str, *, name: str, content_type: str, download: bool) -> FileResponse:
    """The stored file at `path`, offered under `name`. The caller has made sure that the reader may have it.

    Whatever is in it, a browser that opens it runs none of it. Raises Http404 when it is gone.
    """
    try:
        file = default_storage.open(path)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, as_attachment=download, filename=name, content_type=content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
