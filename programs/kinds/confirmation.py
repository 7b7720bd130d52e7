"""Confirmation: a sentence to agree to."""

from collections.abc import Callable

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.kinds.base import AnswerForm, Kind, topic


class ConfirmationAnswerForm(AnswerForm):
    lasting = False

    def build(self) -> None:
        self.fields["agreed"] = forms.BooleanField(label=self.rule.parameters["sentence"], required=False)

    def topics(self) -> dict[str, str]:
        return {"agreed": topic("confirmation", self.rule.parameters["sentence"])}

    def given(self) -> dict:
        return {"agreed": self.cleaned_data["agreed"]}


class ConfirmationParametersForm(forms.Form):
    sentence = forms.CharField(
        label=gettext_lazy("Sentence to agree to"),
        max_length=300,
        help_text=gettext_lazy("As in “I can work all 12 weeks.”"),
    )


class Confirmation(Kind):
    slug = "confirmation"
    label = gettext_lazy("confirmation")
    ParametersForm = ConfirmationParametersForm
    AnswerForm = ConfirmationAnswerForm
    minutes = 0.25

    @property
    def asks(self) -> str:
        return _("your agreement to “%(sentence)s”") % self.parameters

    @property
    def asked(self) -> str:
        return self.parameters["sentence"]

    def met(self, given: dict) -> bool:
        return given["agreed"]

    def gave(self, given: dict) -> str:
        return _("you have not agreed yet")

    def lines(self, given: dict) -> list[str]:
        return [_("Agreed") if given["agreed"] else _("Not agreed")]

    def blind_lines(self, given: dict, hide: Callable[[str], str]) -> list[str]:
        return self.lines(given)
