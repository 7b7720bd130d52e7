"""The kinds of requirement. A kind is code; what one program asks for is a row that names a kind and its parameters."""

from programs.kinds.base import UNMET, AnswerForm, Choices, Kind, Known, LenientForm, Verdict, topic
from programs.kinds.choice import Choice
from programs.kinds.confirmation import Confirmation
from programs.kinds.document import Document
from programs.kinds.link import Link
from programs.kinds.publications import Publications
from programs.kinds.skills import Skills
from programs.kinds.statement import Statement

__all__ = ["UNMET", "AnswerForm", "Choices", "Kind", "Known", "LenientForm", "Verdict", "choices", "get", "topic"]

_kinds: dict[str, type[Kind]] = {
    kind.slug: kind for kind in (Skills, Publications, Statement, Choice, Confirmation, Document, Link)
}
choices = [(kind.slug, kind.label) for kind in _kinds.values()]


def get(slug: str) -> type[Kind]:
    """The kind of that name; KeyError when there is none."""
    return _kinds[slug]
