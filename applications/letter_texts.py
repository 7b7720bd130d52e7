"""What letters say: a program's words, or the standard ones, with their placeholders filled. One function composes them
all; recruiters see a letter before it goes, and may change its words.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.statements import Statement
from applications.models import Application, Interview, LetterTemplate, Offer
from applications.placeholders import PLACEHOLDERS, fill
from applications.standard_letters import KINDS
from applications.workflow import TRANSITIONS, Actor
from letters.models import Letter
from letters.services import new_letter, one_line
from programs.models import Office, Program, Window
from programs.times import day, when

_OWN_WORDS = Statement(lambda program: LetterTemplate.objects.filter(program=program))
# Decisions can be taken back: their letters wait a little. What a candidate did, and the calendar, is told at once.
_DECISIONS = {row.action for row in TRANSITIONS if row.actor == Actor.RECRUITER and row.writes}
_ANSWERS_TO_AN_OFFER = ("accept", "decline", "lapse")
WORDS_CHANGED = _lazy(
    "The words of these letters have changed since you saw them. Nothing was done; read them as they are now."
)


@dataclass(frozen=True)
class LetterText:
    subject: str
    body: str


@dataclass(frozen=True)
class OfferTerms:
    """What is offered: `answer_by` is the last day, in the office's time zone."""

    office: Office
    start_date: date
    answer_by: date


@dataclass(frozen=True)
class InterviewTerms:
    """When and where one talks: `starts_at` is an instant, announced in `time_zone`; a place, a link, or both."""

    starts_at: datetime
    time_zone: str
    minutes: int
    place: str = ""
    link: str = ""


def words_of(program: Program, kind: str) -> LetterText:
    """The words with their placeholders: the program's own, else the standard ones. KeyError for an unknown kind."""
    standard = KINDS[kind]
    templates = program.own_words if hasattr(program, "own_words") else _OWN_WORDS.rows(program.pk)
    own = next((template for template in templates if template.kind == kind), None)
    return LetterText(own.subject, own.body) if own else LetterText(str(standard.subject), standard.body)


def own_words_of(applications: str = "") -> Prefetch:
    """To prefetch with many applications, or with what has them under that name: it saves compose() a query for each."""
    path = f"{applications}__window" if applications else "window"
    return Prefetch(f"{path}__program__letter_templates", to_attr="own_words")


def words_mark(letters: Iterable[tuple[int, str]]) -> str:
    """Tells the words of these letters, by program's id and kind, from any others: a mark for each, in one line.

    A page that shows letters carries it, so that words which were changed meanwhile don't go out unseen (was_seen).
    """
    wanted = set(letters)
    marks = dict.fromkeys(wanted, "standard")
    own = LetterTemplate.objects.filter(program__in={program for program, _kind in wanted})
    for program, kind, *words in own.values_list("program", "kind", "subject", "body"):
        if (program, kind) in wanted:
            marks[program, kind] = sha256(repr(words).encode()).hexdigest()
    return " ".join(sorted(f"{program}-{kind}-{mark}" for (program, kind), mark in marks.items()))


def was_seen(mark: str, *, seen: str) -> bool:
    """Whether the words that `mark` tells were all among those on the page that carried `seen`."""
    return set(mark.split()) <= set(seen.split())


def compose(
    application: Application,
    kind: str,
    *,
    name: str = "",
    terms: OfferTerms | None = None,
    interview: InterviewTerms | None = None,
) -> LetterText:
    """The letter of that kind, named after the transition that it tells of ("receipt" for the first sending).

    `name` is how the candidate is addressed, their sent name when empty. Raises KeyError for an unknown kind.
    """
    if terms is None and kind in _ANSWERS_TO_AN_OFFER:
        terms = getattr(application, "offer", None)
    facts = _facts(application, name=name) | _terms_facts(terms) | _interview_facts(interview)
    return filled(words_of(application.program, kind), facts)


def filled(words: LetterText, values: dict[str, str]) -> LetterText:
    """The letter that `words` become with these values by placeholder's name."""
    return LetterText(one_line(fill(words.subject, values)), fill(words.body, values).rstrip() + "\n")


def sample_facts(program: Program, *, at: datetime, application: Application | None = None) -> dict[str, str]:
    """A value for every placeholder, to preview words with: of `application`, else of somebody made up.

    at: the time (aware) that tells which window of the program to speak of.
    """
    values = {name: str(found.example) for name, found in PLACEHOLDERS.items()}
    values["link"] = _address(values["reference"])
    if application:
        told = values | _facts(application) | _terms_facts(getattr(application, "offer", None))
        interview = getattr(application, "interview", None)
        return told | _interview_facts(interview) if interview else told
    window = program.window_at(at)
    return values | _program_facts(program) | (_window_facts(window) if window else {})


def _facts(application: Application, *, name: str = "") -> dict[str, str]:
    return {
        "name": name or application.full_name or application.candidate.name or _("candidate"),
        "reference": application.reference,
        "link": _address(application.reference),
        **_program_facts(application.program),
        **_window_facts(application.window),
    }


def _address(reference: str) -> str:
    return settings.SITE_URL + reverse("application", args=[reference])


def _terms_facts(terms: OfferTerms | Offer | None) -> dict[str, str]:
    if terms is None:
        return {}
    return {"office": terms.office.name, "start_date": day(terms.start_date), "answer_by": day(terms.answer_by)}


def _interview_facts(terms: InterviewTerms | Interview | None) -> dict[str, str]:
    if terms is None:
        return dict.fromkeys(("interview_when", "interview_where"), _("to be agreed"))
    return {
        "interview_when": _("%(time)s, %(minutes)d minutes")
        % {"time": when(terms.starts_at, ZoneInfo(terms.time_zone)), "minutes": terms.minutes},
        "interview_where": ", ".join(filter(None, [terms.place, terms.link])),
    }


def _program_facts(program: Program) -> dict[str, str]:
    return {"program": program.name, "contact": program.contact_email}


def _window_facts(window: Window) -> dict[str, str]:
    return {
        "season": window.season,
        "decide_by": day(window.decide_by),
        "closes": when(window.closes_at, window.zone),
    }


def write(application: Application, kind: str, **facts: Any) -> Letter:
    """Writes a letter to the candidate in the caller's transaction; the arguments are those of new()."""
    letter = new(application, kind, **facts)
    letter.save(force_insert=True)
    return letter


def new(
    application: Application,
    kind: str,
    *,
    at: datetime,
    text: LetterText | None = None,
    name: str = "",
    terms: OfferTerms | None = None,
    interview: InterviewTerms | None = None,
) -> Letter:
    """A letter to the candidate that is not saved yet: `text` where somebody changed the words, else compose().

    A decision's letter leaves settings.LETTER_DELAY_MINUTES after `at`, any other at once.
    Raises ValidationError when the candidate's address is none.
    """
    text = text or compose(application, kind, name=name, terms=terms, interview=interview)
    delay = timedelta(minutes=settings.LETTER_DELAY_MINUTES if kind in _DECISIONS else 0)
    return new_letter(
        to=application.candidate.email,
        addressee=application.candidate,
        subject=text.subject,
        body=text.body,
        about=application.reference,
        kind=kind,
        reply_to=application.program.contact_email,
        at=at,
        send_after=at + delay,
    )
