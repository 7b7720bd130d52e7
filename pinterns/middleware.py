"""Limits that hold before a view runs."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


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
