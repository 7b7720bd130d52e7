"""allauth's forms for second factors, fitted to this site."""

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _


def code_field(label: str) -> forms.CharField:
    """A field for a code of numbers, on phones with their keys."""
    attrs = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false", "autofocus": True}
    return forms.CharField(label=label, max_length=64, widget=forms.TextInput(attrs=attrs))


class SetUpAppForm(ActivateTOTPForm):
    code = code_field(_("Code that the app shows"))


class ShowCodeForm(AuthenticateForm):
    code = code_field(_("Code"))


class ShowCodeAgainForm(ReauthenticateForm):
    code = code_field(_("Code"))


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
            raise refusal(error) from error


class ShowPasskeyAgainForm(ReauthenticateWebAuthnForm):
    def clean_credential(self):
        try:
            return super().clean_credential()
        except Exception as error:
            raise refusal(error) from error


class ShowPasskeyAgainView(ReauthenticateWebAuthnView):
    """Says on the page itself that a passkey was refused, where allauth leads away from it."""

    def form_invalid(self, form) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form))
