"""Where allauth asks what this site does differently."""

from io import BytesIO
from urllib.parse import urlsplit

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from qrcode.image.svg import SvgPathFillImage


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in."""

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
