"""Choice: one or several of some options, of which some qualify."""

from collections.abc import Callable

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.kinds.base import AnswerForm, Kind, LinesField, listed, topic


class ChoiceAnswerForm(AnswerForm):
    lasting = False

    def build(self) -> None:
        options = [(option, option) for option in self.rule.parameters["options"]]
        several = self.rule.parameters["several"]
        field, widget = (
            (forms.MultipleChoiceField, forms.CheckboxSelectMultiple)
            if several
            else (forms.ChoiceField, forms.RadioSelect)
        )
        self.fields["chosen"] = field(
            label=self.rule.parameters["question"],
            help_text=_("Choose all that apply.") if several else "",
            choices=options,
            required=False,
            widget=widget,
        )

    def topics(self) -> dict[str, str]:
        return {"chosen": topic("choice", self.rule.parameters["question"])}

    def given(self) -> dict:
        chosen = self.cleaned_data["chosen"]
        return {"chosen": chosen if isinstance(chosen, list) else [chosen] if chosen else []}


class ChoiceParametersForm(forms.Form):
    question = forms.CharField(label=gettext_lazy("Question"), max_length=300)
    options = LinesField(label=gettext_lazy("Options"), help_text=gettext_lazy("One per line."))
    several = forms.BooleanField(label=gettext_lazy("Several can be chosen"), required=False)
    qualifying = LinesField(
        label=gettext_lazy("Options that qualify"),
        help_text=gettext_lazy("One per line, spelt as above. Empty: every option does."),
        required=False,
    )

    def clean(self) -> dict:
        cleaned = super().clean()
        unknown = [option for option in cleaned.get("qualifying", []) if option not in cleaned.get("options", [])]
        if unknown and "options" in cleaned:
            self.add_error("qualifying", _("Not among the options: %(options)s.") % {"options": ", ".join(unknown)})
        return cleaned


class Choice(Kind):
    slug = "choice"
    label = gettext_lazy("choice")
    ParametersForm = ChoiceParametersForm
    AnswerForm = ChoiceAnswerForm
    minutes = 0.5

    @property
    def _qualifying(self) -> list[str]:
        return self.parameters["qualifying"] or self.parameters["options"]

    @property
    def asks(self) -> str:
        return _("one of these answers to “%(question)s”: %(options)s") % {
            "question": self.parameters["question"],
            "options": ", ".join(self._qualifying),
        }

    @property
    def asked(self) -> str:
        return self.parameters["question"]

    def met(self, given: dict) -> bool:
        return any(option in self._qualifying for option in given["chosen"])

    def gave(self, given: dict) -> str:
        return (
            _("you chose %(options)s") % {"options": listed(given["chosen"])}
            if given["chosen"]
            else _("you have not chosen")
        )

    def lines(self, given: dict) -> list[str]:
        return given["chosen"]

    def blind_lines(self, given: dict, hide: Callable[[str], str]) -> list[str]:
        return self.lines(given)  # recruiters wrote the options: “June” is a month, whoever chose it
