"""What tells who somebody is, found and hidden in a text: their name, addresses, numbers, links.

Pure Python without Django: the process that draws the pages of files (`inspect_file.py`) loads it too, so what is hidden
in an answer and what is blacked out in a picture is one rule.

It hides rather too much than too little, and is best effort all the same: nobody is named by their name alone. Names
that are everyday words as well (“Will”, “May”, “de”) are hidden where they are capitalised, all others in any case.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise, permutations

from applications.plain_words import EVERYDAY, FILE_ENDS, GENERIC, TOP_LEVEL

BLOCK = "▇▇▇▇"  # of one length, so that it does not tell how long the name is

# Scripts that put no space between words, and Hangul, whose particles follow at once.
_JOINED_UP = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_UNSPACED = re.compile(f"[{_JOINED_UP}]+")
# Vowel signs of Indic and South-East Asian scripts are parts of words, but not of Python's \w.
_SIGNS = "".join(chr(code) for code in range(0x900, 0x1B00) if unicodedata.category(chr(code))[0] == "M")
_LETTER = rf"(?:[^\W\d_]|[{_SIGNS}])"
_BEFORE = rf"(?<![^\W\d_{_JOINED_UP}])(?<![{_SIGNS}])"
_AFTER = rf"(?![^\W\d_{_JOINED_UP}]|[{_SIGNS}])"
_WORD = re.compile(rf"{_LETTER}+")
_LITTLE = re.compile(r"[ \t._-]{0,2}")
_GAP, _APART = r"[\W_]{0,3}", r"\s{1,3}"
_LATIN = re.compile(r"[a-z]+")

# Letters that do not come apart into one of the alphabet and a mark.
_PLAIN = str.maketrans(
    {"đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE"}
    | {"œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH", "ß": "ss", "ẞ": "SS", "ı": "i", "ə": "e", "Ə": "E", "ħ": "h"}
)
# What is written so where a keyboard has no such letter.
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "å": "aa", "Å": "Aa"})
# What is not seen: PDFium's sign for a hyphen at the end of a line, and the stroke that stretches Arabic words.
_UNSEEN = "\x02\ufffe\u0640"
_BROKEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011][ \t]*\r?\n[ \t]*(?=[^\W\d_])")

_REST = r"[^\s\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3]"  # of an address: to the next space or Chinese, Japanese, Korean text
_OPEN, _SHUT = r"\s?[\[({<]\s?", r"\s?[\])}>]\s?"
_AT = rf"(?:{_OPEN}(?:at|@|arroba|arobase){_SHUT}|\s(?:at|arroba)\s(?=[\w-]+\s(?:dot|punto)\s))"
_DOT = rf"(?:\.|{_OPEN}(?:dot|punkt|punto|point|\.){_SHUT}|\s(?:dot|punto)\s)"
_ADDRESSES = re.compile(
    "|".join(
        (
            rf"(?<![\w.+%'’-])[\w.+%'’-]++(?:@{_REST}+|\s?@\s?[\w-]+(?:\.[\w-]+)+|{_AT}[\w-]+(?:{_DOT}[\w-]+)*)",
            rf"(?<![\w.@])@\w{_REST}+",
            rf"(?<![a-z\d])(?:(?:https?|hxxps?|ftp)\s?:\s?/{{0,2}}\s?|(?:mailto|tel|skype|callto):\s?){_REST}+",
            rf"(?<![a-z\d])www\.{_REST}+",
            rf"(?:\bdoi\b\s?:?\s?)?(?<!\d)10\.\d{{4,9}}\s?/\s?{_REST}+",
            r"\barxiv\b\s?:?\s?\d{4}\.\d{4,5}(?:v\d+)?",
            r"(?<!\d)\d{4}-\d{4}-\d{4}-\d{3}[\dx](?!\w)",  # ORCID
        )
    )
)
_HOST = re.compile(rf"(?<![\w@.-])((?:[\w-]++\.)+)([^\W\d_]{{2,24}})(?![\w-])([:/?#]{_REST}*)?")
_NUMBER = re.compile(r"(?<![\w.,])(?:\+\s?)?\(?\d[\d\s().\-/\u2010-\u2015]{5,40}\d(?![\w,])")
_LATIN_LETTERS = "a-zA-Z\u00aa-\u02ff\u1d00-\u1eff\ua720-\ua7ff"
_OTHER = rf"(?:[^\W\d_{_LATIN_LETTERS}]|[{_SIGNS}])"
_OTHER_SCRIPT = re.compile(rf"{_OTHER}{{2,}}(?:[\s·・.’'-]?{_OTHER}+)*")
_YEAR = re.compile(r"(?:19|20)\d\d")


class Redaction:
    """The rules for one person, made from what is known of them."""

    def __init__(self, *, name: str = "", email: str = "", phone: str = "", links: Iterable[str] = ()) -> None:
        name = unicodedata.normalize("NFC", name)
        plain, spelt_out = _words(name), _words(name.translate(_SPELT_OUT))
        spellings = [plain] if spelt_out == plain else [plain, spelt_out]
        self._name = _compiled(form for words in spellings for form in _name_forms(words))
        self._capitalised = _compiled(_capitalised(word) for word in plain if word in EVERYDAY)
        self._others = _compiled([*_handles(email, links), *_phone(phone), *_literally(links)])

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where in `text` something tells who they are: (start, end), in order, none touching another."""
        found = []
        for shown, folded, origins in _readings(text):
            for start, end in self._found(shown, folded):
                found.append((origins[start], origins[end - 1] + 1))
        return _merged(found, text)

    def hide(self, text: str) -> str:
        """`text` with a block in the place of each span."""
        parts, place = [], 0
        for start, end in self.spans(text):
            parts += [text[place:start], BLOCK]
            place = end
        return "".join([*parts, text[place:]])

    def is_named_in(self, text: str) -> bool:
        """Whether `text` has their name, or a part of it."""
        return any(
            self._name.search(folded) or self._capitalised.search(shown) for shown, folded, _origins in _readings(text)
        )

    def _found(self, shown: str, folded: str) -> Iterator[tuple[int, int]]:
        for pattern, where in ((self._name, folded), (self._others, folded), (self._capitalised, shown)):
            yield from _overlapping(pattern, where)
        yield from (match.span() for match in _ADDRESSES.finditer(folded))
        yield from (match.span() for match in _HOST.finditer(folded) if _is_host(match, shown))
        yield from (match.span() for match in _NUMBER.finditer(folded) if _is_phone(match[0]))
        yield from _in_other_scripts(shown)


# --- How a text is read ---


def _readings(text: str) -> Iterator[tuple[str, str, list[int]]]:
    """The text as its letters alone, in one case and as it is, with the place of each in `text`.

    Where words are broken at the ends of lines, or WrittenLikeThis, once more with them mended or parted.
    """
    shown, folded, origins = _read(text)
    yield shown, folded, origins
    if broken := {place for match in _BROKEN.finditer(text) for place in range(*match.span())}:
        yield _read(text, without=broken)
    if humps := [n for n in range(1, len(shown)) if shown[n].isupper() and shown[n - 1].islower()]:
        parts = list(zip([0, *humps], [*humps, len(shown)], strict=True))
        yield (
            "\x1f".join(shown[start:end] for start, end in parts),
            "\x1f".join(folded[start:end] for start, end in parts),
            [place for start, end in parts for place in [*origins[start:end], origins[end - 1]]][:-1],
        )


def _read(text: str, *, without: frozenset[int] | set[int] = frozenset()) -> tuple[str, str, list[int]]:
    if text.isascii() and not without and not any(unseen in text for unseen in _UNSEEN):
        return text, text.lower(), list(range(len(text)))  # letter by letter below, it would become the same
    shown, folded, origins = [], [], []
    for place, character in enumerate(text):
        if place not in without:
            for one, low in _letters(character):
                shown.append(one)
                folded.append(low)
                origins.append(place)
    return "".join(shown), "".join(folded), origins


@lru_cache(maxsize=4096)
def _letters(character: str) -> tuple[tuple[str, str], ...]:
    """What is seen of a character: (as it is, in lower case), without marks, ligatures and other widths taken apart."""
    if character in _UNSEEN or unicodedata.category(character) == "Cf":
        return ()
    if "가" <= character <= "힣":
        return ((character, character),)
    if character.isdigit():
        digit = str(unicodedata.digit(character))
        return ((digit, digit),)
    apart = unicodedata.normalize("NFKD", character).translate(_PLAIN)
    seen = [one for one in apart if not unicodedata.combining(one)]
    return tuple((one, low if len(low := one.casefold()) == 1 else one) for one in seen)


def _overlapping(pattern: re.Pattern, text: str) -> Iterator[tuple[int, int]]:
    """Every place at which `pattern` fits: where a name is written twice, each must be found whole."""
    place = 0
    while match := pattern.search(text, place):
        yield match.span()
        place = match.start() + 1


def _merged(spans: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Spans that overlap, or have little more than a space between them, are one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and (start <= merged[-1][1] or _LITTLE.fullmatch(text, merged[-1][1], start)):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


# --- What is looked for ---


def _compiled(forms: Iterable[str]) -> re.Pattern:
    """Any of the forms, the first that fits; nothing when there are none."""
    return re.compile("|".join(dict.fromkeys(forms)) or r"(?!)")


def _words(name: str) -> list[str]:
    """The words of a name; more than twelve are nobody's."""
    words = dict.fromkeys(_WORD.findall(_read(name)[1]))
    bare = [word.removeprefix("ال") for word in words if word.startswith("ال") and len(word) > 4]  # “the”, in Arabic
    return [*words, *bare][:12]


def _name_forms(words: list[str]) -> Iterator[str]:
    orders = permutations(words) if len(words) < 4 else (words, words[::-1])
    for row in (*orders, *pairwise(words), *pairwise(words[::-1])):
        if not EVERYDAY.issuperset(row):
            yield from _joined(row)
    initials = f"[{''.join(sorted({re.escape(word[0]) for word in words}))}]"
    for word in words:
        if _UNSPACED.fullmatch(word):
            yield from map(re.escape, _unspaced(word))
        elif len(word) > 1 and word not in EVERYDAY:
            yield _word(word, initials)


def _word(word: str, initials: str) -> str:
    """One word of a name: alone, with initials before or after, or with its letters set apart."""
    letters = re.escape(word)
    if len(word) > 2:
        letters = rf"(?:{letters}|{_APART.join(map(re.escape, word))})"
    if not _LATIN.fullmatch(word) and len(word) > 3:  # most of these languages inflect names, at either end
        stem = re.escape(word[:-1] if len(word) > 4 else word)
        letters = rf"(?:{letters}|{_OTHER}{{0,2}}{stem}{_OTHER}{{0,3}})"
    after = rf"(?:{initials}(?={_AFTER})|(?:,?\W{{0,2}}{initials}\.){{1,3}})?" if len(word) > 2 else ""
    return rf"{_BEFORE}(?:{initials}\W{{0,2}}){{0,3}}{letters}{after}{_AFTER}"


def _joined(words: Iterable[str]) -> Iterator[str]:
    """Words of a name in a row, with or without something in between, as in addresses."""
    words = list(words)
    length = sum(map(len, words))
    form = _GAP.join(map(re.escape, words))
    if len(words) < 2:
        return
    if length > 7:
        yield _GAP.join(r"\s?".join(map(re.escape, word)) for word in words) + r"(?:[\d_]+)?"
    elif length > 3:
        yield rf"{_BEFORE}{form}{_AFTER}"
    elif all(_UNSPACED.fullmatch(word) for word in words):
        yield form


def _unspaced(word: str) -> list[str]:
    """A name whose parts no space tells apart, and the part that people are called by."""
    given = {3: [word[1:]], 4: [word[:2], word[2:]]}.get(len(word), [])
    return [word, *given] if len(word) > 1 else []


def _capitalised(word: str) -> str:
    return (
        rf"{_BEFORE}(?:{re.escape(word.capitalize())}|{re.escape(word.upper())}){_AFTER}" if len(word) > 1 else "(?!)"
    )


def _handles(email: str, links: Iterable[str]) -> Iterator[str]:
    """What people are called in their own addresses: before the @, and where profiles have the name."""
    names = [email.partition("@")[0]]
    for link in links:
        host, *path = [part for part in re.sub(r"^\w+://", "", link).split("/") if part] or [""]
        names += [part for part in path if part.casefold().strip("@~") not in GENERIC and len(part) > 2][:1]
        names += host.split(".")[:1] if host.count(".") == 2 and not host.startswith("www.") else []
    for name in names:
        pieces = re.findall(r"[^\W_]+", _read(name)[1])
        whole = "".join(pieces)
        if len(whole) > 3 and not whole.isdigit() and whole not in GENERIC and whole not in EVERYDAY:
            yield rf"(?<![^\W_]){_GAP.join(map(re.escape, pieces))}(?![^\W_])"


def _literally(links: Iterable[str]) -> Iterator[str]:
    """Links as they were given, whatever they look like."""
    return (re.escape(_read(link)[1]) for link in links if len(link) > 3)


def _phone(phone: str) -> Iterator[str]:
    """Their own number, with or without the code of the country, however it is grouped."""
    digits = re.findall(r"\d", _read(phone)[1])
    if len(digits) > 6:
        first, last = digits[:-7], digits[-7:]
        yield rf"\+?(?:{_GAP.join([*first, ''])})?{_GAP.join(last)}(?!\d)"
        if len(first) > 1:
            yield rf"(?<!\d)(?:0{_GAP})?{_GAP.join([*first[-3:], *last])}(?!\d)"


def _in_other_scripts(shown: str) -> list[tuple[int, int]]:
    """Words in another script within a text in Latin letters: more often than not the name as it is written at home."""
    spans = [match.span() for match in _OTHER_SCRIPT.finditer(shown)]
    others = sum(end - start for start, end in spans)
    return spans if spans and others * 3 < sum(map(str.isalpha, shown)) else []


def _is_host(match: re.Match, shown: str) -> bool:
    """Whether words with dots between them are an address, not a file, a tool or two sentences."""
    labels, end, path = match[1], match[2], match[3]
    if end in FILE_ENDS and not (end == "net" and labels not in ("asp.", "vb.", "ml.", "ado.")):
        return False
    if shown[match.start(2)].isupper() and not shown[match.start(1) : match.end(2)].isupper():
        return False  # “Done.So” is the end of a sentence
    if path or end in TOP_LEVEL:
        return True
    return len(end) == 2 and len(labels.rstrip(".").rpartition(".")[2]) > 2


def _is_phone(number: str) -> bool:
    """Whether digits may be a telephone number, not years, dates or a round amount."""
    groups = re.findall(r"\d+", number)
    digits = "".join(groups)
    if len(digits) < 7:
        return False
    is_date = any(map(_YEAR.fullmatch, groups)) and all(_YEAR.fullmatch(one) or int(one) <= 31 for one in groups)
    is_amount = digits.endswith("000") and all(len(group) == 3 for group in groups[1:])
    return number.startswith("+") or not (is_date or is_amount)
