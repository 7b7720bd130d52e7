"""The application form of one window: its sections, built from what the program asks for, and the strict check of them all.

A form is made from a draft (posted texts by field name) and the documents kept with it. Lenient, it shows the draft;
strict, it judges it; judged and softened, it tells only what one wants to know while still typing. Views, submit(), the
live hints and the preview all use this one class.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from applications.about import AboutForm, OfficesForm, summary_title
from applications.consent import ConsentForm
from programs import requirements
from programs.kinds import UNMET, AnswerForm, Kind, Verdict
from programs.models import Requirement, Window

Draft = dict[str, list[str]]
# What PostgreSQL's jsonb cannot hold: NUL and halves of surrogate pairs.
_UNSTORABLE = dict.fromkeys([0, *range(0xD800, 0xE000)], "\N{REPLACEMENT CHARACTER}")


def storable(text: str) -> str:
    """`text` with what a database refuses replaced by a visible sign."""
    return text.translate(_UNSTORABLE)


@dataclass
class Section:
    """One requirement on the page."""

    requirement: Requirement
    rule: Kind
    form: AnswerForm
    document: object | None = None
    verdict: Verdict | None = None
    suggestions: list = field(default_factory=list)  # what the document's text offers for other fields

    @property
    def mandatory(self) -> bool:
        return self.requirement.mandatory

    @property
    def is_document(self) -> bool:
        return self.rule.is_document

    @cached_property
    def touched(self) -> bool:
        """Whether anything was typed, chosen or uploaded for it."""
        return bool(self.document) or any(not self.form.is_blank(field.name) for field in self.form.visible_fields())


class ApplicationForm:
    """All sections of a window's form, bound to a draft. `documents` are by the requirement's id."""

    def __init__(self, *, window: Window, draft: Draft, documents: dict | None = None, lenient: bool = True) -> None:
        self.window = window
        self.draft = draft
        self.lenient = lenient
        documents = documents or {}
        data = MultiValueDict(draft)
        program = window.program
        self.about = AboutForm(data, prefix="about", lenient=lenient)
        self.offices = OfficesForm(data, prefix="offices", offices=program.offices_list, lenient=lenient)
        self.consent = ConsentForm(data, prefix="consent", lenient=lenient)
        self.requirements = [
            self._section(requirement, data, documents.get(requirement.pk), lenient)
            for requirement in program.active_requirements()
        ]

    @staticmethod
    def _section(requirement: Requirement, data: MultiValueDict, document: object | None, lenient: bool) -> Section:
        rule = requirement.rule
        facts = document.facts if document else None
        form = rule.form(data, document=facts, prefix=f"r{requirement.pk}", lenient=lenient)
        return Section(requirement, rule, form, document)

    @property
    def forms(self) -> list[forms.Form]:
        """In the order of the page: about you, what the program asks, offices, documents, consent."""
        asks = [section.form for section in self.requirements if not section.is_document]
        documents = [section.form for section in self.requirements if section.is_document]
        return [self.about, *asks, self.offices, *documents, self.consent]

    def select(self, posted: dict[str, list[str]]) -> Draft:
        """The draft in what a browser posted: the fields of this form alone, made storable."""
        names = [name for form in self.forms for name in form.posted_names()]
        return {name: [storable(text) for text in posted[name]] for name in names if name in posted}

    @cached_property
    def results(self) -> list[requirements.Result]:
        """The verdicts of every requirement whose fields hold well-formed values. For a strict form."""
        given = {
            section.requirement.pk: section.form.given() for section in self.requirements if section.form.is_valid()
        }
        return requirements.check([section.requirement for section in self.requirements], given)

    def is_valid(self) -> bool:
        """Judges everything strictly: puts each unmet mandatory requirement at its field, and each verdict at its section."""
        verdicts = {result.requirement.pk: result.verdict for result in self.results}
        for section in self.requirements:
            section.verdict = verdicts.get(section.requirement.pk)
            if section.verdict and section.mandatory and not section.verdict.met:
                section.form.add_error(section.form.main_field, ValidationError(section.verdict.reason, code=UNMET))
        return all(form.is_valid() for form in self.forms)

    def soften(self) -> None:
        """After is_valid(): leaves at the fields only what to tell while one still types. The verdicts stay."""
        for form in self.forms:
            form.soften()

    @property
    def missing(self) -> list[dict[str, str]]:
        """What to mend: each with its title, what is wrong in a sentence, and a link to its field."""
        return [entry for form in self.forms for entry in _missing(form)]

    @property
    def missing_title(self) -> str:
        return summary_title(len(self.missing))

    def refuse_upload(self, requirement_id: int, reason: str) -> None:
        """Tells at its field why a file was not kept; everything else stays as it is."""
        for section in self.requirements:
            if section.requirement.pk == requirement_id:
                section.form.add_error("file", reason)


def _missing(form: forms.Form) -> Iterator[dict[str, str]]:
    for name, errors in form.errors.items():
        title = form[name].label
        if isinstance(form, AnswerForm):
            title = form.rule.title if name == form.main_field else f"{form.rule.title}: {title}"
        for error in errors:
            told = (
                error if isinstance(form, AnswerForm) else _("%(field)s: %(error)s") % {"field": title, "error": error}
            )
            yield {"title": title, "text": told, "href": f"#{form.target(name)}"}
