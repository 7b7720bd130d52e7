"""Pages of the whole site: accessibility, privacy, health, and the errors that Django has no handler name for."""

import sys
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, RawPostDataException, UnreadablePostError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import SignInCode
from applications import access, autosave, typed
from applications.consent import VERSION
from applications.erasure import ERASED_AFTER
from applications.retention import DRAFT_MONTHS
from pinterns import health
from pinterns.storage import StoreAway
from programs.models import USUAL_MONTHS, Retention


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What is done so that everybody can apply, how long one has for what, and how to ask for more."""
    context = {
        "session_days": timedelta(seconds=settings.SESSION_COOKIE_AGE).days,
        "code_minutes": SignInCode.LIFETIME // timedelta(minutes=1),
    }
    return render(request, "pinterns/accessibility.html", context)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of candidates, why, who sees it, for how long, and how to see, take out or erase it."""
    context = {
        "version": VERSION,
        "retentions": Retention.objects.all(),
        "usual_months": USUAL_MONTHS,
        "draft_months": DRAFT_MONTHS,
        "erased_after": ERASED_AFTER.days,
        "log_months": round(access.KEPT.days / 30.4),
    }
    return render(request, "pinterns/privacy.html", context)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness, as RFC 9116 has it; good for 90 days, in which who keeps it is to look again."""
    expires = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=90)
    lines = (
        f"Contact: mailto:{settings.CONTACT_EMAIL}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}{request.path}",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the site can do its work, else 503 with what is wrong; and how many letters wait."""
    found = health.look()
    return JsonResponse(found, status=200 if found["ok"] else 503)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Somebody posted a form that is not theirs or too old; the page tells them how to go on.

    What was typed into the application form is kept, and the form is opened anew with it.
    """
    match = request.resolver_match
    if match and match.url_name == "apply" and typed.keep(request, **match.kwargs):
        return redirect(request.path)
    return render(request, "csrf.html", {"title": _("This page is out of date")}, status=403)


@never_cache
def server_error(request: HttpRequest) -> HttpResponse:
    """What is answered where a view or a middleware broke; 503 with what was typed where the database or the store of files
    is away.

    Django calls this while it handles the error, wherever in the request that was raised.
    """
    if not isinstance(sys.exception(), OperationalError | InterfaceError | StoreAway):
        return defaults.server_error(request)
    response = _away(_posted(request))
    response["Retry-After"] = "10"
    return response


def _away(posted: list[tuple[str, str]]) -> HttpResponse:
    if ("action", autosave.ACTION) in posted:
        return autosave.away()
    return HttpResponse(render_to_string("503.html", {"posted": posted}), status=503)


def _posted(request: HttpRequest) -> list[tuple[str, str]]:
    """Names and texts of the posted form; none where its body broke off or is none."""
    try:
        return [(name, text) for name, texts in request.POST.lists() for text in texts]
    except (BadRequest, RequestDataTooBig, UnreadablePostError, RawPostDataException):
        return []
