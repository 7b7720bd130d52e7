"""allauth's forms for second factors, fitted to this site."""

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.security_log import security_log


def code_field(label: str) -> forms.CharField:
    """A field for a code of numbers, on phones with their keys."""
    attrs = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false", "autofocus": True}
    return forms.CharField(label=label, max_length=64, widget=forms.TextInput(attrs=attrs))


# A code is right in its own step and in those to either side, so that one lives for so many seconds.
APP_CODE_SECONDS = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)


class OnceForm:
    """A code can be tried once. allauth forgets after 30 seconds which one was used; with our tolerance it lives for 90."""

    def clean_code(self) -> str:
        try:
            if not self._is_first_try():
                raise ValidationError(
                    _("You have tried this code already. Wait for the next one that your app shows."), code="again"
                )
            return super().clean_code()
        except ValidationError:
            log_refusal(self.user)
            raise

    def _is_first_try(self) -> bool:
        """Noted before the code is looked at: of two that come at once, one is the first."""
        tried = f"{self.user.pk} {normalize_user_code(self.cleaned_data['code'])}"
        key = salted_hmac("accounts.second_factor", tried, algorithm="sha256").hexdigest()
        return cache.add(f"accounts:tried:{key}", True, timeout=APP_CODE_SECONDS)


class SetUpAppForm(ActivateTOTPForm):
    code = code_field(_("Code that the app shows"))


class ShowCodeForm(OnceForm, AuthenticateForm):
    code = code_field(_("Code"))


class ShowCodeAgainForm(OnceForm, ReauthenticateForm):
    code = code_field(_("Code"))


def log_refusal(user: User) -> None:
    security_log.warning("a second factor of user %s was refused", user.pk)


def refusal(error: Exception) -> ValidationError:
    """What people are told: fido2 raises all sorts of errors at what is no credential."""
    if isinstance(error, ValidationError):
        return error
    return ValidationError(_("This is not an answer from a passkey."), code="invalid")


class AddPasskeyForm(AddWebAuthnForm):
    def clean(self) -> dict:
        try:
            return super().clean()
        except Exception as error:
            self.add_error("credential", refusal(error))
            return self.cleaned_data


class ShowPasskeyForm(AuthenticateWebAuthnForm):
    def clean_credential(self):
        try:
            return super().clean_credential()
        except Exception as error:
            log_refusal(self.user)
            raise refusal(error) from error


class ShowPasskeyAgainForm(ReauthenticateWebAuthnForm):
    def clean_credential(self):
        try:
            return super().clean_credential()
        except Exception as error:
            log_refusal(self.user)
            raise refusal(error) from error


class ShowPasskeyAgainView(ReauthenticateWebAuthnView):
    """Says on the page itself that a passkey was refused, where allauth leads away from it."""

    def form_invalid(self, form) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form))
