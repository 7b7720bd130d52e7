"""What skylines are made of: towers with lit windows, water, hills, trees."""

import math

from .canvas import HEIGHT, WIDTH, Canvas, Point
from .colours import Colour, Palette

SHORE = 760


def tower(sheet: Canvas, left: float, width: float, top: float, colour: Colour, lit: Colour, bottom: float = SHORE):
    sheet.rect(left, top, left + width, bottom, colour)
    windows(sheet, left, left + width, top + 22, lit, bottom)


def windows(sheet: Canvas, left: float, right: float, top: float, lit: Colour, bottom: float = SHORE) -> None:
    columns = int((right - left - 16) // 24)
    start = (left + right) / 2 - columns * 12 + 6
    for row in range(int((bottom - top) // 30)):
        for column in range(columns):
            # Not every room is lit; which are is the same at every drawing.
            if (row * 5 + column * 3 + row * column + int(left)) % 4:
                x, y = start + column * 24, top + row * 30
                sheet.rect(x, y, x + 12, y + 15, lit)


def water(sheet: Canvas, hue: Palette) -> None:
    sheet.rect(0, SHORE, WIDTH, HEIGHT, hue.deep)
    for number in range(34):
        x = (number * 397) % 1640 - 40
        y = SHORE + 24 + (number * 53) % 112
        sheet.rect(x, y, x + 50 + (number * 31) % 90, y + 6, hue.strong, radius=3)


def hills(base: float, swing: float, waves: float, shift: float) -> list[Point]:
    return [(x, base + swing * math.sin(shift + waves * 2 * math.pi * x / WIDTH)) for x in range(0, WIDTH + 1, 10)]


def arch(sheet: Canvas, x: float, top: float, half: float, tall: float, colour: Colour) -> None:
    sheet.disc(x, top + half, half, colour)
    sheet.rect(x - half, top + half, x + half, top + tall, colour)


def palm(sheet: Canvas, x: float, top: float, size: float, hue: Palette) -> None:
    lean = size * 0.12
    trunk = [(x + lean * math.sin(step / 12 * math.pi), top + (860 - top) * step / 12) for step in range(13)]
    sheet.line(trunk, size * 0.11, hue.night)
    for angle in (-178, -152, -122, -58, -28, -2):
        tip = (
            x + size * math.cos(math.radians(angle)),
            top + size * 0.72 * math.sin(math.radians(angle)) + size * 0.36,
        )
        knee = (
            x + size * 0.62 * math.cos(math.radians(angle)),
            top + size * 0.8 * math.sin(math.radians(angle)) - size * 0.12,
        )
        spine = [_bend((x, top), knee, tip, step / 14) for step in range(15)]
        above = [(px, py - size * 0.085 * math.sin(math.pi * step / 14)) for step, (px, py) in enumerate(spine)]
        below = [(px, py + size * 0.085 * math.sin(math.pi * step / 14)) for step, (px, py) in enumerate(spine)]
        sheet.polygon([*above, *reversed(below)], hue.deep)
    sheet.disc(x, top, size * 0.09, hue.night)


def _bend(start: Point, knee: Point, end: Point, part: float) -> Point:
    a, b, c = (1 - part) ** 2, 2 * part * (1 - part), part**2
    return a * start[0] + b * knee[0] + c * end[0], a * start[1] + b * knee[1] + c * end[1]


def fir(sheet: Canvas, x: float, base: float, tall: float, colour: Colour) -> None:
    for part, half in ((0.0, 0.30), (0.28, 0.24), (0.54, 0.17)):
        sheet.polygon(
            [
                (x - tall * half, base - tall * part),
                (x, base - tall * (part + 0.46)),
                (x + tall * half, base - tall * part),
            ],
            colour,
        )


def tank(sheet: Canvas, x: float, roof: float, hue: Palette) -> None:
    for dx in (-26, 0, 26):
        sheet.line([(x + dx, roof), (x + dx, roof - 40)], 6, hue.night)
    sheet.rect(x - 36, roof - 104, x + 36, roof - 36, hue.ember)
    for y in (roof - 84, roof - 62):
        sheet.rect(x - 36, y, x + 36, y + 5, hue.night)
    sheet.polygon([(x - 42, roof - 104), (x, roof - 140), (x + 42, roof - 104)], hue.night)
