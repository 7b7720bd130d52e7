"""What candidates sent, as an answer to a request: for those who asked, and for no cache on the way.

Every file leaves here, and the views before it say to whom. Django passes it on itself; or the web server does
(FILES_X_ACCEL), or the store (S3_SIGNED_URLS), who are told which file and for how long.
"""

from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from accounts.private import kept_private

SIGNED_FOR = 60  # seconds


def private_file(path: str, *, name: str, content_type: str, download: bool) -> HttpResponseBase:
    """The stored file at `path`, offered under `name`. The caller has made sure that the reader may have it.

    Whatever is in it, a browser that opens it runs none of it. Raises Http404 when it is gone.
    """
    disposition = content_disposition_header(download, name)
    if settings.FILES_X_ACCEL:
        response = _by_web_server(path)
    elif settings.S3_SIGNED_URLS and download:
        response = _by_store(path, disposition=disposition, content_type=content_type)
    else:
        response = _by_django(path)
    response["Content-Type"] = content_type
    response["Content-Disposition"] = disposition
    return kept_private(response)


def private_picture(jpeg: bytes) -> HttpResponse:
    """A picture that was drawn for this one answer. The caller has made sure that the reader may have it."""
    return kept_private(HttpResponse(jpeg, content_type="image/jpeg"))


def _by_django(path: str) -> FileResponse:
    try:
        return FileResponse(default_storage.open(path))
    except FileNotFoundError as error:
        raise Http404 from error


def _by_web_server(path: str) -> HttpResponse:
    """No content: the web server puts the file there, whose folder it shows to nobody else."""
    _must_exist(path)
    return HttpResponse(headers={"X-Accel-Redirect": settings.FILES_X_ACCEL + quote(path)})


def _by_store(path: str, *, disposition: str, content_type: str) -> HttpResponseRedirect:
    """To the store's own address of the file, which opens for SIGNED_FOR seconds.

    A store can be told these three headers and not the policy, nor `nosniff`: so only what is saved goes this way, and
    nothing that a browser shows.
    """
    _must_exist(path)
    told = {
        "ResponseContentDisposition": disposition,
        "ResponseContentType": content_type,
        "ResponseCacheControl": "private, no-store",
    }
    return HttpResponseRedirect(default_storage.url(path, parameters=told, expire=SIGNED_FOR))


def _must_exist(path: str) -> None:
    if not default_storage.exists(path):
        raise Http404
