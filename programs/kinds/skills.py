"""Skills: options with a level each, some of which must be good enough."""

import re
from collections.abc import Callable

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programs.kinds.base import AnswerForm, Choices, Kind, LinesField, listed, topic

LEVELS = {
    "basic": gettext_lazy("basic"),
    "intermediate": gettext_lazy("intermediate"),
    "advanced": gettext_lazy("advanced"),
    "expert": gettext_lazy("expert"),
}
_LEVELS = Choices([("", gettext_lazy("not yet")), *LEVELS.items()])
_RANK = {level: rank for rank, level in enumerate(LEVELS)}
_OTHER = "other"


def _level(**kwargs) -> forms.ChoiceField:
    return forms.ChoiceField(choices=_LEVELS, required=False, **kwargs)


def _evidence(skill: str) -> forms.CharField:
    return forms.CharField(
        label=_("Evidence for %(skill)s") % {"skill": skill},
        help_text=_("Where you used it and what came of it: a project, a course, a job, a link."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SkillsAnswerForm(AnswerForm):
    """One level and one evidence text per option, and one more skill where “other” is allowed."""

    def build(self) -> None:
        for option in self.rule.parameters["options"]:
            self._add(self._key(option), option)
        if self.rule.parameters["other_allowed"]:
            self.fields[f"{_OTHER}-name"] = forms.CharField(
                label=_("Another one like these"), max_length=100, required=False
            )
            self._add(_OTHER, _("the other one"))

    def _add(self, key: str, option: str) -> None:
        self.fields[f"{key}-level"] = _level(label=option if key != _OTHER else _("Level of the other one"))
        if self.rule.parameters["evidence"] != "none":
            self.fields[f"{key}-evidence"] = _evidence(option)

    @staticmethod
    def _key(option: str) -> str:
        """A field name that stays with its option when recruiters reorder the options."""
        return "skill-" + re.sub(r"\s+", "_", option)

    def topics(self) -> dict[str, str]:
        """Each option is a topic of its own; “another one like these” is one with these options."""
        parameters = self.rule.parameters
        like_these = ", ".join(sorted(parameters["options"], key=str.casefold))
        skills = {self._key(option): option for option in parameters["options"]} | {_OTHER: f"like {like_these}"}
        return {
            f"{key}-{part}": topic("skill", skill, part)
            for key, skill in skills.items()
            for part in ("name", "level", "evidence")
            if f"{key}-{part}" in self.fields
        }

    def questions(self) -> list[tuple[str, list[str]]]:
        return [(self.rule.title, [name for name in self.topics() if not name.endswith("-evidence")])]

    def level_of(self, option: str) -> forms.BoundField:
        """The field for the level of one of the rule's options."""
        return self[f"{self._key(option)}-level"]

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.rule.parameters["evidence"] == "required":
            for name in [name for name in self.fields if name.endswith("-evidence")]:
                if cleaned.get(name.replace("-evidence", "-level")) and name in cleaned and not cleaned[name]:
                    self.add_error(name, _("Say in a sentence where you used it."))
        if cleaned.get(f"{_OTHER}-level") and f"{_OTHER}-name" in cleaned and not cleaned[f"{_OTHER}-name"]:
            self.add_error(f"{_OTHER}-name", _("Name the skill to which this level belongs."))
        return cleaned

    def given(self) -> dict:
        cleaned = self.cleaned_data
        named = [(option, self._key(option)) for option in self.rule.parameters["options"]]
        if cleaned.get(f"{_OTHER}-name"):
            named.append((cleaned[f"{_OTHER}-name"], _OTHER))
        return {
            "skills": [
                {"name": name, "level": cleaned[f"{key}-level"], "evidence": cleaned.get(f"{key}-evidence", "")}
                for name, key in named
                if cleaned.get(f"{key}-level")
            ]
        }


class SkillsParametersForm(forms.Form):
    options = LinesField(label=gettext_lazy("Skills"), help_text=gettext_lazy("One per line."))
    how_many = forms.IntegerField(
        label=gettext_lazy("How many of them"),
        min_value=1,
        max_value=50,
        initial=1,
        help_text=gettext_lazy("At this level or above."),
    )
    lowest = forms.ChoiceField(label=gettext_lazy("Lowest level"), choices=list(LEVELS.items()), initial="intermediate")
    other_allowed = forms.BooleanField(label=gettext_lazy("A skill that is not listed counts too"), required=False)
    evidence = forms.ChoiceField(
        label=gettext_lazy("Evidence text per skill"),
        choices=[
            ("optional", gettext_lazy("optional")),
            ("required", gettext_lazy("required")),
            ("none", gettext_lazy("not asked")),
        ],
    )

    def clean(self) -> dict:
        cleaned = super().clean()
        possible = len(cleaned.get("options", [])) + bool(cleaned.get("other_allowed"))
        if cleaned.get("options") and cleaned.get("how_many", 1) > possible:
            self.add_error("how_many", _("More than one can give: there are %(count)d.") % {"count": possible})
        return cleaned


class Skills(Kind):
    slug = "skills"
    label = gettext_lazy("skills")
    heading = gettext_lazy("Skills")
    ParametersForm = SkillsParametersForm
    AnswerForm = SkillsAnswerForm
    minutes = 2

    @property
    def asks(self) -> str:
        options = ", ".join(self.parameters["options"])
        if self.parameters["other_allowed"]:
            options = _("%(options)s or another like them") % {"options": options}
        sentence = ngettext(
            "at least one of %(options)s at ‘%(level)s’ or better",
            "at least %(count)d of %(options)s at ‘%(level)s’ or better",
            self.parameters["how_many"],
        )
        return sentence % {
            "count": self.parameters["how_many"],
            "options": options,
            "level": LEVELS[self.parameters["lowest"]],
        }

    def met(self, given: dict) -> bool:
        lowest = _RANK[self.parameters["lowest"]]
        enough = {skill["name"].casefold() for skill in given["skills"] if _RANK[skill["level"]] >= lowest}
        return len(enough) >= self.parameters["how_many"]

    def gave(self, given: dict) -> str:
        skills = [
            _("%(skill)s at ‘%(level)s’") % {"skill": s["name"], "level": LEVELS[s["level"]]} for s in given["skills"]
        ]
        return _("you gave %(skills)s") % {"skills": listed(skills)} if skills else _("you gave none")

    def lines(self, given: dict) -> list[str]:
        return [
            f"{skill['name']}: {LEVELS[skill['level']]}" + (f". {skill['evidence']}" if skill["evidence"] else "")
            for skill in given["skills"]
        ]

    def blind_lines(self, given: dict, hide: Callable[[str], str]) -> list[str]:
        def hidden(skill: dict) -> dict:
            # Recruiters wrote the options: “Julia” is a language, whoever knows it.
            name = skill["name"] if skill["name"] in self.parameters["options"] else hide(skill["name"])
            return {**skill, "name": name, "evidence": hide(skill["evidence"])}

        return self.lines({"skills": [hidden(skill) for skill in given["skills"]]})
