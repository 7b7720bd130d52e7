"""Publications: a list of them, each in a field that counts."""

import re
from collections.abc import Callable
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programs.kinds.base import AnswerForm, Kind, Known, LinesField, topic

MOST_ROWS = 10
_PARTS = ("title", "venue", "year", "field", "link")
_DOI = re.compile(r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_is_https = URLValidator(schemes=["https", "http"])


def clean_link(value: str) -> str:
    """A DOI as https://doi.org/…, a link as it is. Raises ValidationError for what is neither."""
    doi = _DOI.fullmatch(value)
    if doi:
        return f"https://doi.org/{doi[1]}"
    try:
        _is_https(value)
    except ValidationError:
        raise ValidationError(
            _("Give a link that starts with https:// or a DOI such as 10.1145/3292500.3330672.")
        ) from None
    return value


class PublicationsAnswerForm(AnswerForm):
    """Rows of five fields; an empty row counts for nothing. `rows-count` says how many the page shows."""

    has_rows = True

    def build(self) -> None:
        self.fields["rows-count"] = forms.IntegerField(required=False, widget=forms.HiddenInput)
        for row in range(self.count):
            self._add(row)

    @property
    def count(self) -> int:
        """How many rows the page shows: what was posted, within reason."""
        fewest = min(max(self.rule.parameters["how_many"], 1), MOST_ROWS)
        posted = (self.data or {}).get(self.add_prefix("rows-count"), "")
        return (
            min(max(int(posted), fewest), MOST_ROWS)
            if posted.isascii() and posted.isdigit() and len(posted) < 4
            else fewest
        )

    @property
    def can_add(self) -> bool:
        return self.count < MOST_ROWS

    def one_row_more(self) -> dict[str, list[str]]:
        """What is posted for the number of rows once there is one more."""
        return {self.add_prefix("rows-count"): [str(min(self.count + 1, MOST_ROWS))]}

    def _add(self, row: int) -> None:
        fields = [(field, field) for field in self.rule.parameters["accepted_fields"]]
        self.fields[f"{row}-title"] = forms.CharField(label=_("Title"), max_length=300, required=False)
        self.fields[f"{row}-venue"] = forms.CharField(
            label=_("Venue"), help_text=_("Journal, conference or archive."), max_length=200, required=False
        )
        self.fields[f"{row}-year"] = forms.IntegerField(
            label=_("Year"),
            min_value=1950,
            max_value=date.max.year,
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        )
        self.fields[f"{row}-field"] = forms.ChoiceField(
            label=_("Field"),
            choices=[("", _("Choose a field")), *fields, ("other", _("another field"))],
            required=False,
        )
        self.fields[f"{row}-link"] = forms.CharField(
            label=_("Link or DOI"), help_text=_("As in https://… or 10.1145/3292500."), max_length=500, required=False
        )

    @property
    def main_field(self) -> str:
        return "0-title"

    def topics(self) -> dict[str, str]:
        """Of all rows that there can be: `fitting` brings as many as are known."""
        return {f"{row}-{part}": topic("publication", str(row), part) for row in range(MOST_ROWS) for part in _PARTS}

    def questions(self) -> list[tuple[str, list[str]]]:
        return [
            (_("Publication %(number)d") % {"number": row + 1}, [f"{row}-title", f"{row}-field"])
            for row in range(self.count)
        ]

    def fitting(self, known: Known) -> dict[str, list[str]]:
        found = super().fitting(known)
        rows = [row for row in range(MOST_ROWS) if any(self.add_prefix(f"{row}-{part}") in found for part in _PARTS)]
        return {**found, self.add_prefix("rows-count"): [str(rows[-1] + 1)]} if rows else found

    def accept(self, name: str, texts: list[str]) -> list[str]:
        """A field that does not count here is “another field”."""
        if name.endswith("-field") and texts[-1] not in self.rule.parameters["accepted_fields"]:
            return ["other"]
        return texts[-1:]

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each publication, for the page."""
        return [[self[f"{row}-{part}"] for part in _PARTS] for row in range(self.count)]

    def clean(self) -> dict:
        cleaned = super().clean()
        for row in range(self.count):
            parts = {part: cleaned.get(f"{row}-{part}") for part in _PARTS}
            if not any(parts.values()):
                continue
            for part, value in parts.items():
                if not value and f"{row}-{part}" not in self.errors:
                    self.add_error(f"{row}-{part}", _("Complete this publication, or clear its other fields."))
            if parts["link"]:
                try:
                    cleaned[f"{row}-link"] = clean_link(parts["link"])
                except ValidationError as error:
                    self.add_error(f"{row}-link", error)
        return cleaned

    def given(self) -> dict:
        rows = [{part: self.cleaned_data.get(f"{row}-{part}") for part in _PARTS} for row in range(self.count)]
        return {"publications": [row for row in rows if row["title"]]}


class PublicationsParametersForm(forms.Form):
    how_many = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=MOST_ROWS, initial=1)
    accepted_fields = LinesField(label=gettext_lazy("Fields that count"), help_text=gettext_lazy("One per line."))


class Publications(Kind):
    slug = "publications"
    label = gettext_lazy("publications")
    heading = gettext_lazy("Publications")
    ParametersForm = PublicationsParametersForm
    AnswerForm = PublicationsAnswerForm
    minutes = 2

    @property
    def asks(self) -> str:
        sentence = ngettext(
            "at least one publication in %(fields)s",
            "at least %(count)d publications in %(fields)s",
            self.parameters["how_many"],
        )
        *most, last = self.parameters["accepted_fields"]
        fields = _("%(first)s or %(last)s") % {"first": ", ".join(most), "last": last} if most else last
        return sentence % {"count": self.parameters["how_many"], "fields": fields}

    def _counting(self, given: dict) -> int:
        return sum(row["field"] in self.parameters["accepted_fields"] for row in given["publications"])

    def met(self, given: dict) -> bool:
        return self._counting(given) >= self.parameters["how_many"]

    def gave(self, given: dict) -> str:
        if not given["publications"]:
            return _("you gave none")
        counting = self._counting(given)
        return _("%(counting)d of the %(all)d that you gave are in these fields") % {
            "counting": counting,
            "all": len(given["publications"]),
        }

    def minutes_left(self, given: dict) -> float:
        return self.minutes * max(self.parameters["how_many"] - self._counting(given), 0)

    def lines(self, given: dict) -> list[str]:
        return [
            f"{row['title']}. {row['venue']}, {row['year']} ({row['field']}). {row['link']}"
            for row in given["publications"]
        ]

    def blind_lines(self, given: dict, hide: Callable[[str], str]) -> list[str]:
        return [
            f"{hide(row['title'])}. {hide(row['venue'])}, {row['year']} ({row['field']})."
            for row in given["publications"]
        ]
