"""Statement: a text of some length on a prompt."""

import re

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programs.kinds.base import AnswerForm, Kind

# Scripts written without spaces. As word processors do, each Chinese character, kana or hangul syllable run is counted
# by itself where no space parts words: one word a character for Han and kana, one for each five letters of Thai, Lao,
# Khmer and Burmese, whose words are that long on average.
_ONE_EACH = re.compile(r"[\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_FIVE_EACH = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+")
_SPACED = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*")
MOST_CHARACTERS = 20_000
WORDS_A_MINUTE = 20  # that one writes, not copies


def count_words(text: str) -> int:
    """How many words a text has, in every script. The script of the form counts alike while one types; a test compares them."""
    characters = len(_ONE_EACH.findall(text))
    text = _ONE_EACH.sub(" ", text)
    runs = sum(-(-len(run) // 5) for run in _FIVE_EACH.findall(text))
    return characters + runs + len(_SPACED.findall(_FIVE_EACH.sub(" ", text)))


class StatementAnswerForm(AnswerForm):
    def build(self) -> None:
        self.fields["text"] = forms.CharField(
            label=self.rule.parameters["prompt"],
            help_text=self.rule.length,
            max_length=MOST_CHARACTERS,
            required=False,
            widget=forms.Textarea(attrs={"rows": 8}),
        )

    @property
    def words(self) -> int:
        """How many words the field holds."""
        return count_words(self["text"].value() or "")

    def given(self) -> dict:
        text = self.cleaned_data["text"].replace("\r\n", "\n")
        return {"text": text, "words": count_words(text)}


class StatementParametersForm(forms.Form):
    prompt = forms.CharField(label=gettext_lazy("Prompt"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    least = forms.IntegerField(label=gettext_lazy("Least words"), min_value=1, max_value=2000, initial=50)
    most = forms.IntegerField(label=gettext_lazy("Most words"), min_value=1, max_value=2000, initial=300)

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("least") and cleaned.get("most") and cleaned["least"] > cleaned["most"]:
            self.add_error("most", _("The most is lower than the least."))
        return cleaned


class Statement(Kind):
    slug = "statement"
    label = gettext_lazy("statement")
    ParametersForm = StatementParametersForm
    AnswerForm = StatementAnswerForm

    @property
    def length(self) -> str:
        return _("%(least)d to %(most)d words.") % self.parameters

    @property
    def asks(self) -> str:
        return _("a text of %(least)d to %(most)d words") % self.parameters

    @property
    def asked(self) -> str:
        return f"{self.parameters['prompt']} ({self.length.rstrip('.')})"

    def met(self, given: dict) -> bool:
        return self.parameters["least"] <= given["words"] <= self.parameters["most"]

    def minutes_left(self, given: dict) -> float:
        missing = self.parameters["least"] - given["words"]
        return missing / WORDS_A_MINUTE if missing > 0 else self.minutes

    def gave(self, given: dict) -> str:
        return ngettext("yours has %(count)d word", "yours has %(count)d words", given["words"]) % {
            "count": given["words"]
        }

    def lines(self, given: dict) -> list[str]:
        return given["text"].splitlines()
