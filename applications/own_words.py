"""A program's own words for its letters: what they must hold, and who may have changed them meanwhile."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from applications.letter_texts import LetterText
from applications.models import LetterTemplate, PreparedDecision
from applications.placeholders import missing, problems
from applications.standard_letters import KINDS
from programs.models import Program


class ChangedMeanwhile(Exception):
    """Somebody else changed these words since the page was made; `template` is theirs, None when they dropped it."""

    def __init__(self, template: LetterTemplate | None) -> None:
        super().__init__()
        self.template = template


def faults(words: LetterText, kind: str) -> dict[str, list[str]]:
    """What keeps `words` from being that kind's letter: sentences by field, nothing when it can be saved."""
    found = {"subject": problems(words.subject, kind), "body": problems(words.body, kind)}
    if lacking := missing(words.body, KINDS[kind].needed):
        names = ", ".join(f"{{{name}}}" for name in lacking)
        found["body"].append(_("This letter needs %(names)s: without that nobody could act on it.") % {"names": names})
    return {field: sentences for field, sentences in found.items() if sentences}


class BeingApplied(Exception):
    """Decisions that were read with the present words are on their way; str() says so."""


@transaction.atomic
def save_words(*, program: Program, kind: str, words: LetterText, by: User, seen: datetime | None) -> LetterTemplate:
    """Gives the program's letters of that kind these words, from the next letter on; what is written keeps its own.

    `seen` is when the words on the page were last changed, None for the standard ones.
    Raises ValidationError by field for words with faults(), ChangedMeanwhile when they are no longer what was seen, and
    BeingApplied while the worker writes letters that a recruiter read and approved with the words of before.
    """
    if found := faults(words, kind):
        raise ValidationError(found)
    current = _locked(program, kind, seen)
    template = current or LetterTemplate(program=program, kind=kind)
    template.subject, template.body, template.changed_by = words.subject, words.body, by
    template.save()
    return template


@transaction.atomic
def drop_words(*, program: Program, kind: str, seen: datetime | None) -> None:
    """Goes back to the standard words. Raises ChangedMeanwhile and BeingApplied as save_words() does."""
    if current := _locked(program, kind, seen):
        current.delete()


def _locked(program: Program, kind: str, seen: datetime | None) -> LetterTemplate | None:
    """The program's words as they are now; one writer at a time, the first of them too."""
    Program.objects.select_for_update().get(pk=program.pk)
    current = program.letter_templates.select_related("changed_by").filter(kind=kind).first()
    if (current and current.changed_at) != seen:
        raise ChangedMeanwhile(current)
    under_way = PreparedDecision.objects.approved().filter(application__window__program=program, subject="")
    if under_way.filter(action=kind).exists():
        raise BeingApplied(
            _("Letters with these words are being written at this moment. Change them when those decisions are done.")
        )
    return current
