"""What staff must have shown before the admin opens: the code by e-mail, and a second factor."""

from collections.abc import Callable
from functools import wraps

from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import get_totp_secret
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.views import next_url

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def is_staff(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_staff


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session has shown a second factor that its owner still has."""
    records = get_authentication_records(request, request.user)
    shown = [record["id"] for record in records if record["method"] == "mfa"]
    return bool(shown) and Authenticator.objects.filter(user=request.user, pk__in=shown).exists()


def has_admin_access(request: HttpRequest) -> bool:
    """For AdminSite.has_permission: staff, and with a second factor where STAFF_MFA_REQUIRED says so."""
    return is_staff(request) and (not settings.STAFF_MFA_REQUIRED or has_second_factor(request))


class StaffOnly:
    """For an AdminSite: its sign-in is the one door of the site, and it knows no passwords."""

    def has_permission(self, request: HttpRequest) -> bool:
        return has_admin_access(request)

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Sends one to what is still missing: the door, a second factor to set up, or the one to show."""
        target = next_url(request) or reverse("admin:index")
        if has_admin_access(request):
            return redirect(target)
        if not request.user.is_authenticated:
            return redirect_to_login(target)
        if not is_staff(request):
            raise PermissionDenied
        if not get_adapter().is_mfa_enabled(request.user, SECOND_FACTORS):
            return redirect("mfa_index")
        return redirect_to_login(target, reverse("mfa_reauthenticate"))

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        raise Http404

    def password_change_done(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        raise Http404


def staff_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For the pages on which staff set up their second factor."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not is_staff(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@require_safe
def totp_picture(request: HttpRequest) -> HttpResponse:
    """The QR code of the key that the page around it is setting up; a file, since our policy allows no data: images."""
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(request.user, get_totp_secret()))
    return HttpResponse(svg, content_type="image/svg+xml")
