"""What is noted of each request: that a session was used, that it had ended, that somebody was refused."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Session
from accounts.security_log import security_log

# Sent by pages with what they ask for by themselves: nobody is there because of that.
UNATTENDED = "X-Unattended"


class SessionUseMiddleware:
    """Keeps the session of whoever does something, and tells whose session ended meanwhile why they were signed out.

    It looks only into sessions that were looked into anyway, so public pages stay the same for everybody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.session.accessed:
            return response
        if UNATTENDED not in request.headers:
            request.session.note_use()
        if request.session.session_key is not None or not _has_ended_idle(request):
            return response
        if request.method == "POST" and (typed := _typed(request)) and "Location" in response.headers:
            return _what_was_typed(request, typed, response["Location"])
        messages.warning(request, _why())
        return response


def _has_ended_idle(request: HttpRequest) -> bool:
    """Whether this was a session of staff's. True once, since the row goes."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return False
    ended = Session.objects.filter(pk=key, of_staff=True, expire_date__lte=timezone.now()).first()
    if ended is None or not Session.objects.filter(pk=key).delete()[0]:
        return False
    security_log.info("a session of user %s ended: nothing happened", ended.user_id)
    return True


def _why() -> str:
    minutes = settings.STAFF_IDLE_MINUTES
    told = ngettext(
        "You were signed out because nothing happened for %(minutes)s minute.",
        "You were signed out because nothing happened for %(minutes)s minutes.",
        minutes,
    )
    return told % {"minutes": minutes}


def _typed(request: HttpRequest) -> list[str]:
    """The texts that somebody may have written themselves: choices and keys are one word."""
    texts = [text.strip() for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for text in values]
    return [text for text in texts if " " in text or "\n" in text]


def _what_was_typed(request: HttpRequest, typed: list[str], sign_in_url: str) -> HttpResponse:
    """To be copied: it can't be posted again, since signing in gives every form another token."""
    context = {"title": _("You were signed out"), "why": _why(), "typed": typed, "sign_in_url": sign_in_url}
    response = render(request, "account/signed_out.html", context, status=403)
    add_never_cache_headers(response)
    return response


class RefusalLogMiddleware:
    """Notes who was refused what, by the name of the page: its address may hold what is nobody's business."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 403:
            page = request.resolver_match.view_name if request.resolver_match else "-"
            security_log.warning("user %s was refused: %s %s", request.user.pk or "-", request.method, page)
        return response
