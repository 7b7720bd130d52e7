"""The one door: an address, a code, and out again.

allauth's own sign-in by code mails an unknown address a notice without a code; two views of our own say the same to everybody,
and hand over to allauth for what comes after: the second factor of staff, and the sign-in itself.
"""

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.codes import Door, address_step, code_step
from accounts.security_log import security_log
from accounts.services import account_for

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
    return address_step(request, _door(request))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_code(request: HttpRequest) -> HttpResponse:
    """Second step: the code, in the session that asked for it; or another letter."""
    if request.user.is_authenticated:
        return redirect(_destination(request))
    return code_step(request, _door(request))


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    security_log.info("user %s signed out", request.user.pk or "-")
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect(settings.LOGOUT_REDIRECT_URL)


def _door(request: HttpRequest) -> Door:
    def enter(email: str) -> HttpResponse:
        """Signs in whoever proved the address; allauth asks for a second factor first where there is one."""
        return perform_login(request, account_for(email=email), redirect_url=_destination(request), email=email)

    return Door(
        key="sign_in_code",
        subject=_("Your sign-in code for Pinterns"),
        address_url=_with_next(request, "account_request_login_code"),
        address_template="account/sign_in.html",
        code_url=_with_next(request, "account_confirm_login_code"),
        code_template="account/sign_in_code.html",
        enter=enter,
    )


def _destination(request: HttpRequest) -> str:
    return next_url(request) or resolve_url(settings.LOGIN_REDIRECT_URL)


def _with_next(request: HttpRequest, name: str) -> str:
    query = QueryDict(mutable=True)
    if target := next_url(request):
        query["next"] = target
    return f"{reverse(name)}?{query.urlencode(safe='/')}" if query else reverse(name)
