"""Colours for drawings: one hue gives a whole palette, in which equal steps look equal for every hue (OKLCH)."""

import colorsys
import math
from dataclasses import dataclass

Colour = tuple[int, int, int]

PAPER: Colour = (251, 248, 244)
INK: Colour = (29, 26, 22)


@dataclass(frozen=True)
class Palette:
    """Tones of one hue from light to dark, and two of a contrasting one."""

    wash: Colour
    light: Colour
    soft: Colour
    mid: Colour
    strong: Colour
    deep: Colour
    night: Colour
    spark: Colour
    ember: Colour


def palette(hue: float, spark: float | None = None) -> Palette:
    """The palette of a hue in degrees of the common (HSL) colour wheel, as programs keep it.

    `spark` is the hue of the one contrasting colour: the opposite one, unless given.
    """
    angle = _perceived_angle(hue)
    contrast = angle + 170 if spark is None else _perceived_angle(spark)
    yellow, golden = _yellowness(angle), _yellowness(contrast)
    return Palette(
        wash=oklch(0.94 + 0.015 * yellow, 0.035 + 0.015 * yellow, angle),
        light=oklch(0.87 + 0.03 * yellow, 0.075 + 0.02 * yellow, angle),
        soft=oklch(0.78 + 0.06 * yellow, 0.115 + 0.03 * yellow, angle - 4 * yellow),
        mid=oklch(0.67 + 0.09 * yellow, 0.155, angle - 12 * yellow),
        strong=oklch(0.55 + 0.07 * yellow, 0.165, angle - 28 * yellow),
        deep=oklch(0.39 + 0.02 * yellow, 0.115, angle - 40 * yellow),
        night=oklch(0.26, 0.065, angle - 44 * yellow),
        spark=oklch(0.83 + 0.03 * golden, 0.125 + 0.03 * golden, contrast),
        ember=oklch(0.66 + 0.06 * golden, 0.155, contrast - 10 * golden),
    )


def oklch(lightness: float, chroma: float, angle: float) -> Colour:
    """The sRGB colour, with as much of the chroma as the screen can show (Björn Ottosson's OKLab)."""
    while True:
        red, green, blue = _linear(lightness, chroma, angle)
        if chroma <= 0 or all(-0.0005 <= part <= 1.0005 for part in (red, green, blue)):
            return tuple(round(255 * _encoded(min(1, max(0, part)))) for part in (red, green, blue))
        chroma -= 0.004


def _linear(lightness: float, chroma: float, angle: float) -> tuple[float, float, float]:
    a = chroma * math.cos(math.radians(angle))
    b = chroma * math.sin(math.radians(angle))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _perceived_angle(hue: float) -> float:
    """The OKLCH angle of what CSS calls `hsl(hue 62% 48%)`, the edge of a program's card."""
    red, green, blue = (_decoded(part) for part in colorsys.hls_to_rgb((hue % 360) / 360, 0.48, 0.62))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return math.degrees(math.atan2(b, a))


def _yellowness(angle: float) -> float:
    """From 1 at yellow to 0 at 45 degrees from it.

    Dark yellow is mud: near yellow the middle tones are lighter, and the dark ones lean towards brown.
    """
    apart = abs((angle - 92 + 180) % 360 - 180)
    return math.cos(math.radians(min(90, 2 * apart)))


def _encoded(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _decoded(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
