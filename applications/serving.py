"""Handing a stored file to somebody who may have it. Who may is asked by the view that calls this."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404


def private_file(stored: str, *, name: str, content_type: str, as_attachment: bool) -> FileResponse:
    """The file that the storage keeps as `stored`, under `name` for its reader; Http404 when it is gone."""
    try:
        file = default_storage.open(stored)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, as_attachment=as_attachment, filename=name, content_type=content_type)
    # Whatever is in the file, a browser that opens it all the same runs none of it.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
