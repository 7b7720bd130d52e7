"""A sheet to draw flat shapes on, in units of 1600 × 900, with smooth edges."""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from PIL import Image, ImageDraw

from .colours import Colour

WIDTH, HEIGHT = 1600, 900
FINER = 3  # drawn so many times larger and then reduced: Pillow's shapes have hard edges

Point = tuple[float, float]


class Canvas:
    """Flat shapes, each over those before it."""

    def __init__(self, background: Colour, size: tuple[int, int] = (WIDTH, HEIGHT)):
        self._size = size
        self._scale = FINER * max(size[0] / WIDTH, size[1] / HEIGHT)
        # Rounded up, so that no edge of the finished drawing is cut from outside the sheet.
        self._set(Image.new("RGB", (math.ceil(WIDTH * self._scale), math.ceil(HEIGHT * self._scale)), background))

    def finished(self) -> Image.Image:
        """The drawing in the size asked for; what another shape has too much is cut off evenly on both sides."""
        width, height = self._size[0] * FINER, self._size[1] * FINER
        left, top = (self._image.width - width) // 2, (self._image.height - height) // 2
        return self._image.crop((left, top, left + width, top + height)).reduce(FINER)

    def rect(self, x0: float, y0: float, x1: float, y1: float, colour: Colour, *, radius: float = 0) -> None:
        self._draw.rounded_rectangle(self._box(x0, y0, x1, y1), radius * self._scale, fill=colour)

    def disc(self, x: float, y: float, r: float, colour: Colour) -> None:
        self._draw.ellipse(self._box(x - r, y - r, x + r, y + r), fill=colour)

    def ring(self, x: float, y: float, r: float, width: float, colour: Colour) -> None:
        """A circle line whose outer radius is `r`."""
        self._draw.ellipse(
            self._box(x - r, y - r, x + r, y + r), outline=colour, width=max(1, round(width * self._scale))
        )

    def wedge(self, x: float, y: float, r: float, start: float, end: float, colour: Colour) -> None:
        """A slice of a disc; angles in degrees, clockwise from the right."""
        self._draw.pieslice(self._box(x - r, y - r, x + r, y + r), start, end, fill=colour)

    def polygon(self, points: Iterable[Point], colour: Colour) -> None:
        self._draw.polygon([(x * self._scale, y * self._scale) for x, y in points], colour)

    def line(self, points: Iterable[Point], width: float, colour: Colour) -> None:
        """A line with round ends and corners."""
        points = list(points)
        scaled = [(x * self._scale, y * self._scale) for x, y in points]
        self._draw.line(scaled, fill=colour, width=max(1, round(width * self._scale)), joint="curve")
        for x, y in (points[0], points[-1]):
            self.disc(x, y, width / 2, colour)

    @contextmanager
    def inside(self, shape: Callable[["Canvas"], None]) -> Iterator[None]:
        """What is drawn in the block shows only within `shape`, a function that draws it in white."""
        outside = self._image
        self._set(Image.new("RGB", outside.size, (0, 0, 0)))
        shape(self)
        mask = self._image.getchannel(0)
        self._set(outside.copy())
        yield
        outside.paste(self._image, mask=mask)
        self._set(outside)

    def _set(self, image: Image.Image) -> None:
        self._image, self._draw = image, ImageDraw.Draw(image)

    def _box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        left, top = x0 * self._scale, y0 * self._scale
        # Pillow counts the last pixel in; there is always one.
        return left, top, max(left, x1 * self._scale - 1), max(top, y1 * self._scale - 1)


def arc(x: float, y: float, r: float, start: float, end: float, steps: int = 90) -> list[Point]:
    """Points on a circle; angles in degrees, clockwise from the right."""
    angles = (math.radians(start + (end - start) * step / steps) for step in range(steps + 1))
    return [(x + r * math.cos(angle), y + r * math.sin(angle)) for angle in angles]


def ellipse(x: float, y: float, rx: float, ry: float, start: float = 0, end: float = 360) -> list[Point]:
    """Points on an ellipse; angles in degrees, clockwise from the right."""
    return [(x + px * rx, y + py * ry) for px, py in arc(0, 0, 1, start, end)]
