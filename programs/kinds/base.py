"""What every kind of requirement has in common. The shape is that of Django's password validators: a kind says what it
asks before the candidate answers, builds the fields, and gives a verdict with a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Verdict:
    """Whether a requirement is met, and what a person is told about it."""

    met: bool
    reason: str


class LenientForm(forms.Form):
    """A form that can show a draft without judging it: drafts are lenient, sending is strict."""

    def __init__(self, *args: Any, lenient: bool = False, **kwargs: Any) -> None:
        self.lenient = lenient
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        if self.lenient:
            self._errors, self.cleaned_data = forms.utils.ErrorDict(), {}
        else:
            super().full_clean()

    def posted_names(self) -> list[str]:
        """The names under which a browser posts this form's text fields (files are not text)."""
        return [self.add_prefix(name) for name, field in self.fields.items() if not isinstance(field, forms.FileField)]


class AnswerForm(LenientForm):
    """The candidate's fields for one requirement. Nothing is `required` here: the verdict says what is missing."""

    def __init__(
        self, rule: "Kind", data: MultiValueDict | None = None, *, document: dict | None = None, **kwargs: Any
    ) -> None:
        self.rule = rule
        self.document = document
        super().__init__(data, **kwargs)
        self.build()

    def build(self) -> None:
        """Adds the fields that follow from the rule's parameters."""

    @property
    def main_field(self) -> str:
        """The field at which an unmet requirement is reported."""
        return next(iter(self.fields))

    def given(self) -> dict:
        """What was answered, as JSON; call it when the form is valid."""
        raise NotImplementedError(f"{type(self).__name__} does not say what was given")


class LinesField(forms.CharField):
    """A list of short texts, typed one per line."""

    widget = forms.Textarea(attrs={"rows": 6})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        lines = [" ".join(line.split()) for line in super().to_python(value).splitlines()]
        return list(dict.fromkeys(line for line in lines if line))

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if any(len(line) > 100 for line in value):
            raise forms.ValidationError(_("A line has more than 100 characters. Shorten it."))


class Kind:
    """A kind of requirement, with the parameters of one row."""

    slug: ClassVar[str]
    label: ClassVar[Any]
    ParametersForm: ClassVar[type[forms.Form]]
    AnswerForm: ClassVar[type[AnswerForm]]
    is_document: ClassVar[bool] = False

    def __init__(self, parameters: dict, *, title: str = "") -> None:
        self.parameters = parameters
        self.title = title

    @property
    def asks(self) -> str:
        """What is asked, as the end of “The program asks for …”."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it asks for")

    @property
    def asked(self) -> str:
        """What is asked, as the sentence that the candidate reads before answering."""
        return capfirst(self.asks) + "."

    def form(self, data: MultiValueDict | None, **kwargs: Any) -> AnswerForm:
        """The candidate's fields, bound to the posted strings in `data`."""
        return self.AnswerForm(self, data, **kwargs)

    def met(self, given: dict) -> bool:
        """Whether `given` is what is asked."""
        raise NotImplementedError(f"{type(self).__name__} does not judge")

    def gave(self, given: dict) -> str:
        """What was given, as the end of “you gave …”-like sentences: a clause with its verb."""
        raise NotImplementedError(f"{type(self).__name__} does not say what was given")

    def lines(self, given: dict) -> list[str]:
        """What was given, for people to read: one text per line."""
        raise NotImplementedError(f"{type(self).__name__} does not show what was given")

    def blind_lines(self, given: dict, hide: Callable[[str], str]) -> list[str]:
        """The same for somebody who may not know whose it is; `hide` blinds free text."""
        return [hide(line) for line in self.lines(given)]

    def links(self, given: dict) -> list[str]:
        """Addresses of their own in what was given; those of publications belong to more people."""
        return []

    def check(self, given: dict, *, program_name: str) -> Verdict:
        """The verdict on `given`, with the sentence that says what is asked and what is missing."""
        if self.met(given):
            return Verdict(True, _("Met."))
        return Verdict(
            False,
            _("%(program)s asks for %(asks)s; %(gave)s.")
            % {"program": program_name, "asks": self.asks, "gave": self.gave(given)},
        )


def listed(items: list[str]) -> str:
    """“A, B and C”."""
    if len(items) < 2:
        return "".join(items)
    return _("%(first)s and %(last)s") % {"first": ", ".join(items[:-1]), "last": items[-1]}
