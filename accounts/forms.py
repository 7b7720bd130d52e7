"""The two forms of the door: an address, then the code that went there."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.services import CODE_LENGTH


class AddressForm(forms.Form):
    """Where the code goes. Addresses are compared in lower case everywhere."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("We send you a code. There is no password, and no account to create first."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
        error_messages={
            "required": _("Type your e-mail address."),
            "invalid": _("Type a whole e-mail address, such as name@example.com."),
        },
    )

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        # Look-alikes of ASCII letters pass the validator before the @, but no mail server takes them.
        if not email.rpartition("@")[0].isascii():
            raise ValidationError(self.fields["email"].error_messages["invalid"], code="invalid")
        return email


class CodeForm(forms.Form):
    """The code as people type it: spaces, dashes and other scripts' digits are fine."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Eight numbers. The dash between them may stay away."),
        max_length=64,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false", "autofocus": True}
        ),
        error_messages={"required": _("Type the code from our letter.")},
    )

    def clean_code(self) -> str:
        code = "".join(str(unicodedata.digit(sign)) for sign in self.cleaned_data["code"] if sign.isdigit())
        if len(code) != CODE_LENGTH:
            raise ValidationError(
                _("The code has %(length)s numbers; type all of them."), params={"length": CODE_LENGTH}, code="length"
            )
        return code
