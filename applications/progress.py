"""How far one is with a form: how much of each part is done, what is still missing, and about how long that takes."""

from dataclasses import dataclass
from math import ceil

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.about import summary_title
from applications.form import ApplicationForm, Section

MINUTES_A_FIELD = 0.5
MINUTES_TO_LOOK_THROUGH = 1


@dataclass(frozen=True)
class Part:
    """One part of the page: how many of the things that sending needs are done. `name` is its id on the page."""

    name: str
    done: int
    needed: int
    wrong: bool

    @property
    def state(self) -> str:
        """“wrong” when something that was typed has to be mended, else “optional”, “done” or “begun”."""
        if self.wrong:
            return "wrong"
        if not self.needed:
            return "optional"
        return "done" if self.done == self.needed else "begun"


@dataclass(frozen=True)
class Progress:
    """`missing` is as the form tells it; `minutes` is about how long it takes to the end."""

    parts: dict[str, Part]
    missing: list[dict[str, str]]
    minutes: int

    @property
    def title(self) -> str:
        return summary_title(len(self.missing))

    @property
    def time_left(self) -> str:
        if not self.missing:
            return _("Ready to send")
        return ngettext("About %(count)d minute left", "About %(count)d minutes left", self.minutes) % {
            "count": self.minutes
        }


def progress_of(form: ApplicationForm) -> Progress:
    """Where a strict form stands whose is_valid() was called, before it is softened."""
    asks = [section for section in form.requirements if not section.is_document]
    documents = [section for section in form.requirements if section.is_document]
    parts = [
        _part_of_fields("about", form.about),
        _part_of_requirements("asks", asks),
        _part_of_fields("offices", form.offices),
        _part_of_requirements("documents", documents),
    ]
    return Progress(
        parts={part.name: part for part in parts},
        missing=form.missing,
        minutes=_minutes(form),
    )


def _lacking(form: forms.Form) -> list[str]:
    return [name for name in form.needed if name in form.errors]


def _unmet(sections: list[Section]) -> list[Section]:
    return [section for section in sections if section.mandatory and not (section.verdict and section.verdict.met)]


def _part_of_fields(name: str, form: forms.Form) -> Part:
    needed = len(form.needed)
    return Part(name, needed - len(_lacking(form)), needed, wrong=bool(form.wrong_so_far()))


def _part_of_requirements(name: str, sections: list[Section]) -> Part:
    needed = sum(section.mandatory for section in sections)
    wrong = any(section.form.wrong_so_far() for section in sections)
    return Part(name, needed - len(_unmet(sections)), needed, wrong)


def _minutes(form: ApplicationForm) -> int:
    """Half a minute a field, what each kind says of an unmet requirement, and one minute to look it all through."""
    given = {result.requirement.pk: result.given for result in form.results}
    fields = MINUTES_A_FIELD * (len(_lacking(form.about)) + len(_lacking(form.offices)))
    answers = sum(
        section.rule.minutes_left(given[section.requirement.pk])
        if section.requirement.pk in given
        else section.rule.minutes
        for section in _unmet(form.requirements)
    )
    return ceil(fields + answers + MINUTES_TO_LOOK_THROUGH)
