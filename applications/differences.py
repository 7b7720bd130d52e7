"""Where two drafts of one form differ, answer by answer, for their writer to choose between them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from applications.form import ApplicationForm, Draft
from programs.models import Window

# What the page that shows both posts for each answer that differs: `keep-…`, and which one is wanted.
_PREFIX, _SAVED = "keep-", "saved"


@dataclass(frozen=True)
class Difference:
    """One answer in two drafts, for people to read; an empty list where nothing was answered."""

    name: str
    part: str
    label: str
    typed: list[str]
    saved: list[str]

    @property
    def choice(self) -> str:
        return f"{_PREFIX}{self.name}"


def differences(window: Window, typed: Draft, saved: Draft) -> list[Difference]:
    """What is not the same in two drafts for `window`, in the order of the form."""
    # A form has as many rows of publications as its draft says, so the rows of either are looked at.
    forms_of = [ApplicationForm(window=window, draft=draft) for draft in (typed, saved)]
    found: dict[str, Difference] = {}
    for form in forms_of:
        for part, label, bound in _fields(form):
            texts = [_words(bound.field, draft.get(bound.html_name, [])) for draft in (typed, saved)]
            if texts[0] != texts[1]:
                found.setdefault(bound.html_name, Difference(bound.html_name, part, label, *texts))
    return list(found.values())


def _fields(form: ApplicationForm) -> Iterator[tuple[str, str, BoundField]]:
    """The fields that hold text, each with the part of the form that it belongs to and its label."""
    parts = {id(section.form): section.requirement.title for section in form.requirements}
    parts |= {id(form.about): _("About you"), id(form.offices): _("Offices"), id(form.consent): _("Check and send")}
    for each in form.forms:
        rows = {bound.html_name: number for number, row in enumerate(getattr(each, "rows", []), 1) for bound in row}
        for bound in each:
            if bound.is_hidden or isinstance(bound.field, forms.FileField):
                continue
            label = bound.label
            if bound.html_name in rows:
                label = _("Publication %(number)d: %(label)s") % {"number": rows[bound.html_name], "label": label}
            yield parts[id(each)], label, bound


def _words(field: forms.Field, values: list[str]) -> list[str]:
    """What was answered, as the page words it."""
    given = [value.replace("\r\n", "\n") for value in values if value]
    if isinstance(field, forms.BooleanField):
        return [_("Yes")] if given else []
    labels = {str(value): str(label) for value, label in getattr(field, "choices", [])}
    return [labels.get(value, value) for value in given]


def posted_again(typed: Draft, saved: Draft) -> list[tuple[str, str]]:
    """`typed` as hidden fields, (name, value); with as many rows as the draft that has more of them."""
    counts = {name: max(typed[name], saved[name], key=_number) for name in typed if _counts(name) and name in saved}
    return [(name, value) for name, values in {**typed, **counts}.items() for value in values]


def _counts(name: str) -> bool:
    return name.endswith("-rows-count")


def _number(values: list[str]) -> int:
    text = values[-1] if values else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def names_to_keep(posted: Mapping[str, str]) -> set[str]:
    """The answers that are to stay as they are saved, as the page that shows both was told."""
    return {name.removeprefix(_PREFIX) for name in posted if name.startswith(_PREFIX) and posted[name] == _SAVED}


def with_saved(typed: Draft, saved: Draft, names: Collection[str]) -> Draft:
    """`typed`, with the answers of `saved` for those `names`."""
    others = {name: values for name, values in typed.items() if name not in names}
    return others | {name: saved[name] for name in names if name in saved}
