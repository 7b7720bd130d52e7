"""“Where do I qualify?”: what all programs ask, each question once, and how far the answers meet each program.

Answers are kept by topic (programs.kinds) in the visitor's own session, and nowhere else.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import groupby

from django import forms
from django.contrib.sessions.backends.base import SessionBase
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from programs import kinds, requirements
from programs.kinds import AnswerForm, Known, LenientForm
from programs.models import Program, Requirement, Window

# For how long the answers are kept after they were given: the machine may be one that others use, too.
KEPT_FOR = timedelta(days=1)
_KEY = "qualify"
_BY_STATE = [Window.State.OPEN, Window.State.SCHEDULED, Window.State.FULL, Window.State.CLOSED]


def recall(session: SessionBase, *, at: datetime) -> Known:
    """What this visitor has told, by topic. What is too old is forgotten."""
    kept = session.get(_KEY)
    if kept and at.timestamp() >= kept["until"]:
        forget(session)
        return {}
    return kept["known"] if kept else {}


def remember(session: SessionBase, known: Known, *, at: datetime) -> None:
    """Keeps `known` in place of what was told before, until KEPT_FOR after `at`."""
    session[_KEY] = {"known": known, "until": (at + KEPT_FOR).timestamp()}


def forget(session: SessionBase) -> None:
    """Keeps nothing any more."""
    session.pop(_KEY, None)


def _field_name(topic: str) -> str:
    """A topic holds any text, spaces included, which the id of a field can't."""
    return f"q-{sha256(topic.encode()).hexdigest()[:12]}"


@dataclass
class Group:
    """Questions under one heading, on the page below that of their kind."""

    kind: str
    kind_heading: str
    heading: str
    names: list[str]
    form: forms.Form

    @property
    def fields(self) -> list[forms.BoundField]:
        return [self.form[name] for name in self.names]


class Questions(LenientForm):
    """Everything that `programs` ask and that is judged by itself. What two programs ask is one question."""

    def __init__(self, programs: Iterable[Program], data: MultiValueDict, *, lenient: bool = False) -> None:
        super().__init__(data, lenient=lenient)
        self._rules = [requirement.rule for program in programs for requirement in program.active_requirements()]
        self._topics: dict[str, str] = {}
        self._groups: list[Group] = []
        for rule in self._rules:
            blank = rule.form(None)
            for heading, names in blank.questions():
                new = [self._add(blank, name) for name in names]
                group = Group(rule.slug, str(rule.heading), heading, [name for name in new if name], self)
                if group.names:
                    self._groups.append(group)

    @classmethod
    def answered(cls, programs: Iterable[Program], known: Known) -> "Questions":
        """The questions with what is known filled in."""
        data = MultiValueDict({_field_name(topic): texts for topic, texts in known.items()})
        return cls(programs, data, lenient=True)

    def _add(self, asked: AnswerForm, name: str) -> str:
        """Adds a question; returns its name, or nothing where it is asked already."""
        topic = asked.topics()[name]
        own = _field_name(topic)
        first, second = self.fields.get(own), asked.fields[name]
        self._topics[own] = topic
        if first is None:
            self.fields[own] = second
            return own
        if isinstance(first, forms.ChoiceField):
            # Where one program takes several answers and another one of them, several can be given.
            wider = second if isinstance(second, forms.MultipleChoiceField) else first
            wider.choices = _merged(list(first.choices), list(second.choices))
            self.fields[own] = wider
        return ""

    @property
    def parts(self) -> list[tuple[str, list[Group]]]:
        """The groups by the heading of their kind, in the order of kinds."""
        order = [slug for slug, _label in kinds.choices]
        groups = sorted(self._groups, key=lambda group: order.index(group.kind))
        return [(heading, list(found)) for heading, found in groupby(groups, lambda group: group.kind_heading)]

    def topics(self) -> dict[str, str]:
        return self._topics

    def clean(self) -> dict:
        """Has each rule look at its own part, so that half a publication is told here, at its field."""
        known = self.told()
        if not known:
            raise forms.ValidationError(_("Answer one question at least, and see where you fit."))
        for rule in self._rules:
            answered = rule.filled(known)
            topics = answered.topics()
            for name in _asked(answered) & answered.errors.keys():
                own = _field_name(topics[name])
                if own not in self.errors:
                    self.add_error(own, answered.errors[name])
        return super().clean()


def _asked(form: AnswerForm) -> set[str]:
    """The names of the fields that are asked here."""
    return {name for _heading, names in form.questions() for name in names}


def _merged(first: list, second: list) -> list:
    """Both lists of choices as one; what both have at the end (“another field”) stays there."""
    added = [choice for choice in second if choice not in first]
    return [*first[:-1], *added, first[-1]] if first[-1] == second[-1] else [*first, *added]


@dataclass
class Fit:
    """How far somebody meets a program: the runner's results, and what only the form asks."""

    program: Program
    window: Window | None
    state: str
    results: list[requirements.Result]
    later: list[Requirement] = field(default_factory=list)

    @property
    def met(self) -> list[requirements.Result]:
        return [result for result in self.results if result.verdict.met]

    @property
    def missing(self) -> list[requirements.Result]:
        """What is not met: the mandatory first."""
        unmet = [result for result in self.results if not result.verdict.met]
        return sorted(unmet, key=lambda result: not result.blocks)

    @property
    def qualifies(self) -> bool:
        """Whether nothing that is needed is missing, of what can be asked before the form."""
        return not any(result.blocks for result in self.results)

    @property
    def _order(self) -> tuple:
        needed = [result for result in self.results if result.requirement.mandatory]
        share = sum(result.verdict.met for result in needed) / len(needed) if needed else 1
        return -share, -len(self.met), _BY_STATE.index(self.state)


def fits(programs: Iterable[Program], known: Known, *, at: datetime) -> list[Fit]:
    """How `known` meets each of `programs`: the best fit first; of equal ones those that are open at the instant `at`."""
    return sorted((_fit(program, known, at) for program in programs), key=lambda fit: fit._order)


def _fit(program: Program, known: Known, at: datetime) -> Fit:
    given, later = {}, []
    for requirement in program.active_requirements():
        form = requirement.rule.filled(known)
        asked = _asked(form)
        if asked and not asked & form.errors.keys():
            given[requirement.pk] = form.given()
        else:
            later.append(requirement)
    window = program.window_at(at)
    state = window.state(at) if window else Window.State.CLOSED
    return Fit(program, window, state, requirements.check(program.active_requirements(), given), later)
