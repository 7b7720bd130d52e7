"""The one door: an address, a code, and out again.

allauth's own sign-in by code mails an unknown address a notice without a code; two views of our own say the same to everybody,
and hand over to allauth for what comes after: the second factor of staff, and the sign-in itself.
"""

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import AddressForm, CodeForm
from accounts.models import SignInCode
from accounts.services import CodeVoid, LetterNotSent, WrongCode, account_for, redeem, send_code

PENDING = "sign_in_code"  # the session's key of the SignInCode that it waits for
LONGEST_NEXT = 500  # characters; a redirect longer than 2048 is refused by Django


def next_url(request: HttpRequest) -> str:
    """The page of this site to go on to after signing in; empty where none, or another site, was asked for."""
    url = request.GET.get("next", "")
    if len(url) <= LONGEST_NEXT and url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        return url
    return ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_code(request: HttpRequest) -> HttpResponse:
    """First step: an address. Whether it is known here changes nothing."""
    if request.user.is_authenticated:
        return redirect(_destination(request))
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        email = form.cleaned_data["email"]
        refusal = "" if _just_sent(request, email) else _send(request, email)
        if not refusal:
            return redirect(_with_next(request, "account_confirm_login_code"))
        form.add_error(None, refusal)
    return render(request, "account/sign_in.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_code(request: HttpRequest) -> HttpResponse:
    """Second step: the code, in the session that asked for it; or another letter."""
    if request.user.is_authenticated:
        return redirect(_destination(request))
    pending = _pending(request)
    if pending is None:
        return redirect(_with_next(request, "account_request_login_code"))
    form = CodeForm()
    if request.method == "POST" and "again" in request.POST:
        refusal = _send_again(request, pending)
        if not refusal:
            messages.success(request, _("A new code is on its way. The one before no longer works."))
            return redirect(_with_next(request, "account_confirm_login_code"))
        messages.error(request, refusal)
    elif request.method == "POST":
        form = CodeForm(request.POST)
        if form.is_valid():
            try:
                email = redeem(pending=pending, typed=form.cleaned_data["code"])
            except WrongCode as wrong:
                form.add_error("code", _wrong(wrong.tries_left))
            except CodeVoid:
                form = CodeForm()
                pending = _pending(request)
                if pending is None:
                    return redirect(_with_next(request, "account_request_login_code"))
            else:
                return _enter(request, email)
    return render(
        request,
        "account/sign_in_code.html",
        {
            "form": form,
            "email": pending.email,
            "expired": pending.is_expired(timezone.now()),
            "used_up": pending.is_used_up,
            "start_again": _with_next(request, "account_request_login_code"),
        },
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect(settings.LOGOUT_REDIRECT_URL)


def _enter(request: HttpRequest, email: str) -> HttpResponse:
    """Signs in whoever proved the address; allauth asks for a second factor first where there is one."""
    request.session.pop(PENDING, None)
    return perform_login(request, account_for(email=email), redirect_url=_destination(request), email=email)


def _pending(request: HttpRequest) -> SignInCode | None:
    return SignInCode.objects.filter(pk=request.session.get(PENDING)).first()


def _just_sent(request: HttpRequest, email: str) -> bool:
    """Whether this session's letter to this address left moments ago: a second click sends no second letter."""
    pending, now = _pending(request), timezone.now()
    return bool(pending and pending.email == email and not pending.is_used_up and pending.seconds_to_wait(now))


def _send(request: HttpRequest, email: str) -> str:
    """Sends a code and remembers it in the session; returns a sentence where it could not be done, else nothing."""
    # Per network and address, never per address alone: nobody can use up what somebody else may ask for.
    key = f"{get_adapter().get_client_ip(request)} {email}"
    if not ratelimit.consume(request, action="request_login_code", key=key):
        return _("Too many codes were asked for from your network. Wait five minutes, then try again.")
    before = request.session.get(PENDING)
    try:
        pending = send_code(email=email)
    except LetterNotSent:
        return _("We could not send the letter just now. Check the address, and try again in a moment.")
    request.session[PENDING] = pending.pk
    SignInCode.objects.filter(pk=before).delete()
    return ""


def _send_again(request: HttpRequest, pending: SignInCode) -> str:
    seconds = pending.seconds_to_wait(timezone.now())
    if seconds:
        return ngettext(
            "Our letter may still be on its way. You can ask for another in %(seconds)s second.",
            "Our letter may still be on its way. You can ask for another in %(seconds)s seconds.",
            seconds,
        ) % {"seconds": seconds}
    return _send(request, pending.email)


def _wrong(tries_left: int) -> str:
    return ngettext(
        "This is not the code of our newest letter. You can try %(count)s more time.",
        "This is not the code of our newest letter. You can try %(count)s more times.",
        tries_left,
    ) % {"count": tries_left}


def _destination(request: HttpRequest) -> str:
    return next_url(request) or resolve_url(settings.LOGIN_REDIRECT_URL)


def _with_next(request: HttpRequest, name: str) -> str:
    query = QueryDict(mutable=True)
    if target := next_url(request):
        query["next"] = target
    return f"{reverse(name)}?{query.urlencode(safe='/')}" if query else reverse(name)
