"""The name of a program on its cover, for what other sites show beside a link to ours."""

from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from .colours import INK, PAPER, Colour

SIZE = (1200, 630)

_FONT = Path(__file__).resolve().parents[2] / "static" / "fonts" / "figtree-latin-wght-normal.woff2"
_BOLD, _MEDIUM = 800, 500
_TITLE_SIZES = (76, 64, 54, 46, 38)  # the first in which the title takes two lines at the most
_TEXT_SIZE = 32
_MARGIN, _PADDING, _RADIUS, _EDGE = 48, 40, 24, 3
_FINER = 4  # drawn so many times larger and then reduced: Pillow's shapes have hard edges
_WIDEST = SIZE[0] - 2 * (_MARGIN + _PADDING)
_QUIET: Colour = (92, 84, 74)
_PIN: Colour = (207, 64, 54)  # of the logo


def draw_card(cover: Image.Image, title: str, text: str) -> Image.Image:
    """The `cover`, of SIZE, with a sheet of paper on it that carries the title and a line of text."""
    card = cover.convert("RGB")
    lines, title_font = _set_title(title)
    text_font = _font(_TEXT_SIZE, _MEDIUM)
    line_height = round(title_font.size * 1.1)
    wordmark = f"Pinterns · {text}"
    mark = _TEXT_SIZE + 8
    width = max([*map(title_font.getlength, lines), mark + 16 + text_font.getlength(wordmark)])
    height = len(lines) * line_height + (20 if lines else 0) + mark
    left, top = _MARGIN, SIZE[1] - _MARGIN - 2 * _PADDING - height
    sheet = _rounded((round(width) + 2 * _PADDING, height + 2 * _PADDING), _RADIUS)
    shade = _rounded((sheet.width + 2 * _EDGE, sheet.height + 2 * _EDGE), _RADIUS + _EDGE)
    card.paste(INK, (left - _EDGE, top - _EDGE), shade.point(lambda value: value // 6))
    card.paste(PAPER, (left, top), sheet)
    pen = ImageDraw.Draw(card)
    x, y = left + _PADDING, top + _PADDING
    for number, line in enumerate(lines):
        pen.text((x, y + number * line_height), line, font=title_font, fill=INK)
    middle = top + _PADDING + height - mark // 2
    _draw_mark(card, x, middle - mark // 2, mark)
    pen.text((x + mark + 16, middle), wordmark, font=text_font, fill=_QUIET, anchor="lm")
    return card


def _set_title(title: str) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """The title in lines, and the font in which they fit. No line for a script that the font has no letters of."""
    font = _font(_TITLE_SIZES[-1], _BOLD)
    if not _can_write(title, font):
        return [], font
    for size in _TITLE_SIZES:
        font = _font(size, _BOLD)
        lines = _wrapped(title, font)
        if len(lines) <= 2:
            break
    return lines, font


def _wrapped(title: str, font: ImageFont.FreeTypeFont) -> list[str]:
    """`title` in lines that fit on the card; a word that is longer than one is broken."""
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= _WIDEST:
            lines[-1] = longer
            continue
        lines.append("")
        for letter in word:
            if font.getlength(lines[-1] + letter) > _WIDEST:
                lines.append("")
            lines[-1] += letter
    return [line for line in lines if line]


def _can_write(text: str, font: ImageFont.FreeTypeFont) -> bool:
    """Whether the font has every letter of `text`; in place of one that it lacks it draws a box."""
    box = bytes(font.getmask("\uffff"))
    return all(bytes(font.getmask(letter)) != box for letter in set("".join(text.split())))


@cache
def _font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(_FONT, size)
    font.set_variation_by_axes([weight])
    return font


def _rounded(size: tuple[int, int], radius: int) -> Image.Image:
    """A mask of a rectangle with smooth round corners."""
    return _sharp_rounded(size, radius).reduce(_FINER)


def _sharp_rounded(size: tuple[int, int], radius: int) -> Image.Image:
    """The same, still so many times larger."""
    width, height = (side * _FINER for side in size)
    mask = Image.new("L", (width, height))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width - 1, height - 1), radius * _FINER, fill=255)
    return mask


def _draw_mark(card: Image.Image, x: int, y: int, size: int) -> None:
    """The logo: a note held by a round pin."""
    side = size * 7 // 8  # turned, it is as wide as `size`
    note = Image.new("L", (size * _FINER, size * _FINER))
    note.paste(_sharp_rounded((side, side), side // 8), ((size - side) * _FINER // 2,) * 2)
    card.paste(_PIN, (x, y), note.rotate(10, Image.Resampling.BICUBIC).reduce(_FINER))
    for radius, colour in ((size // 5, PAPER), (size // 7, INK)):
        head = _rounded((2 * radius, 2 * radius), radius)
        card.paste(colour, (x + size // 2 - radius - size // 16, y + size // 5 - radius), head)
