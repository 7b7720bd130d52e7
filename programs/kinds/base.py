"""What every kind of requirement has in common. The shape is that of Django's password validators: a kind says what it
asks before the candidate answers, builds the fields, and gives a verdict with a reason."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms.utils import ErrorDict
from django.utils.choices import BaseChoiceIterator
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What somebody has told: the posted texts by topic, which names what was asked, whichever program asked it.
Known = dict[str, list[str]]


def topic(*words: str) -> str:
    """The name of what is asked: the same wherever the same is asked, however it is capitalised."""
    return " ".join(words).casefold()


# The code of the error that tells, at its field, that a requirement is not met: the answer is well-formed, and not enough.
UNMET = "unmet"


@dataclass(frozen=True)
class Verdict:
    """Whether a requirement is met, and what a person is told about it."""

    met: bool
    reason: str


class LenientForm(forms.Form):
    """A form that can show a draft without judging it: drafts are lenient, sending is strict.

    It also takes answers over that somebody has given elsewhere, and tells its own: see `topics`.
    """

    # Whether what is told here holds for another intake too; an agreement, say, is given anew for each.
    lasting = True

    def __init__(self, *args: Any, lenient: bool = False, **kwargs: Any) -> None:
        self.lenient = lenient
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        if self.lenient:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    def posted_names(self) -> list[str]:
        """The names under which a browser posts this form's text fields (files are not text)."""
        return [self.add_prefix(name) for name, field in self.fields.items() if not isinstance(field, forms.FileField)]

    def topics(self) -> dict[str, str]:
        """What its fields ask that others may ask too, by the field's name. Fields that are left out are this form's own."""
        return {}

    def told(self) -> Known:
        """What was filled in here, by topic."""
        return {asked: self._posted(name) for name, asked in self.topics().items() if self._posted(name)}

    def fitting(self, known: Known) -> dict[str, list[str]]:
        """What of `known` this form asks, for fields that are empty: the texts by the name under which they are posted."""
        found = {
            name: self.accept(name, known[asked])
            for name, asked in self.topics().items()
            if asked in known and not self._posted(name)
        }
        return {self.add_prefix(name): texts for name, texts in found.items() if texts}

    def accept(self, name: str, texts: list[str]) -> list[str]:
        """Those of `texts`, told elsewhere, that the field `name` can hold."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            choices = {str(value) for value, _label in field.choices}
            texts = [text for text in texts if text in choices]
        return texts if isinstance(field, forms.MultipleChoiceField) else texts[-1:]

    def _posted(self, name: str) -> list[str]:
        return [text for text in self.data.getlist(self.add_prefix(name)) if text]

    def is_blank(self, name: str) -> bool:
        """Whether nothing was typed or chosen in the field of that name."""
        return not any(text.strip() for text in self.data.getlist(self.add_prefix(name)))

    def target(self, name: str) -> str:
        """The id of the element to which a summary leads for the field of that name."""
        field = self[name]
        return field.id_for_label or f"{field.auto_id}_0"

    @property
    def needed(self) -> list[str]:
        """The names of the fields without which nothing can be sent."""
        return [name for name, field in self.fields.items() if field.required]

    def wrong_so_far(self) -> ErrorDict:
        """Of a judged form's errors those to tell while one still types: not that a field is empty, nor that an answer is not enough yet."""
        told = ErrorDict(renderer=self.renderer)
        for name, errors in self.errors.items():
            wrong = [error for error in errors.as_data() if error.code != UNMET]
            if wrong and not self.is_blank(name):
                told[name] = self.error_class(wrong, renderer=self.renderer)
        return told

    def soften(self) -> None:
        """Forgets all errors but those to tell while one still types."""
        self._errors = self.wrong_so_far()


class Choices(BaseChoiceIterator):
    """Pairs of value and label for several fields, which Django takes as they are. It goes through a list anew for each field."""

    def __init__(self, pairs: Iterable[tuple[str, Any]]) -> None:
        self.pairs = list(pairs)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self.pairs)


class AnswerForm(LenientForm):
    """The candidate's fields for one requirement. Nothing is `required` here: the verdict says what is missing."""

    has_rows: ClassVar[bool] = False  # whether fields repeat, one group for each thing that is listed

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
        """What was answered, as JSON; call it when the form is valid, its `questions` at least."""
        raise NotImplementedError(f"{type(self).__name__} does not say what was given")

    def questions(self) -> list[tuple[str, list[str]]]:
        """The fields on which the verdict depends, of those with a topic, in groups with a heading each.

        “Where do I qualify?” asks these alone. `given` needs no more of them than that they are valid.
        """
        names = list(self.topics())
        return [(self.rule.title, names)] if names else []

    def fitting(self, known: Known) -> dict[str, list[str]]:
        """As above, but as a whole or not at all: two halves of different answers would make a wrong one."""
        return {} if self.told() else super().fitting(known)


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
    # Under which “Where do I qualify?” puts what it asks.
    heading: ClassVar[Any] = gettext_lazy("You and your time")
    minutes: ClassVar[float] = 1  # that an answer takes, as a rule of thumb

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

    def filled(self, known: Known) -> AnswerForm:
        """The candidate's fields, bound to what is known of them."""
        return self.form(MultiValueDict(self.form(None).fitting(known)))

    def met(self, given: dict) -> bool:
        """Whether `given` is what is asked."""
        raise NotImplementedError(f"{type(self).__name__} does not judge")

    def minutes_left(self, given: dict) -> float:
        """How many minutes it takes to make what is asked of `given`, which is not enough yet."""
        return self.minutes

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
