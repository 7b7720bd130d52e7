"""Skylines of offices' cities, each with what one knows it by, and plain blocks for any other."""

from hashlib import sha256

from .canvas import HEIGHT, WIDTH, Canvas, ellipse
from .colours import PAPER, Palette
from .scenery import SHORE, arch, fir, hills, palm, tank, tower, water, windows


def san_francisco(sheet: Canvas, hue: Palette) -> None:
    """The bridge in the fog, the pyramid behind it."""
    sheet.disc(1010, 330, 190, hue.spark)
    sheet.polygon([*hills(560, 60, 0.8, 1.2), (WIDTH, SHORE), (0, SHORE)], hue.light)
    for x, width, top in (
        (640, 70, 520),
        (716, 56, 470),
        (778, 84, 540),
        (930, 60, 500),
        (996, 76, 450),
        (1078, 64, 530),
    ):
        tower(sheet, x, width, top, hue.soft, hue.light)
    sheet.polygon([(868, 300), (922, SHORE), (814, SHORE)], hue.mid)
    sheet.polygon([*hills(640, 46, 0.75, 3.4), (WIDTH, SHORE), (0, SHORE)], hue.soft)
    water(sheet, hue)
    deck, head, towers = 640, 170, (360, 1240)
    for x in range(20, WIDTH, 40):
        sheet.line([(x, _cable(x, towers, head, deck)), (x, deck)], 4, hue.strong)
    sheet.line([(x, _cable(x, towers, head, deck)) for x in range(0, WIDTH + 1, 10)], 13, hue.deep)
    sheet.rect(0, deck, WIDTH, deck + 26, hue.deep)
    for x in towers:
        for side in (-1, 1):
            sheet.polygon(
                [(x + side * 54, 800), (x + side * 46, head), (x + side * 22, head), (x + side * 22, 800)], hue.deep
            )
        for top, tall in ((head - 10, 44), (head + 130, 26), (head + 250, 26), (head + 370, 26)):
            sheet.rect(x - 50, top, x + 50, top + tall, hue.deep)
    for x0, y, x1 in ((-60, 716, 520), (180, 752, 700), (1000, 706, 1500), (1180, 742, 1700), (620, 730, 900)):
        sheet.rect(x0, y, x1, y + 34, PAPER, radius=17)


def palo_alto(sheet: Canvas, hue: Palette) -> None:
    """Dry hills, a bell tower and palms."""
    sheet.disc(470, 300, 170, hue.spark)
    sheet.polygon([*hills(500, 70, 0.7, 0.3), (WIDTH, HEIGHT), (0, HEIGHT)], hue.light)
    sheet.polygon([*hills(570, 60, 0.9, 2.6), (WIDTH, HEIGHT), (0, HEIGHT)], hue.soft)
    # The tower
    sheet.rect(735, 300, 865, SHORE, hue.mid)
    sheet.rect(800, 300, 865, SHORE, hue.strong)
    sheet.rect(718, 280, 882, 306, hue.deep)
    sheet.rect(750, 220, 850, 282, hue.mid)
    sheet.wedge(800, 222, 58, 180, 360, hue.ember)
    sheet.line([(800, 170), (800, 130)], 8, hue.deep)
    for x in (764, 800, 836):
        arch(sheet, x, 330, 10, 60, hue.deep)
        sheet.rect(x - 5, 430, x + 5, 640, hue.deep)
    # The arcade
    sheet.polygon([(150, 650), (220, 600), (1380, 600), (1450, 650)], hue.ember)
    sheet.rect(170, 650, 1430, 790, hue.wash)
    for x in range(230, 1400, 95):
        arch(sheet, x, 686, 30, 104, hue.deep)
    sheet.rect(0, 790, WIDTH, HEIGHT, hue.strong)
    sheet.polygon([(740, 790), (860, 790), (1060, HEIGHT), (540, HEIGHT)], hue.wash)
    for x, top, size in (
        (90, 300, 150),
        (300, 420, 116),
        (1300, 400, 120),
        (1500, 270, 156),
        (1130, 500, 92),
        (480, 520, 88),
    ):
        palm(sheet, x, top, size, hue)


def seattle(sheet: Canvas, hue: Palette) -> None:
    """The needle before the mountain, firs along the sound."""
    sheet.disc(330, 270, 120, hue.spark)
    sheet.polygon([(640, 620), (1040, 210), (1130, 180), (1210, 220), (1640, 620)], hue.light)
    snow = [(858, 397), (1040, 210), (1130, 180), (1210, 220), (1396, 393), (1300, 370), (1240, 430), (1160, 360)]
    sheet.polygon([*snow, (1090, 440), (1010, 370), (940, 420)], PAPER)
    sheet.polygon([*hills(600, 30, 1.3, 0.5), (WIDTH, SHORE), (0, SHORE)], hue.soft)
    for x, width, top in (
        (700, 84, 470),
        (792, 64, 530),
        (990, 92, 420),
        (1090, 70, 500),
        (1170, 96, 455),
        (1274, 66, 540),
    ):
        tower(sheet, x, width, top, hue.mid, hue.soft)
    sheet.polygon([(864, SHORE), (864, 380), (900, 340), (936, 360), (978, 400), (978, SHORE)], hue.strong)
    windows(sheet, 864, 978, 420, hue.mid)
    # The needle
    x = 500
    waist = [(-74, SHORE), (-26, 520), (-20, 330), (20, 330), (26, 520), (74, SHORE)]
    sheet.polygon([(x + dx, y) for dx, y in waist], hue.deep)
    sheet.polygon([(x - 34, SHORE), (x, 480), (x + 34, SHORE)], hue.soft)
    sheet.rect(x - 46, 560, x + 46, 574, hue.deep)
    sheet.polygon([(x - 52, 338), (x - 128, 296), (x + 128, 296), (x + 52, 338)], hue.deep)
    sheet.polygon(ellipse(x, 296, 150, 17), hue.night)
    sheet.polygon([(x - 118, 284), (x - 70, 250), (x + 70, 250), (x + 118, 284)], hue.ember)
    sheet.rect(x - 46, 236, x + 46, 252, hue.deep)
    sheet.polygon([(x - 12, 238), (x, 90), (x + 12, 238)], hue.deep)
    for place in range(27):
        tall = 90 + (place * 37) % 80
        fir(sheet, place * 64 - 30, SHORE + 8, tall, hue.night if place % 3 else hue.deep)
    water(sheet, hue)


def chicago(sheet: Canvas, hue: Palette) -> None:
    """Stepped towers above the lake."""
    sheet.disc(1180, 320, 170, hue.spark)
    for x, width, top in (
        (40, 90, 600),
        (140, 70, 540),
        (220, 100, 580),
        (520, 80, 500),
        (860, 90, 520),
        (1330, 80, 560),
        (1420, 110, 610),
        (1010, 74, 560),
    ):
        tower(sheet, x, width, top, hue.light, hue.wash)
    # Bundled tubes that end at different heights
    for x, width, top, colour in (
        (610, 210, 430, hue.strong),
        (610, 140, 330, hue.strong),
        (680, 70, 210, hue.strong),
        (750, 70, 330, hue.deep),
    ):
        sheet.rect(x, top, x + width, SHORE, colour)
    sheet.rect(680, 210, 750, SHORE, hue.strong)
    windows(sheet, 610, 820, 450, hue.soft)
    windows(sheet, 610, 750, 350, hue.soft, bottom=440)
    windows(sheet, 680, 750, 230, hue.soft, bottom=340)
    for x in (697, 733):
        sheet.line([(x, 214), (x, 90)], 9, hue.deep)
    # A tapered tower with crossed braces
    sheet.polygon([(1090, SHORE), (1118, 300), (1222, 300), (1250, SHORE)], hue.deep)
    for step in range(4):
        top, bottom = 300 + step * 115, 415 + step * 115
        left, right = 1118 - (top - 300) * 0.061, 1222 + (top - 300) * 0.061
        low_left, low_right = 1118 - (bottom - 300) * 0.061, 1222 + (bottom - 300) * 0.061
        sheet.line([(left + 6, top), (low_right - 6, bottom)], 6, hue.mid)
        sheet.line([(right - 6, top), (low_left + 6, bottom)], 6, hue.mid)
    for x in (1146, 1194):
        sheet.line([(x, 304), (x, 180)], 8, hue.deep)
    # Twin corn cobs
    for x in (330, 440):
        sheet.rect(x, 470, x + 84, SHORE, hue.mid)
        for y in range(480, 690, 24):
            sheet.polygon(ellipse(x + 42, y, 52, 9), hue.soft)
        sheet.rect(x + 26, 440, x + 58, 474, hue.mid)
    # A roof cut aslant
    sheet.polygon([(900, SHORE), (900, 440), (1000, 350), (1000, SHORE)], hue.mid)
    sheet.polygon([(900, 440), (1000, 350), (1000, 440), (900, 530)], hue.ember)
    tower(sheet, 230, 84, 520, hue.strong, hue.mid)
    tower(sheet, 1290, 96, 480, hue.strong, hue.mid)
    tower(sheet, 100, 110, 640, hue.deep, hue.mid)
    tower(sheet, 1400, 120, 620, hue.deep, hue.mid)
    water(sheet, hue)


def new_york(sheet: Canvas, hue: Palette) -> None:
    """Spires of the thirties above roofs with water tanks."""
    sheet.disc(560, 320, 180, hue.spark)
    for number in range(20):
        tower(sheet, number * 84 - 20, 74, 470 + (number * 53) % 150, hue.light, hue.wash)
    # Steps, then a mast
    x = 800
    for half, top, colour in (
        (120, 560, hue.mid),
        (92, 470, hue.mid),
        (66, 300, hue.mid),
        (46, 260, hue.mid),
        (26, 222, hue.strong),
    ):
        sheet.rect(x - half, top, x + half, HEIGHT, colour)
    sheet.polygon([(x - 16, 224), (x, 60), (x + 16, 224)], hue.strong)
    for dx in (-44, -22, 0, 22, 44):
        sheet.rect(x + dx - 5, 320, x + dx + 5, HEIGHT, hue.strong)
    # A crown of arches
    x = 1120
    sheet.rect(x - 62, 380, x + 62, HEIGHT, hue.strong)
    windows(sheet, x - 62, x + 62, 460, hue.soft)
    for half, y, colour in ((62, 382, hue.ember), (48, 340, hue.spark), (34, 300, hue.ember), (20, 262, hue.spark)):
        sheet.polygon(ellipse(x, y, half, half * 1.25, 180, 360), colour)
        sheet.rect(x - half, y - 1, x + half, 384, colour)
    sheet.polygon([(x - 9, 244), (x, 110), (x + 9, 244)], hue.strong)
    # A prism of long triangles
    sheet.polygon([(250, HEIGHT), (276, 250), (384, 250), (410, HEIGHT)], hue.strong)
    sheet.polygon([(250, HEIGHT), (330, 250), (410, HEIGHT)], hue.mid)
    sheet.line([(330, 252), (330, 110)], 8, hue.strong)
    # Roofs in front
    roofs = (
        (-20, 190, 690),
        (170, 150, 620),
        (320, 210, 720),
        (530, 140, 640),
        (670, 230, 740),
        (900, 150, 670),
        (1050, 200, 730),
        (1250, 160, 600),
        (1410, 210, 690),
    )
    for place, (left, width, top) in enumerate(roofs):
        tower(sheet, left, width, top, hue.deep if place % 2 else hue.night, hue.mid, bottom=HEIGHT)
    for x, roof in ((245, 620), (770, 740), (1330, 600), (60, 690)):
        tank(sheet, x, roof, hue)


def toronto(sheet: Canvas, hue: Palette) -> None:
    """The tower and the dome, seen from the islands."""
    sheet.disc(1060, 330, 180, hue.spark)
    for number in range(18):
        tower(sheet, number * 92 - 10, 80, 520 + (number * 71) % 130, hue.light, hue.wash)
    for x, width, top in (
        (760, 90, 400),
        (862, 76, 470),
        (950, 110, 350),
        (1072, 84, 430),
        (1168, 104, 390),
        (1284, 80, 500),
        (150, 90, 540),
        (252, 76, 480),
    ):
        tower(sheet, x, width, top, hue.mid, hue.soft)
    tower(sheet, 1010, 84, 480, hue.strong, hue.mid)
    tower(sheet, 1226, 90, 540, hue.strong, hue.mid)
    # The tower
    x = 560
    sheet.polygon(
        [(x - 58, SHORE), (x - 17, 420), (x - 13, 270), (x + 13, 270), (x + 17, 420), (x + 58, SHORE)], hue.deep
    )
    sheet.polygon([(x - 34, 318), (x - 66, 290), (x - 66, 272), (x + 66, 272), (x + 66, 290), (x + 34, 318)], hue.night)
    sheet.rect(x - 74, 276, x + 74, 290, hue.ember, radius=7)
    sheet.rect(x - 40, 250, x + 40, 274, hue.deep)
    sheet.rect(x - 20, 176, x + 20, 190, hue.night, radius=7)
    sheet.polygon([(x - 12, 254), (x - 8, 150), (x, 40), (x + 8, 150), (x + 12, 254)], hue.deep)
    # The dome
    sheet.polygon(ellipse(330, 700, 190, 120, 180, 360), hue.wash)
    for r in (140, 90, 40):
        sheet.line(ellipse(330, 700, r, 118, 180, 360), 5, hue.soft)
    sheet.rect(130, 696, 530, SHORE, hue.strong)
    for left in range(150, 520, 40):
        sheet.rect(left, 714, left + 20, 736, hue.light)
    water(sheet, hue)
    for x, size in ((980, 100), (1220, 70)):
        sheet.polygon([(x, 840), (x, 840 - size), (x + size * 0.62, 830)], PAPER)
        sheet.polygon([(x - 8, 840), (x - 8, 846 - size * 0.8), (x - size * 0.4, 834)], hue.spark)
        sheet.polygon(
            [(x - size * 0.5, 846), (x + size * 0.7, 846), (x + size * 0.5, 866), (x - size * 0.36, 866)], hue.night
        )


def anywhere(sheet: Canvas, hue: Palette, name: str) -> None:
    """Plain towers, other ones for every name."""
    chances = sha256(name.encode()).digest()
    sheet.disc(300 + chances[0] * 4, 320, 170, hue.spark)
    for row, (colour, lit) in enumerate(((hue.light, hue.wash), (hue.mid, hue.soft), (hue.deep, hue.strong))):
        left, place = -30 - row * 20, row * 9
        while left < WIDTH:
            chance = chances[place % 32]
            width = 90 + chance % 5 * 22
            top = 330 + row * 110 + (chance * 7) % 190
            tower(sheet, left, width, top, colour, lit)
            if chance % 3 == 0:
                sheet.wedge(left + width / 2, top, width / 2, 180, 360, colour)
            elif chance % 3 == 1:
                sheet.line([(left + width / 2, top), (left + width / 2, top - 70)], 8, colour)
            left, place = left + width + 8, place + 1
    water(sheet, hue)


def _cable(x: float, towers: tuple[int, int], head: float, deck: float) -> float:
    left, right = towers
    if left <= x <= right:
        return deck - 26 - (deck - 26 - head) * ((2 * x - left - right) / (right - left)) ** 2
    out = (left - x if x < left else x - right) / 440
    return head + (deck - head) * out * (1.35 - 0.35 * out)
