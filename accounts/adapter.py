"""Where allauth asks what this site does differently."""

from io import BytesIO
from urllib.parse import urlsplit

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from qrcode.image.svg import SvgPathFillImage

from accounts.devices import device_of
from accounts.models import User
from accounts.security_log import security_log


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in."""

    def login(self, request: HttpRequest, user: User) -> None:
        """Signs in whoever has shown all that is asked; the session remembers in which browser."""
        super().login(request, user)
        request.session.note_sign_in(user)
        request.session["device"] = device_of(request.headers.get("User-Agent", ""))
        factors = [record["type"] for record in get_authentication_records(request, user) if record["method"] == "mfa"]
        security_log.info("user %s signed in: %s", user.pk, ", ".join(["code by e-mail", *factors]))

    def send_notification_mail(self, template_prefix: str, user: User, context: dict | None = None, email=None) -> None:
        """Told when a second factor changes: we note it, and send no letter of allauth's."""
        security_log.info("user %s: %s", user.pk, template_prefix.rpartition("/")[2])

    def respond_user_inactive(self, request: HttpRequest, user) -> HttpResponse:
        messages.error(
            request,
            _("This account is closed. Write to %(address)s if you think that it should not be.")
            % {"address": settings.CONTACT_EMAIL},
        )
        return redirect("account_request_login_code")

    def get_client_ip(self, request: HttpRequest) -> str:
        """As allauth finds it; where a proxy hides it, everybody shares the generous limit of one network."""
        try:
            return super().get_client_ip(request)
        except (ImproperlyConfigured, PermissionDenied):
            return "unknown"


class MFAAdapter(DefaultMFAAdapter):
    """The second factor of staff."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the configured host, whatever Host a request came with."""
        return {"id": urlsplit(settings.SITE_URL).hostname or "", "name": settings.MFA_TOTP_ISSUER}

    def generate_authenticator_name(self, user, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}

    def build_totp_svg(self, url: str) -> str:
        """On white rather than on nothing: a QR code on a dark page is read by no phone."""
        buffer = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(buffer)
        return buffer.getvalue().decode()
