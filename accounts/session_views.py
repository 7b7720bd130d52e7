"""Where one is signed in, and how much time is left before staff are signed out."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Session
from accounts.sessions import idle_time
from accounts.signed_in import end_session, end_sessions

WARNING = timedelta(minutes=5)  # before the end; half of the time where that is less


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """The browsers in which the reader is signed in, each with a button that ends it, and one for all others."""
    here = request.session.session_key
    if request.method == "POST":
        if "others" in request.POST:
            ended = end_sessions(user=request.user, why="by themselves", except_key=here)
        else:
            ended = int(end_session(user=request.user, public_id=request.POST.get("end", "")))
        _tell(request, ended)
        return redirect("sessions")
    own = Session.objects.of(request.user, timezone.now())
    context = {
        "title": _("Where you are signed in"),
        "this_one": next((one for one in own if one.session_key == here), None),
        "others": [one for one in own if one.session_key != here],
        "zone": ZoneInfo("UTC"),
    }
    return render(request, "account/sessions.html", context)


def _tell(request: HttpRequest, ended: int) -> None:
    if ended:
        told = ngettext("You are signed out in %(count)s browser.", "You are signed out in %(count)s browsers.", ended)
        messages.success(request, told % {"count": ended})
    else:
        messages.warning(request, _("Nothing was to be ended: you were signed out there already."))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session_state(request: HttpRequest) -> JsonResponse:
    """For the page's script: seconds until the reader is signed out, whose session it is, and a token for the page's forms.

    POST is somebody who wants to stay: like every request that a person made, it begins the time anew.
    """
    if request.method == "POST":
        request.session.note_use()
    left = (request.session.ends_at - timezone.now()) if request.session.of_staff else timedelta()
    facts = {"seconds": max(0, int(left.total_seconds())), "user": request.user.pk, "token": get_token(request)}
    return JsonResponse(facts)


def idle_facts(user_id: str) -> dict[str, int | str]:
    """For the dialog that warns: minutes that may pass, seconds of warning before they are over, and whose session it is."""
    warning = min(WARNING, idle_time() / 2)
    return {
        "minutes": idle_time() // timedelta(minutes=1),
        "warning": int(warning.total_seconds()),
        "user": user_id,
    }
