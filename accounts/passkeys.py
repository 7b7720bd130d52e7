"""allauth's passkey forms, made to answer whatever is posted: fido2 raises all sorts of errors at what is no credential."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _


def refuse(error: Exception) -> ValidationError:
    """What people are told, whichever error it was."""
    if isinstance(error, ValidationError):
        return error
    return ValidationError(_("This is not an answer from a passkey."), code="invalid")


class AddPasskeyForm(AddWebAuthnForm):
    def clean(self) -> dict:
        try:
            return super().clean()
        except Exception as error:
            self.add_error("credential", refuse(error))
            return self.cleaned_data


class AuthenticateForm(AuthenticateWebAuthnForm):
    def clean_credential(self):
        try:
            return super().clean_credential()
        except Exception as error:
            raise refuse(error) from error


class ReauthenticateForm(ReauthenticateWebAuthnForm):
    def clean_credential(self):
        try:
            return super().clean_credential()
        except Exception as error:
            raise refuse(error) from error


class ReauthenticateView(ReauthenticateWebAuthnView):
    """Says on the page itself that a passkey was refused, where allauth leads away from it."""

    def form_invalid(self, form) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form))
