"""What the people of the demo answer: believable drafts, as a browser would have posted them."""

import tomllib
from functools import cache
from pathlib import Path
from random import Random

from applications.about import AUTHORISATION
from applications.form import ApplicationForm, Draft, Section
from programs.kinds.skills import LEVELS
from programs.models import Window

Posted = dict[str, str]


@cache
def _texts() -> dict:
    return tomllib.loads(Path(__file__).with_name("answers.toml").read_text(encoding="utf-8"))


def write_draft(window: Window, *, name: str, handle: str, rng: Random, complete: bool = True) -> Draft:
    """A draft for `window` by somebody of that name; `handle` is how their links spell it.

    Complete, it meets every mandatory requirement, and most of the preferred ones. Otherwise it stops somewhere.
    """
    form = ApplicationForm(window=window, draft={})
    parts = [_about(form, name, handle, rng), _offices(form, rng)]
    parts += [_section(section, handle, rng) for section in form.requirements]
    parts = (
        [*parts, dict.fromkeys(form.consent.posted_names(), "on")]
        if complete
        else parts[: rng.randrange(1, len(parts))]
    )
    return form.select({key: [value] for part in parts for key, value in part.items()})


def _about(form: ApplicationForm, name: str, handle: str, rng: Random) -> Posted:
    answers = {"full_name": name}
    if rng.random() < 0.6:
        answers["phone"] = f"+1 {rng.choice((415, 206, 312, 646, 416))} 555 {rng.randrange(100, 200):04}"  # fictitious
    if rng.random() < 0.5:
        answers["link_1"] = rng.choice(_texts()["links"]["profile"]).format(handle=handle)
    return {form.about.add_prefix(key): value for key, value in answers.items()}


def _offices(form: ApplicationForm, rng: Random) -> Posted:
    offices = form.offices
    chosen = rng.sample(list(offices.offices), min(rng.choice((1, 2, 2, 3)), len(offices.offices)))
    answers = dict(zip(offices.ranks, chosen, strict=False))
    for code in sorted({str(offices.offices[pk].country) for pk in chosen}):
        answers[f"work_{code}"] = rng.choices(list(AUTHORISATION), (6, 3, 1))[0]
    return {offices.add_prefix(key): value for key, value in answers.items()}


def _section(section: Section, handle: str, rng: Random) -> Posted:
    """The answer to one requirement: good enough where it is mandatory, mostly so where it is preferred."""
    good = section.mandatory or rng.random() < 0.8
    answers = _WRITERS[section.requirement.kind](section, handle, good, rng)
    return {section.form.add_prefix(key): value for key, value in answers.items()}


def _skills(section: Section, handle: str, good: bool, rng: Random) -> Posted:
    rule = section.rule.parameters
    levels = list(LEVELS)
    enough = levels.index(rule["lowest"]) if good else 0
    fields = section.form.fields
    keys = {str(fields[name].label): name.removesuffix("-level") for name in fields if name.endswith("-level")}
    answers = {}
    named = rng.sample(rule["options"], min(len(rule["options"]), rule["how_many"] + rng.randrange(2)))
    for option in sorted(named, key=rule["options"].index):
        key = keys[option]
        answers[f"{key}-level"] = rng.choice(levels[enough:] if good else levels[:1])
        texts = _texts()["evidence"]
        if rng.random() < 0.8:
            answers[f"{key}-evidence"] = rng.choice(texts.get(option, texts["general"]))
    others = _texts()["others"].get(section.requirement.title, [])
    if rule["other_allowed"] and others and rng.random() < 0.3:
        answers |= {"other-name": rng.choice(others), "other-level": rng.choice(levels)}
    return answers


def _publications(section: Section, handle: str, good: bool, rng: Random) -> Posted:
    rows = rng.sample(_texts()["publications"], section.rule.parameters["how_many"] + rng.choice((0, 0, 1, 2)))
    answers = {"rows-count": str(len(rows))}
    for number, row in enumerate(rows):
        answers |= {f"{number}-{part}": row[part] for part in ("title", "venue", "field")}
        answers[f"{number}-year"] = str(rng.randrange(2022, 2026))
        answers[f"{number}-link"] = f"10.5555/{rng.randrange(10**6, 10**7)}"  # a prefix that resolves nowhere
    return answers


def _statement(section: Section, handle: str, good: bool, rng: Random) -> Posted:
    texts = _texts()
    parts = texts["statements"].get(section.requirement.title)
    return {"text": " ".join(map(rng.choice, parts)) if good and parts else rng.choice(texts["short"]["all"])}


def _choice(section: Section, handle: str, good: bool, rng: Random) -> Posted:
    rule = section.rule.parameters
    return {"chosen": rng.choice((good and rule["qualifying"]) or rule["options"])}


def _confirmation(section: Section, handle: str, good: bool, rng: Random) -> Posted:
    return {"agreed": "on"} if good else {}


def _document(section: Section, handle: str, good: bool, rng: Random) -> Posted:
    return {}  # a file is no text: it is uploaded


def _link(section: Section, handle: str, good: bool, rng: Random) -> Posted:
    return {"address": rng.choice(_texts()["links"]["work"]).format(handle=handle)} if good else {}


_WRITERS = {
    "skills": _skills,
    "publications": _publications,
    "statement": _statement,
    "choice": _choice,
    "confirmation": _confirmation,
    "document": _document,
    "link": _link,
}
