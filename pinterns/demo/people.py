"""Who applies in the demo: names put together by chance from many places. Nobody of them exists."""

import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from django.utils.text import slugify

# Letters that do not come apart into one of the alphabet and a mark.
_PLAIN = str.maketrans({"đ": "d", "ð": "d", "ł": "l", "ø": "o", "æ": "ae", "þ": "th", "ß": "ss", "ı": "i", "ə": "e"})
_HOSTS = ("example.org", "example.com", "example.net", "mail.example.org", "students.example.edu")  # reserved, all


@dataclass(frozen=True)
class Person:
    """Somebody with a name as they write it, an address that nobody has, and the spelling of their links.

    `native` is the name in the script of its language where that is not the Latin one.
    """

    name: str
    email: str
    handle: str
    native: str = ""


def people(seed: int, count: int) -> Iterator[Person]:
    """`count` people, each with an address of their own; the same ones for the same seed. In bounded memory."""
    rng = Random(f"people {seed}")
    met: Counter[str] = Counter()
    for _number in range(count):
        culture = rng.choice(_cultures())
        given, family = (rng.choice(culture[part]) for part in ("given", "family"))
        name = f"{given[0]} {family[0]}"
        handle = slugify(name.lower().translate(_PLAIN).replace("’", "").replace("ʻ", ""))
        met[handle] += 1
        if met[handle] > 1:
            handle += f"-{met[handle]}"
        email = f"{handle.replace('-', rng.choice('.-_'), 1)}@{rng.choice(_HOSTS)}"
        native = _native(culture, given[1], family[1])
        if native and rng.random() < 0.3:
            name = f"{name} ({native})"
        yield Person(name, email, handle, native)


@cache
def _cultures() -> list[dict]:
    """Every culture of names.toml, its names as pairs of Latin and native writing (empty where they are the same)."""
    cultures = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8")).values()
    return [{**culture, **{part: _pairs(culture[part]) for part in ("given", "family")}} for culture in cultures]


def _pairs(names: str) -> list[tuple[str, str]]:
    pairs = (unicodedata.normalize("NFC", name).replace("_", " ").partition("=") for name in names.split())
    return [(latin, native) for latin, _separator, native in pairs]


def _native(culture: dict, given: str, family: str) -> str:
    if not given or not family:
        return ""
    parts = (family, given) if culture.get("family_first") else (given, family)
    return ("" if culture.get("joined") else " ").join(parts)
