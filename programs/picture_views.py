"""Pictures of programs and offices, as everybody may see them."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from .pictures import FOLDER, PATH

CONTENT_TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}


@require_safe
def picture(request: HttpRequest, path: str) -> FileResponse:
    """One file of one picture. Only paths that the pipeline writes are looked up; all else is 404."""
    match = PATH.fullmatch(path)
    if match is None:
        raise Http404
    try:
        file = default_storage.open(f"{FOLDER}/{path}")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, content_type=CONTENT_TYPES[match["kind"]])
    # A new picture gets a new key, so what a browser has under this one stays right.
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    # A file opened by itself is a picture and nothing else, whatever its bytes.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
