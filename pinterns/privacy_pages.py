"""The administrators' page of privacy: who asks to be erased, what goes next, how long things are kept; and erasing by hand."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import ErasureRequest, User
from applications.access import KEPT
from applications.erasure import ERASED_AFTER
from applications.models import Access, Application, Document
from applications.retention import DRAFT_MONTHS, due, is_over
from applications.workflow import Status
from letters.models import Letter
from pinterns.erasing import NotErased, erase
from programs.admin.pages import list_url
from programs.models import USUAL_MONTHS, Retention, Window

AHEAD = timedelta(days=31)
# Who may erase; recruiters and reviewers have neither.
SEES, ERASES = "accounts.view_erasurerequest", "accounts.delete_user"


@dataclass(frozen=True)
class Going:
    """How many applications of a window go within the next month: made anonymous, and drafts that are deleted."""

    window: Window
    sent: int
    drafts: int


def going(*, at: datetime) -> list[Going]:
    """What the purge will take from the instant `at` to AHEAD of it, by window; memory grows with the windows alone."""
    months, later = Retention.objects.months_by_country(), at + AHEAD
    windows: dict[int, Window] = {}
    counts: Counter[tuple[int, bool]] = Counter()
    for application in due(at=later).iterator(chunk_size=500):
        if is_over(application, months, later):
            windows[application.window_id] = application.window
            counts[application.window_id, application.status == Status.DRAFT] += 1
    return [Going(window, counts[pk, False], counts[pk, True]) for pk, window in sorted(windows.items())]


@require_safe
def privacy_page(request: HttpRequest, *, site: AdminSite) -> HttpResponse:
    """Who asks to be erased and until when, what goes in the next month, and where the rest is."""
    if not request.user.has_perm(SEES):
        raise PermissionDenied
    at = timezone.now()
    requests = ErasureRequest.objects.select_related("user").order_by("asked_at")
    context = {
        **site.each_context(request),
        "title": _("Privacy"),
        "crumbs": [(reverse("admin:index"), _("Home"))],
        "requests": [(found, found.asked_at + ERASED_AFTER) for found in requests],
        "going": going(at=at),
        "until": at + AHEAD,
        "retentions": Retention.objects.all(),
        "retention_url": list_url(Retention),
        "usual_months": USUAL_MONTHS,
        "draft_months": DRAFT_MONTHS,
        "access_url": list_url(Access),
        "log_days": KEPT.days,
    }
    request.current_app = site.name
    return TemplateResponse(request, "admin/privacy/privacy.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def erase_page(request: HttpRequest, request_id: int, *, site: AdminSite) -> HttpResponse:
    """Shows what will go, then erases the person who asked for it."""
    if not request.user.has_perm(ERASES):
        raise PermissionDenied
    asked = get_object_or_404(ErasureRequest.objects.select_related("user"), pk=request_id)
    if request.method == "POST":
        try:
            erase(user=asked.user, by=request.user)
        except NotErased as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Erased. Nothing is left that tells who it was."))
        return redirect("admin:privacy")
    context = {
        **site.each_context(request),
        "title": _("Erase %(person)s?") % {"person": asked.user.email},
        "crumbs": [(reverse("admin:index"), _("Home")), (reverse("admin:privacy"), _("Privacy"))],
        "back_url": reverse("admin:privacy"),
        "form": Form(),
        "verb": _("Erase everything now"),
        "asked": asked,
        "by_itself": asked.asked_at + ERASED_AFTER,
        "goes": _what_goes(asked.user),
    }
    request.current_app = site.name
    return TemplateResponse(request, "admin/privacy/erase.html", context)


def _what_goes(user: User) -> dict[str, int]:
    own = Application.objects.filter(candidate=user)
    return {
        "sent": own.exclude(status=Status.DRAFT).count(),
        "drafts": own.filter(status=Status.DRAFT).count(),
        "files": Document.objects.filter(application__candidate=user).count(),
        "letters": Letter.objects.filter(addressee=user).count(),
    }
