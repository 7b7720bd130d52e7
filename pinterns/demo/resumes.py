"""Small résumés in PDF for the people of the demo, in three layouts. The same bytes for the same person and chance."""

import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random

from django.utils.text import slugify
from fontTools.ttLib import TTFont
from fpdf import FPDF

from pinterns.demo.people import Person

# A section is a title and lines. A line with a tab is a heading of an entry and its years; one that begins with
# "- " is a point.
Section = tuple[str, list[str]]

FONTS = Path(__file__).parent / "fonts"
# Tried in this order for a name in another script than the Latin, Greek and Cyrillic ones.
NATIVE_FONTS = ("NotoSansKR-names.otf", "NotoSansJP-names.otf", "NotoSansSC-names.otf")
INK, QUIET = (29, 26, 22), (96, 90, 82)
COLOURS = ((140, 38, 34), (25, 74, 110), (34, 92, 70), (92, 50, 110), (120, 76, 10), (54, 62, 74))
BODY = 10.5  # points
WIDTH, HEIGHT, MARGIN = 216, 279, 18  # millimetres; Letter
MADE = datetime(2026, 9, 1, tzinfo=UTC)  # a fixed date, so that the same résumé is the same file
LAST_YEAR = MADE.year


def resume(person: Person, *, program: str, rng: Random) -> bytes:
    """A résumé of one page, or two, of somebody who applies to the program of that name."""
    texts = _texts()
    subject = texts.get(slugify(program), texts["engineering"])
    degree, course, place = rng.choice(texts["degrees"]), rng.choice(subject["courses"]), rng.choice(texts["places"])
    work = iter(rng.sample(subject["work"], len(subject["work"])))
    firms = rng.sample(texts["firms"], 3)
    year = LAST_YEAR

    def said(count: int, firm: str) -> list[str]:
        points = (next(work) for _ in range(count))
        return [
            "- " + point.replace("{firm}", firm).replace("{number}", str(rng.randrange(12, 480))) for point in points
        ]

    experience = []
    for firm in firms[:-1]:
        experience += [f"{rng.choice(subject['roles'])}, {firm}\t{year - 1}–{year}", *said(rng.choice((2, 3)), firm)]
        year -= 1
    began = LAST_YEAR - rng.randrange(1, 4)
    taken = ", ".join(other for other in subject["courses"] if other != course)
    sections = [
        ("Profile", [rng.choice(texts["profiles"])]),
        ("Education", [f"{degree} in {course}\tsince {began}", place, f"Courses in {taken}"]),
        ("Experience", experience),
        (
            "Projects",
            [
                f"{rng.choice(texts['projects'])}\t{LAST_YEAR}",
                *said(2, firms[-1]),
                f"https://code.example.org/{person.handle}",
            ],
        ),
        ("Activities", [f"- {activity}" for activity in rng.sample(texts["activities"], rng.choice((2, 3)))]),
        ("Skills", [", ".join(rng.sample(subject["skills"], 7))]),
        ("Languages", [", ".join(rng.sample(texts["spoken"], rng.choice((1, 2, 3))))]),
    ]
    if rng.random() < 0.4:
        sections[2:4] = [sections[3], sections[2]]
    return resume_pdf(
        name=person.name.partition(" (")[0],
        native=person.native,
        email=person.email,
        headline=f"{course} · {place}",
        sections=sections,
        seed=rng.randrange(2**32),
    )


def resume_pdf(
    *, name: str, email: str, headline: str, sections: Iterable[Section], seed: int, native: str = ""
) -> bytes:
    """A PDF in the layout and colour that `seed` picks; `native` is the name once more, in its own script."""
    rng = Random(seed)
    page = _Page(rng.choice(COLOURS))
    layout = rng.choice((_centred, _in_columns, _with_a_gutter))
    layout(page, name, native, email, headline, list(sections))
    page.pdf.set_title(f"Résumé of {name}")
    return bytes(page.pdf.output())


class _Page:
    """A pen that writes lines downwards within two margins, and turns the page at its end.

    fpdf2 can break lines too, but takes most of a tenth of a second to break those of one page.
    """

    def __init__(self, colour: tuple[int, int, int]) -> None:
        self.pdf = FPDF(format=(WIDTH, HEIGHT))
        self.pdf.set_creation_date(MADE)
        self.pdf.set_auto_page_break(False)
        self.pdf.add_font("Sans", "", FONTS / "NotoSans-Regular.ttf")
        self.pdf.add_font("Sans", "B", FONTS / "NotoSans-Bold.ttf")
        self.pdf.add_page()
        self.colour, self.gap = colour, 5.0  # between sections
        self.left, self.right, self.y = MARGIN, WIDTH - MARGIN, MARGIN

    def write(self, text, *, size=BODY, style="", colour=INK, align="left", indent=0.0, after=0.0) -> None:
        """Text from margin to margin, broken between words."""
        self._use(text, style, size, colour)
        room = self.right - self.left - indent
        for line in self._broken(text, room):
            self.y += size * 0.5
            if self.y > HEIGHT - MARGIN:
                self.turn()
                self._use(text, style, size, colour)
                self.y += size * 0.5
            spare = room - self.pdf.get_string_width(line)
            shift = {"left": 0, "centre": spare / 2, "right": spare}[align]
            self.pdf.text(self.left + indent + shift, self.y, line)
        self.y += after

    def section(self, lines: list[str], *, size: float = BODY) -> None:
        """What stands below a title."""
        for number, line in enumerate(lines):
            heading, tab, years = line.partition("\t")
            if tab:
                self.y += 2.5 if number else 0
                top = self.y
                self.write(years, size=size - 1, colour=QUIET, align="right")
                self.back_to(top)
                self.write(heading, size=size, style="B")
            elif line.startswith("- "):
                top = self.y
                self.write("•", size=size, colour=self.colour)
                self.back_to(top)
                self.write(line[2:], size=size, indent=4)
            else:
                self.write(line, size=size, colour=QUIET if line.startswith("https:") else INK)
            self.y += 1
        self.y += self.gap

    def turn(self) -> None:
        """On the next page."""
        self.pdf.add_page()
        self.y = MARGIN

    def title(self, text: str, *, size: float = 11) -> None:
        """The title of a section, never alone at the end of a page."""
        if self.y > HEIGHT - MARGIN - 18:
            self.turn()
        self.write(text, size=size, style="B", colour=self.colour)

    def back_to(self, top: float) -> None:
        """Beside what was written since `top`; writing that may have turned the page."""
        self.y = top if self.y > top else MARGIN

    def rule(self, left: float, right: float) -> None:
        self.pdf.set_draw_color(*self.colour)
        self.pdf.set_line_width(0.3)
        self.pdf.line(left, self.y, right, self.y)

    def _use(self, text: str, style: str, size: float, colour: tuple[int, int, int]) -> None:
        font = _font_for(text)
        if font and font.lower() not in self.pdf.fonts:
            self.pdf.add_font(font, "", FONTS / font)
        self.pdf.set_font(font or "Sans", "" if font else style, size)
        self.pdf.set_text_color(*colour)

    def _broken(self, text: str, room: float) -> list[str]:
        space = self.pdf.get_string_width(" ")
        lines, words, used = [], [], 0.0
        for word in text.split(" "):
            width = self.pdf.get_string_width(word)
            if words and used + space + width > room:
                lines.append(" ".join(words))
                words, used = [], 0.0
            words.append(word)
            used += width + space * (len(words) > 1)
        return [*lines, " ".join(words)]


def _centred(page: _Page, name: str, native: str, email: str, headline: str, sections: list[Section]) -> None:
    """Everything in one column, the name in the middle, a line under each title."""
    page.gap = 2.5
    page.write(name, size=24, style="B", align="centre", after=1.5)
    if native:
        page.write(native, size=13, colour=QUIET, align="centre", after=1)
    page.write(headline, size=10.5, colour=page.colour, align="centre")
    page.write(email, size=10, colour=QUIET, align="centre", after=5)
    for title, lines in sections:
        page.title(title)
        page.y += 1.5
        page.rule(page.left, page.right)
        page.y += 1.5
        page.section(lines)


def _in_columns(page: _Page, name: str, native: str, email: str, headline: str, sections: list[Section]) -> None:
    """A coloured column with what is short, a white one with what is long."""
    edge = 66
    page.pdf.set_fill_color(*page.colour)
    page.pdf.rect(0, 0, edge, HEIGHT, style="F")
    own, page.colour = page.colour, (255, 255, 255)
    page.left, page.right = 10, edge - 8
    page.write(name, size=20, style="B", colour=page.colour, after=1)
    if native:
        page.write(native, size=12, colour=page.colour, after=1)
    page.y += 4
    short = [("Contact", [email]), *(section for section in sections if section[0] in ("Skills", "Languages"))]
    for title, lines in short:
        page.title(title)
        page.y += 1
        for line in lines:
            for part in line.split(", "):
                page.write(part, size=8 if "@" in part else 9.5, colour=page.colour)
        page.y += 6
    page.colour, page.left, page.right, page.y = own, edge + 10, WIDTH - MARGIN, MARGIN
    page.write(headline, size=12, colour=QUIET, after=6)
    for title, lines in sections:
        if title not in ("Skills", "Languages"):
            page.title(title, size=12)
            page.y += 1
            page.section(lines)


def _with_a_gutter(page: _Page, name: str, native: str, email: str, headline: str, sections: list[Section]) -> None:
    """A band on top, the titles in a gutter on the left of what they head."""
    page.pdf.set_fill_color(*page.colour)
    page.pdf.rect(0, 0, WIDTH, 6, style="F")
    page.y = 20
    page.write(name, size=26, style="B", after=1.5)
    if native:
        page.write(native, size=13, colour=QUIET, after=1)
    page.write(headline, size=11, colour=page.colour)
    page.write(email, size=10, colour=QUIET, after=8)
    for title, lines in sections:
        page.left = MARGIN
        top = page.y
        page.title(title)
        page.back_to(top)
        page.left = MARGIN + 36
        page.section(lines)


@cache
def _texts() -> dict:
    return tomllib.loads(Path(__file__).with_name("resumes.toml").read_text(encoding="utf-8"))


@cache
def _characters(font: str) -> frozenset[int]:
    return frozenset(TTFont(FONTS / font, lazy=True).getBestCmap())


def _font_for(text: str) -> str:
    """The file of a font that has all of the text; empty for the usual one."""
    if text.isascii() or {ord(character) for character in text} <= _characters("NotoSans-Regular.ttf"):
        return ""
    return next((font for font in NATIVE_FONTS if set(map(ord, text)) <= _characters(font)), "")
