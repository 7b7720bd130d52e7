"""The placeholders in letters' words, and the plain substitution that replaces them.

Words are people's text: nothing in them is looked up, formatted or run. A name of the fixed set below in braces is
replaced by its value, in one pass, so that a value which looks like a placeholder stays as it is.
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@dataclass(frozen=True)
class Placeholder:
    """`kinds` are the letters in which it has a value; empty: in all."""

    meaning: Promise
    example: str | Promise
    kinds: frozenset[str] = frozenset()


_OFFERED = frozenset({"offer", "accept", "decline", "lapse"})
_TALK = frozenset({"interview"})
_all = gettext_lazy

PLACEHOLDERS = {
    "name": Placeholder(_all("the candidate, as they wrote their name"), "Ada Lovelace"),
    "program": Placeholder(_all("the program"), "Data Science"),
    "season": Placeholder(_all("the season"), _all("Summer 2027")),
    "reference": Placeholder(_all("the application's reference"), "K7QF-2MXD"),
    "link": Placeholder(_all("the address of the application's page"), "https://…/applications/K7QF-2MXD/"),
    "decide_by": Placeholder(_all("the day by which you promised to decide"), _all("1 March 2027")),
    "closes": Placeholder(_all("when the window closes"), _all("Friday 12 February 2027, 23:59 Pacific Time")),
    "contact": Placeholder(_all("the program's contact address"), "data@pinterns.example"),
    "office": Placeholder(_all("the office that is offered"), _all("Seattle"), _OFFERED),
    "start_date": Placeholder(_all("the first day"), _all("1 June 2027"), _OFFERED),
    "answer_by": Placeholder(_all("the last day to answer the offer"), _all("1 April 2027"), _OFFERED),
    "interview_when": Placeholder(
        _all("when the interview is, and how long"),
        _all("Monday 8 March 2027, 10:00 Pacific Time, 45 minutes"),
        _TALK,
    ),
    "interview_where": Placeholder(_all("where, or by which link"), "https://meet.example/pins", _TALK),
}
_KNOWN = re.compile("{(" + "|".join(PLACEHOLDERS) + ")}")
_IN_BRACES = re.compile(r"{([^{}]*)}")


def available(kind: str) -> dict[str, Placeholder]:
    """What may stand in the letter of that kind, by name."""
    return {name: found for name, found in PLACEHOLDERS.items() if not found.kinds or kind in found.kinds}


def fill(text: str, values: dict[str, str]) -> str:
    """`text` with every placeholder replaced by its value, verbatim; what is no placeholder stays as it is.

    Raises KeyError for a placeholder whose value was not given: a letter never leaves with a hole in it.
    """
    return _KNOWN.sub(lambda match: values[match[1]], text)


def problems(text: str, kind: str) -> list[str]:
    """What keeps `text` from being the words of the letter of that kind, a sentence each; empty when nothing does."""
    possible = available(kind)
    found = []
    for name in dict.fromkeys(_IN_BRACES.findall(text)):
        if name not in PLACEHOLDERS:
            found.append(_("“{%(name)s}” is no placeholder.") % {"name": name})
        elif name not in possible:
            found.append(_("“{%(name)s}” has no value in this letter.") % {"name": name})
    if re.search("[{}]", _IN_BRACES.sub("", text)):
        found.append(_("A brace stands alone. “{” and “}” are for placeholders only."))
    if found:
        names = ", ".join(f"{{{name}}}" for name in possible)
        found.append(_("Placeholders of this letter: %(names)s.") % {"names": names})
    return found


def missing(text: str, names: tuple[str, ...]) -> list[str]:
    """Those of `names` that do not stand in `text`."""
    given = set(_IN_BRACES.findall(text))
    return [name for name in names if name not in given]
