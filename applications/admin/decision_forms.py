"""The forms of a decision: for one application on its page, for many at once on theirs."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.letter_texts import InterviewTerms, LetterText, OfferTerms
from applications.models import Application, RejectionReason
from programs.admin.pages import LocalTimeField, day_field
from programs.admin.window_forms import LocalTimesForm
from programs.models import Office, Window
from programs.times import zone_choices


class NoteForm(forms.Form):
    """Every decision may have one; one that takes another back must."""

    note = forms.CharField(
        label=gettext_lazy("Internal note"),
        help_text=gettext_lazy("For colleagues. The candidate never sees it."),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": gettext_lazy("Say why it returns to review, for those who read the history later.")
        },
    )

    def __init__(self, *args: Any, required: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = required


class DecisionForm(NoteForm):
    """`seen_status` and `seen_revision` are what the page showed: a decision made on anything else is refused."""

    seen_status = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    seen_revision = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why it is rejected: one question for each of the programs that keeps a list of reasons."""

    def __init__(self, *args: Any, programs: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = RejectionReason.objects.filter(program__in=programs, retired_at=None).select_related("program")
        self.reasons = {str(reason.pk): reason for reason in reasons.order_by("program__name", "program", "text")}
        by_program = {
            program: list(group) for program, group in groupby(self.reasons.values(), key=lambda reason: reason.program)
        }
        for program, group in by_program.items():
            label = _("Reason") if len(by_program) == 1 else _("Reason (%(program)s)") % {"program": program}
            self.fields[_reason_name(program.pk)] = forms.ChoiceField(
                label=label,
                help_text=_("For colleagues and for the statistics. The candidate never sees it."),
                choices=[("", _("Choose one")), *((str(reason.pk), reason.text) for reason in group)],
                error_messages={"required": _("Choose the reason.")},
            )

    def reason(self, program_id: int) -> RejectionReason | None:
        """What was chosen for that program; call it when the form is valid."""
        return self.reasons.get(self.cleaned_data.get(_reason_name(program_id), ""))


def _reason_name(program_id: int) -> str:
    return f"reason_{program_id}"


class LetterForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    body = forms.CharField(label=gettext_lazy("Letter"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 16}))

    def letter(self) -> LetterText:
        """The words as they stand; call it when the form is valid."""
        return LetterText(self.cleaned_data["subject"], self.cleaned_data["body"].replace("\r\n", "\n"))


class OfferDatesForm(forms.Form):
    """The days of an offer; by itself for many, each of whom is offered their first choice of office."""

    start_date = day_field(label=gettext_lazy("First day"))
    answer_by = day_field(
        label=gettext_lazy("Answer by"), help_text=gettext_lazy("The last day to accept, in the office's time zone.")
    )

    def clean(self) -> dict:
        cleaned = super().clean()
        start, answer_by = cleaned.get("start_date"), cleaned.get("answer_by")
        if answer_by and answer_by < self.today():
            self.add_error("answer_by", ValidationError(_("That day is over. Leave some days to think about it.")))
        if start and answer_by and start <= answer_by:
            self.add_error("start_date", ValidationError(_("The first day comes after the last day to answer.")))
        return cleaned

    def today(self) -> date:
        return timezone.now().date()

    def terms_at(self, office: Office) -> OfferTerms:
        """What is offered there; call it when the form is valid."""
        return OfferTerms(office, self.cleaned_data["start_date"], self.cleaned_data["answer_by"])

    def key(self) -> str:
        """Tells whether a letter was written for these terms."""
        return f"{self.cleaned_data['start_date']} {self.cleaned_data['answer_by']}"


class OfferForm(OfferDatesForm):
    """What is offered to one. The offices that the candidate asked for come first, in their order."""

    office = forms.ChoiceField(label=gettext_lazy("Office"))
    field_order = ["office", "start_date", "answer_by"]

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = [choice.office for choice in application.office_choices.select_related("office")]
        others = [office for office in application.program.offices_list if office not in chosen]
        self.offices = {str(office.pk): office for office in [*chosen, *others]}
        groups = [(_("The candidate's choices, in order"), chosen), (_("Other offices of the program"), others)]
        self.fields["office"].choices = [
            (label, [(str(office.pk), office.name) for office in offices]) for label, offices in groups if offices
        ]

    def today(self) -> date:
        office = self.offices.get(self.cleaned_data.get("office", ""))
        return timezone.now().astimezone(ZoneInfo(office.time_zone)).date() if office else super().today()

    def terms(self) -> dict:
        """What decide() and prepare() are told; call it when the form is valid."""
        return {"terms": self.terms_at(self.offices[self.cleaned_data["office"]])}

    def key(self) -> str:
        return f"{self.cleaned_data['office']} {super().key()}"


class InterviewForm(LocalTimesForm):
    """When and where one talks."""

    local_times = ("starts_at",)

    starts_at = LocalTimeField(label=gettext_lazy("When"))
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("The time above is clock time there, and the letter says so."),
        choices=zone_choices,
    )
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=5, max_value=600, initial=45)
    place = forms.CharField(
        label=gettext_lazy("Where"),
        help_text=gettext_lazy("An address, or a phone number."),
        max_length=300,
        required=False,
    )
    link = forms.URLField(
        label=gettext_lazy("Link"),
        help_text=gettext_lazy("Of the video call. A place, a link, or both."),
        max_length=500,
        required=False,
        assume_scheme="https",
    )

    def __init__(self, *args: Any, window: Window, **kwargs: Any) -> None:
        super().__init__(*args, initial={"time_zone": window.time_zone}, **kwargs)

    @property
    def zone(self) -> ZoneInfo | None:
        name = self.cleaned_data.get("time_zone")
        return ZoneInfo(name) if name else None

    def clean(self) -> dict:
        cleaned = super().clean()
        starts_at = cleaned.get("starts_at")
        if isinstance(starts_at, datetime) and starts_at.tzinfo and starts_at <= timezone.now():
            self.add_error("starts_at", ValidationError(_("That time has passed. Give one that is still to come.")))
        if not self.errors.keys() & {"place", "link"} and not (cleaned.get("place") or cleaned.get("link")):
            self.add_error("place", ValidationError(_("Say where: give a place, a link, or both.")))
        return cleaned

    def terms(self) -> dict:
        """What decide() is told; call it when the form is valid."""
        return {"interview": InterviewTerms(**self.cleaned_data)}

    def key(self) -> str:
        """Tells whether a letter was written for this time and place."""
        return " ".join(str(value) for value in self.cleaned_data.values())
