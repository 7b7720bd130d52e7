"""What holds for every address of the site, whatever its view does, and what is answered where the machine is full."""

import logging
import sqlite3
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers, patch_cache_control

from pinterns.storage import NO_ROOM

logger = logging.getLogger(__name__)
DISK_FULL = "53100"  # PostgreSQL's error code


class MethodMiddleware:
    """Answers 405 to all but GET, HEAD and POST; which of these a page takes, its view says.

    Without it some views of Django and allauth take PUT for POST, and any word for GET.
    """

    KNOWN = ("GET", "HEAD", "POST")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request) if request.method in self.KNOWN else HttpResponseNotAllowed(self.KNOWN)


class PrivateMiddleware:
    """What somebody sees who is signed in is kept by no cache and no disk, unless its view says who may keep it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Asked in this order, so that what everybody may keep never looks at the session.
        if not response.has_header("Cache-Control") and SESSION_KEY in request.session:
            patch_cache_control(response, private=True, no_store=True)
        return response


class BodyLimitMiddleware:
    """Answers 413 with a page for people when a request is larger than the site takes, instead of Django's bare 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.MAX_REQUEST_BYTES:
            return self._too_large(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return self._too_large(request) if isinstance(exception, RequestDataTooBig) else None

    @staticmethod
    def _too_large(request: HttpRequest) -> HttpResponse:
        response = render(request, "413.html", {"megabytes": settings.MAX_REQUEST_BYTES // 2**20}, status=413)
        response["Connection"] = "close"  # the rest of the body is not read
        return response


class Utf8Middleware:
    """Reads every form as UTF-8, whatever its sender claims: other codecs smuggle in half characters."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "charset" in request.META.get("CONTENT_TYPE", "").lower():
            request.encoding = "utf-8"
        return self.get_response(request)


class FullDiskMiddleware:
    """Answers 503 with a page that says try again where there was no room for a file or in the database, and nobody has
    told it better. What was typed comes with that page, and goes out again with its button; files don't.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not _is_full(exception):
            return None
        logger.error("There was no room: %s", type(exception).__name__)
        posted = [(name, text) for name, texts in request.POST.lists() for text in texts]
        page = render_to_string("full_disk.html", {"posted": posted})
        response = HttpResponse(page, status=503, headers={"Retry-After": "120"})
        add_never_cache_headers(response)
        return response


def _is_full(error: Exception) -> bool:
    """Whether it was raised for want of room: by the file system, by SQLite or by PostgreSQL."""
    if isinstance(error, OperationalError):
        told = error.__cause__
        return (
            getattr(told, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL or getattr(told, "sqlstate", "") == DISK_FULL
        )
    return isinstance(error, OSError) and error.errno in NO_ROOM
