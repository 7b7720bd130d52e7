"""What one agrees to by sending, and the record of it.

Choosing among those who apply needs no consent; that files and answers are kept and shown to the people named on the
privacy page is agreed to, and to nothing else: there is one box, with one sentence. Whoever changes WORDING or the page
(templates/pinterns/privacy.html) gives it a new VERSION: then the form asks anew, and what was agreed to before stays as
it was. A test holds the two together.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application, Consent
from programs.kinds import LenientForm

VERSION = "2026-11"
WORDING = gettext_lazy(
    "We keep what you send here and show it to the people who choose our interns, as our privacy page tells."
)


class ConsentForm(LenientForm):
    """One box. Its name has the version in it, so that a draft ticked under other words is not ticked under these."""

    lasting = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[f"agreed-{VERSION}"] = forms.BooleanField(
            label=_("I agree"),
            help_text=WORDING,
            error_messages={"required": _("Tick this before you send. Without it we may not keep what you send.")},
        )


def record_consent(application: Application, *, at: datetime) -> None:
    """Keeps the words that were agreed to, unless this application was sent under them before. at: when (aware)."""
    agreed = Consent(application=application, version=VERSION, wording=str(WORDING), at=at)
    Consent.objects.bulk_create([agreed], ignore_conflicts=True)
