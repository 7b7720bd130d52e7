"""Covers of programs: one flat composition for each of those that ship, and a mosaic for any other."""

import math
from hashlib import sha256
from itertools import pairwise

from .canvas import HEIGHT, WIDTH, Canvas, Point, arc
from .colours import INK, PAPER, Colour, Palette


def data_science(sheet: Canvas, hue: Palette) -> None:
    """A grid that folds into a graph."""
    sheet.disc(1270, 300, 210, hue.spark)
    edge = [352, 352, 352, 352, 322, 392, 296, 402, 250, 352, 176, 292, 104]
    left, width, tall, rows = 140, 110, 424, 4
    faces = (
        (hue.light, hue.soft, hue.mid, hue.strong, hue.deep),  # towards the light
        (hue.soft, hue.mid, hue.strong, hue.deep, hue.night),
    )
    for column, (here, there) in enumerate(pairwise(edge)):
        away = there > here
        x0, x1 = left + column * width, left + (column + 1) * width
        for row in range(rows):
            top, bottom = row * tall / rows, (row + 1) * tall / rows
            weight = (column * 7 + row * 5 + column * row * 3) % 5
            weight = min(4, max(0, round(weight * 0.55 + row * 0.6 + column * 0.12 - 0.9)))
            quad = [(x0, here + top), (x1, there + top), (x1, there + bottom), (x0, here + bottom)]
            sheet.polygon(quad, faces[away][weight])
    crest = [(left + index * width, y) for index, y in enumerate(edge)]
    for row in range(1, rows):
        sheet.line([(x, y + row * tall / rows) for x, y in crest], 5, hue.wash)
    for x, y in crest[1:-1]:
        sheet.line([(x, y), (x, y + tall)], 5, hue.wash)
    sheet.line(crest, 11, INK)
    for x, y in crest[4:]:
        sheet.disc(x, y, 19, INK)
        sheet.disc(x, y, 9, PAPER)


def pin_labs(sheet: Canvas, hue: Palette) -> None:
    """Light through lenses, crossing in one point."""
    axis, lens, focus, half = 450, 430, 800, 252
    dark = (hue.mid, hue.strong, hue.soft, hue.strong, hue.light, hue.strong, hue.soft, hue.strong, hue.mid)
    bright = (hue.light, hue.soft, PAPER, hue.light, PAPER, hue.light, PAPER, hue.soft, hue.light)

    def rays(colours: tuple[Colour, ...]) -> None:
        step = 2 * half / len(colours)
        for index, colour in enumerate(colours):
            high, low = axis - half + index * step, axis - half + (index + 1) * step
            sheet.rect(0, high, lens, low, colour)
            sheet.polygon([(lens, high), (lens, low), (focus, axis)], colour)
            high, low = 2 * axis - high, 2 * axis - low
            sheet.polygon([(focus, axis), (WIDTH - lens, low), (WIDTH - lens, high)], colour)
            sheet.rect(WIDTH - lens, low, WIDTH, high, colour)

    for r in (420, 350, 280, 210):
        sheet.ring(focus, axis, r, 3, hue.deep)
    rays(dark)
    for centre in (lens, WIDTH - lens):
        shape = _lens(centre, axis, 330, 96)
        with sheet.inside(lambda white, shape=shape: white.polygon(shape, PAPER)):
            sheet.rect(0, 0, WIDTH, HEIGHT, hue.deep)
            rays(bright)
        sheet.line([*shape, shape[0]], 7, PAPER)
    sheet.disc(focus, axis, 74, hue.night)
    sheet.disc(focus, axis, 56, hue.spark)
    sheet.disc(focus, axis, 22, hue.night)


def engineering(sheet: Canvas, hue: Palette) -> None:
    """Stacked blocks, and one that is just being set down."""
    sheet.disc(800, 450, 360, hue.wash)
    sheet.polygon([(0, 720), (WIDTH, 720), (WIDTH, HEIGHT), (0, HEIGHT)], hue.mid)
    plain = (hue.light, hue.strong, hue.deep)
    pale = (PAPER, hue.light, hue.soft)
    dark = (hue.strong, hue.deep, hue.night)
    stacks = (  # column, row and the blocks from the ground up
        (-3, 3, (dark, plain, pale)),
        (-2, 3, (plain,)),
        (3, -3, (plain, dark)),
        (3, -2, (plain,)),
        (0, 0, (plain, plain, plain)),
        (1, 0, (plain, dark)),
        (0, 1, (plain, pale)),
        (2, 0, (pale,)),
        (1, 1, (plain,)),
        (0, 2, (dark,)),
    )
    for column, row, blocks in sorted(stacks, key=lambda stack: stack[0] + stack[1]):
        for level, faces in enumerate(blocks):
            _cube(sheet, column, row, level, faces)
    _cube(sheet, 0, 0, 4.25, (hue.spark, hue.ember, hue.night))


def sales(sheet: Canvas, hue: Palette) -> None:
    """Two who talk, and what comes of it."""
    sheet.polygon([(0, HEIGHT), (0, 700), (WIDTH, 300), (WIDTH, HEIGHT)], hue.soft)
    sheet.polygon([(0, HEIGHT), (0, 860), (WIDTH, 460), (WIDTH, HEIGHT)], hue.mid)
    r = 290
    one, two = (590, 410), (1010, 490)
    sheet.disc(*one, r, PAPER)
    sheet.rect(one[0] - r, one[1], one[0], one[1] + r, PAPER)
    sheet.disc(*two, r, hue.deep)
    sheet.rect(two[0], two[1], two[0] + r, two[1] + r, hue.deep)
    with sheet.inside(lambda white: white.disc(*one, r, PAPER)):
        sheet.disc(*two, r, hue.spark)
    _arrow(sheet, (420, 425), (650, 425), 46, hue.strong)
    _arrow(sheet, (945, 625), (1215, 355), 46, PAPER)


def machine_learning(sheet: Canvas, hue: Palette) -> None:
    """Layered fields under a sun."""
    sheet.disc(1130, 270, 150, hue.spark)
    layers = (
        (395, 46, 0.90, 0.4, hue.light),
        (470, 58, 1.15, 2.2, hue.soft),
        (560, 54, 0.95, 4.3, hue.mid),
        (660, 50, 1.20, 0.9, hue.strong),
        (775, 42, 0.85, 3.0, hue.deep),
    )
    for number, (base, swing, waves, shift, colour) in enumerate(layers):
        crest = _wave(base, swing, waves, shift)
        field = [*crest, (WIDTH, HEIGHT), (0, HEIGHT)]
        sheet.polygon(field, colour)
        if number in (1, 3):
            with sheet.inside(lambda white, field=field: white.polygon(field, PAPER)):
                for furrow in range(1, 12):
                    sheet.line([(x, y + furrow * 26) for x, y in crest], 5, layers[number - 1][4])
        if number == 2:
            with sheet.inside(lambda white, field=field: white.polygon(field, PAPER)):
                for row in range(1, 6):
                    for dot in range(46):
                        x = dot * 36 + (row % 2) * 18
                        sheet.disc(x, _height(base, swing, waves, shift, x) + row * 30, 6, layers[1][4])


def mosaic(sheet: Canvas, hue: Palette, name: str) -> None:
    """Quarter circles and discs on a grid, another order for every name."""
    side = 180
    tones = (hue.wash, hue.light, hue.soft, hue.mid, hue.strong, hue.deep, hue.spark, PAPER)
    chances = sha256(name.encode()).digest() * 3
    for place in range(9 * 5):
        column, row = place % 9, place // 9
        x, y = column * side - 10, row * side
        choice, tint = chances[place], chances[-1 - place]
        back, front = tones[tint % 5], tones[(tint % 5 + 2 + tint // 5 % 5) % 8]
        sheet.rect(x, y, x + side, y + side, back)
        corner = choice % 4
        corners = ((x, y, 0), (x + side, y, 90), (x + side, y + side, 180), (x, y + side, 270))
        match choice // 4 % 4:
            case 0 | 1:
                cx, cy, start = corners[corner]
                sheet.wedge(cx, cy, side, start, start + 90, front)
            case 2:
                sheet.disc(x + side / 2, y + side / 2, side / 2 - 24, front)
            case 3:
                cx, cy, start = corners[corner]
                sheet.polygon([(cx, cy), corners[corner - 1][:2], corners[(corner + 1) % 4][:2]], front)


def _lens(x: float, y: float, half_height: float, half_width: float) -> list[Point]:
    r = (half_height**2 + half_width**2) / (2 * half_width)
    spread = math.degrees(math.asin(half_height / r))
    return [*arc(x - r + half_width, y, r, -spread, spread), *arc(x + r - half_width, y, r, 180 - spread, 180 + spread)]


def _cube(sheet: Canvas, column: int, row: int, level: float, faces: tuple[Colour, Colour, Colour]) -> None:
    wide, deep, tall = 96, 55, 110
    x = 800 + (column - row) * wide
    y = 580 + (column + row) * deep - level * tall
    top, left, right = faces
    sheet.polygon([(x, y - deep), (x + wide, y), (x, y + deep), (x - wide, y)], top)
    sheet.polygon([(x - wide, y), (x, y + deep), (x, y + deep + tall), (x - wide, y + tall)], left)
    sheet.polygon([(x + wide, y), (x, y + deep), (x, y + deep + tall), (x + wide, y + tall)], right)
    # A round hole in the right side: half a turn of it is lit from within.
    hole = arc(0, 0, 0.26, 0, 360)
    sheet.polygon([(x + (0.5 + u) * wide, y + (0.5 - u) * deep + (0.5 + v) * tall) for u, v in hole], left)


def _arrow(sheet: Canvas, start: Point, end: Point, width: float, colour: Colour) -> None:
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    sheet.line([start, end], width, colour)
    for side in (-1, 1):
        turn = angle + math.pi + side * math.pi / 4
        head = (end[0] + math.cos(turn) * width * 2.6, end[1] + math.sin(turn) * width * 2.6)
        sheet.line([head, end], width, colour)


def _height(base: float, swing: float, waves: float, shift: float, x: float) -> float:
    return base + swing * math.sin(shift + waves * 2 * math.pi * x / WIDTH)


def _wave(base: float, swing: float, waves: float, shift: float) -> list[Point]:
    return [(x, _height(base, swing, waves, shift, x)) for x in range(0, WIDTH + 1, 10)]
