"""What a résumé offers for the form: links, phone and skills found in its text. Nothing is filled in unless it is asked for."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from applications.about import MOST_LINKS
from applications.documents import text_of
from applications.form import ApplicationForm, Draft
from programs.kinds.skills import LEVELS

_LOWEST = next(iter(LEVELS))

_HOSTS = (
    r"github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|linkedin\.com|kaggle\.com|huggingface\.co|orcid\.org"
    r"|scholar\.google\.com|stackoverflow\.com|medium\.com|behance\.net|dribbble\.com|[\w-]+\.github\.io"
)
_LINK = re.compile(
    rf"https?://[^\s<>\"'()\[\]{{}}|•·]+|(?<![\w@./-])(?:www\.|(?:{_HOSTS})/)[^\s<>\"'()\[\]{{}}|•·,]+", re.I
)
_is_address = URLValidator(schemes=["http", "https"])

# A number that says of what country it is, or whose line says that it is a phone, or that is written as in North America.
_NUMBER = re.compile(r"(?<![\w.,/@#-])(?:\+|\(?)\d[\d \t().\-/]{5,24}\d(?![\w@/])")
_NAMED = re.compile(r"\b(?:phone|telephone|tel|mobile|mob|cell|call|whatsapp|handy|telefon|tél)\b", re.I)
_NORTH_AMERICAN = re.compile(r"\(?\d{3}\)?[ .-]?\d{3}[ .-]\d{4}")

# One letter, or a word that is English too, is a skill only where it stands in a list or on a line of its own.
_AMBIGUOUS = re.compile(r"\w|Go")
_LIST_BEFORE = r"(?:^|[,;:/|(•·–—-])[ \t]*|\b(?:and|or|in)[ \t]+"
_LIST_AFTER = r"[ \t]*(?:$|[,;/|)•·–—]|\.[ \t]*$|\(|(?:and|or)\b)"


@dataclass(frozen=True)
class Suggestion:
    """A value for an empty field. `key` names it on the page whatever the field; `found` is what the person reads."""

    key: str
    field: str
    label: str
    value: str
    found: str


def suggestions(text: str, form: ApplicationForm) -> list[Suggestion]:
    """What `text` has for the fields of `form` that are empty: phone, links, and the skills that its program names."""
    return [*_phone_for(text, form.about), *_links_for(text, form), *_skills_for(text, form)]


def add_suggestions(form: ApplicationForm) -> None:
    """Puts at each file of `form` what its text offers."""
    for section in form.requirements:
        if section.document:
            section.suggestions = suggestions(text_of(section.document), form)


def use(draft: Draft, offered: list[Suggestion], chosen: Collection[str]) -> tuple[Draft, list[str]]:
    """The draft with those suggestions whose key is among `chosen`, and what was filled in, in words."""
    taken = [suggestion for suggestion in offered if suggestion.key in chosen]
    filled = {suggestion.field: [suggestion.value] for suggestion in taken}
    return draft | filled, [f"{suggestion.label} ({suggestion.found})" for suggestion in taken]


def find_phone(text: str) -> str:
    """The first phone number in `text`, as it is written there; empty when there is none."""
    for line in text.splitlines():
        for match in _NUMBER.finditer(line):
            number = match[0].strip()
            digits = sum(sign.isdigit() for sign in number)
            is_told = number.startswith("+") or _NAMED.search(line[: match.start()])
            if 8 <= digits <= 15 and (is_told or _NORTH_AMERICAN.fullmatch(number)):
                return number
    return ""


def find_links(text: str) -> list[str]:
    """The web addresses in `text`, each once, in order; those without a scheme get https."""
    found = {}
    for match in _LINK.finditer(text):
        address = match[0].rstrip(".,;:!?")
        address = address if address.lower().startswith("http") else f"https://{address}"
        if len(address) <= 500 and _is_well_formed(address):
            found.setdefault(address.rstrip("/").lower(), address)
    return list(found.values())


def _is_well_formed(address: str) -> bool:
    try:
        _is_address(address)
        return bool(urlsplit(address).hostname)
    except (ValidationError, ValueError):
        return False


def has_skill(text: str, name: str) -> bool:
    """Whether `name` stands in `text` as a word of its own: “Java” is not in “JavaScript”, nor “C” in “C++”.

    Capitals don't matter, but in names of one or two letters and in those that are English words.
    """
    words = r"[\s-]+".join(re.escape(word) for word in name.split())
    if _AMBIGUOUS.fullmatch(name):
        return bool(re.search(rf"(?:{_LIST_BEFORE}){words}(?={_LIST_AFTER})", text, re.M))
    whole = rf"(?<![\w+#]){words}(?![\w+#]|\.\w)"
    return bool(re.search(whole, text, 0 if len(name) <= 2 else re.I))


def _is_empty(field: forms.BoundField) -> bool:
    return not (field.value() or "").strip()


def _phone_for(text: str, about: forms.Form) -> Iterator[Suggestion]:
    phone = find_phone(text) if _is_empty(about["phone"]) else ""
    if phone:
        yield Suggestion("phone", about["phone"].html_name, about["phone"].label, phone, phone)


def _links_for(text: str, form: ApplicationForm) -> Iterator[Suggestion]:
    links = find_links(text)
    for section in form.requirements:
        if section.requirement.kind == "link" and _is_empty(field := section.form["address"]):
            for link in [link for link in links if section.rule.met({"address": link})][:1]:
                links.remove(link)
                yield Suggestion(field.html_name, field.html_name, section.rule.title, link, link)
    fields = [form.about[f"link_{number}"] for number in range(1, MOST_LINKS + 1)]
    given = {(field.value() or "").strip() for field in fields}
    new = [link for link in links if link not in given]
    for link, field in zip(new, filter(_is_empty, fields), strict=False):
        yield Suggestion(f"link {link}", field.html_name, field.label, link, link)


def _skills_for(text: str, form: ApplicationForm) -> Iterator[Suggestion]:
    """A skill is offered at the lowest level: a text does not tell how well somebody does it."""
    for section in form.requirements:
        if section.requirement.kind == "skills":
            for option in section.rule.parameters["options"]:
                field = section.form.level_of(option)
                if _is_empty(field) and has_skill(text, option):
                    found = _("at ‘%(level)s’") % {"level": LEVELS[_LOWEST]}
                    yield Suggestion(field.html_name, field.html_name, option, _LOWEST, found)
