"""The fields that every program's form has: who one is and where one would work. Nothing more is asked than selection
and contact need: no photo, no birth date, no gender, no nationality, no graduation date, no salary history."""

import re
from functools import cached_property
from itertools import zip_longest
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_countries import countries

from programs.kinds import Choices, LenientForm, topic
from programs.models import Office

MOST_LINKS = 3
_PHONE = re.compile(r"\+?[\d\s().\-/]{5,40}")

AUTHORISATION = {
    "yes": gettext_lazy("I may work there"),
    "permit": gettext_lazy("I would need a permit or sponsorship"),
    "unsure": gettext_lazy("I don't know yet"),
}
_AUTHORISATION = Choices([("", gettext_lazy("Choose an answer")), *AUTHORISATION.items()])


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

    def topics(self) -> dict[str, str]:
        return {name: topic("about", name) for name in self.fields}

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
        choices = Choices((pk, office.name) for pk, office in self.offices.items())
        for number, name in enumerate(self.ranks, start=1):
            self.fields[name] = forms.ChoiceField(
                label=_rank(number),
                choices=choices,
                required=number == 1,
                widget=forms.HiddenInput,
                error_messages={
                    "required": _("Choose at least one office."),
                    "invalid_choice": _("Choose one of this program's offices."),
                },
            )
        self.countries = list(dict.fromkeys(str(office.country) for office in offices))
        asked = self._countries_chosen
        for code in self.countries:
            self.fields[f"work_{code}"] = forms.ChoiceField(
                label=_("Work authorisation: %(country)s") % {"country": countries.name(code)},
                help_text=_("Asked only for the countries of the offices that you chose."),
                choices=_AUTHORISATION,
                required=False,
                # What was answered for a country that is not asked about any more is kept, for the case that it is again.
                widget=forms.Select if code in asked else forms.HiddenInput,
            )

    @cached_property
    def _posted_order(self) -> list[str]:
        """The ids of the offices that were posted, best first: each once, and none that this program doesn't have."""
        posted = (self.data.get(self.add_prefix(name), "") for name in self.ranks)
        return [office for office in dict.fromkeys(posted) if office in self.offices]

    @property
    def _countries_chosen(self) -> list[str]:
        return list(dict.fromkeys(str(self.offices[office].country) for office in self._posted_order))

    @property
    def ranking(self) -> list[tuple[str, Office]]:
        """For the page: the offices chosen so far, each with its rank in words."""
        return [(_rank(number), self.offices[office]) for number, office in enumerate(self._posted_order, start=1)]

    @property
    def others(self) -> list[Office]:
        """For the page: the offices that are not chosen yet."""
        return [office for pk, office in self.offices.items() if pk not in self._posted_order]

    @property
    def rank_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.ranks]

    @property
    def unasked_fields(self) -> list[forms.BoundField]:
        """Work authorisation for the countries in which no office is chosen."""
        return [field for field in self.hidden_fields() if field.name not in self.ranks]

    @property
    def needed(self) -> list[str]:
        return ["rank_1", *(f"work_{code}" for code in self._countries_chosen)]

    def target(self, name: str) -> str:
        return "offices-ranked" if name in self.ranks else super().target(name)

    def rearranged(self, move: str, office: str) -> dict[str, list[str]]:
        """What the fields of the ranks hold after `move` (“add”, “remove”, “up”, “down”) of one of this program's offices, by id."""
        order = list(self._posted_order)
        place = order.index(office) if office in order else len(order)
        order[place : place + 1] = []
        if move != "remove":
            order.insert(max(place + {"add": 0, "up": -1, "down": 1}[move], 0), office)
        return {self.add_prefix(name): [pk] for name, pk in zip_longest(self.ranks, order, fillvalue="")}

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

    def topics(self) -> dict[str, str]:
        """Work authorisation, which is the same in every office of a country; an order of offices belongs to one program."""
        return {f"work_{code}": topic("work", code) for code in self.countries}

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
