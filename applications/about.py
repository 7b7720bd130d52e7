"""The fields that every program's form has: who one is and where one would work. Nothing more is asked than selection
and contact need: no photo, no birth date, no gender, no nationality, no graduation date, no salary history."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_countries import countries

from programs.kinds import LenientForm
from programs.models import Office

MOST_LINKS = 3
_PHONE = re.compile(r"\+?[\d\s().\-/]{5,40}")

AUTHORISATION = {
    "yes": gettext_lazy("I may work there"),
    "permit": gettext_lazy("I would need a permit or sponsorship"),
    "unsure": gettext_lazy("I don't know yet"),
}


class AboutForm(LenientForm):
    """Name, contact, links."""

    full_name = forms.CharField(
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("As you want us to write it."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Tell us your name.")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        help_text=gettext_lazy(
            "With the country code, as in +1 415 555 0100. We call only if a letter does not reach you."
        ),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_LINKS + 1):
            self.fields[f"link_{number}"] = forms.URLField(
                label=_("Link %(number)d") % {"number": number},
                help_text=_("Something you made or wrote, or a profile: https://…") if number == 1 else "",
                max_length=500,
                required=False,
                assume_scheme="https",
                widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url" if number == 1 else "off"}),
                error_messages={"invalid": _("Give an address such as https://example.org/me, or leave this empty.")},
            )

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        if phone and not _PHONE.fullmatch(phone):
            raise forms.ValidationError(_("Give a number such as +1 415 555 0100, or leave this empty."))
        return phone

    @property
    def links(self) -> list[str]:
        """The links that were given, in order; call it when the form is valid."""
        given = (self.cleaned_data[f"link_{number}"] for number in range(1, MOST_LINKS + 1))
        return [link for link in given if link]


def _rank(number: int) -> str:
    names = [_("First choice"), _("Second choice"), _("Third choice")]
    return names[number - 1] if number <= len(names) else _("Choice %(number)d") % {"number": number}


class OfficesForm(LenientForm):
    """Offices in order of preference, and for each country among them whether one may work there."""

    def __init__(self, *args: Any, offices: list[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offices = {str(office.pk): office for office in offices}
        self.ranks = [f"rank_{number}" for number in range(1, len(offices) + 1)]
        for number, name in enumerate(self.ranks, start=1):
            self.fields[name] = forms.ChoiceField(
                label=_rank(number),
                choices=[
                    ("", _("Choose an office") if number == 1 else _("None")),
                    *((pk, office.name) for pk, office in self.offices.items()),
                ],
                required=number == 1,
                error_messages={
                    "required": _("Choose at least one office."),
                    "invalid_choice": _("Choose one of this program's offices."),
                },
            )
        self.countries = list(dict.fromkeys(str(office.country) for office in offices))
        for code in self.countries:
            self.fields[f"work_{code}"] = forms.ChoiceField(
                label=_("Work authorisation: %(country)s") % {"country": countries.name(code)},
                help_text=_("Asked only for the countries of the offices that you chose."),
                choices=[("", _("Choose an answer")), *AUTHORISATION.items()],
                required=False,
            )

    def clean(self) -> dict:
        cleaned = super().clean()
        seen: set[str] = set()
        for name in self.ranks:
            office = cleaned.get(name)
            if office and office in seen:
                self.add_error(name, _("You chose this office above already."))
            seen.add(office or "")
        for code in {str(office.country) for office in self.chosen}:
            if f"work_{code}" in cleaned and not cleaned[f"work_{code}"]:
                self.add_error(
                    f"work_{code}", _("Tell us whether you may work there: you chose an office in this country.")
                )
        return cleaned

    @property
    def chosen(self) -> list[Office]:
        """The chosen offices, best first; ranks left empty in between are closed up."""
        return [self.offices[self.cleaned_data[name]] for name in self.ranks if self.cleaned_data.get(name)]

    @property
    def authorisation(self) -> dict[str, str]:
        """The answer for each country of a chosen office; call it when the form is valid."""
        return {str(office.country): self.cleaned_data[f"work_{office.country}"] for office in self.chosen}


def authorisation_lines(answers: dict[str, str]) -> list[str]:
    """Work authorisation for people to read: one country per line."""
    return [f"{countries.name(code)}: {AUTHORISATION[answer]}" for code, answer in answers.items()]


def summary_title(count: int) -> str:
    return ngettext("One thing is missing", "%(count)d things are missing", count) % {"count": count}
