"""Pictures that ship with the project, drawn by its own code: covers of programs and skylines of offices.

The same arguments give the same drawing. They are kept like any upload, so that a recruiter's photo replaces one.
"""

from hashlib import sha256

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image

from programs.pictures import store_drawing

from . import covers, skylines
from .canvas import HEIGHT, WIDTH, Canvas
from .colours import palette

# Program: what draws it, the tone behind it, what it shows.
COVERS = {
    "data-science": (
        covers.data_science,
        "wash",
        gettext_lazy("Drawing: a grid of squares that folds into a rising graph."),
    ),
    "pin-labs": (
        covers.pin_labs,
        "night",
        gettext_lazy("Drawing: stripes of light cross in one point between two lenses."),
    ),
    "engineering": (
        covers.engineering,
        "soft",
        gettext_lazy("Drawing: stacked blocks, and one that is just being set down."),
    ),
    "sales": (covers.sales, "light", gettext_lazy("Drawing: two overlapping speech bubbles, an arrow in each.")),
    "machine-learning": (
        covers.machine_learning,
        "wash",
        gettext_lazy("Drawing: layers of rolling fields under a round sun."),
    ),
}
# Office: what draws it, its hue, the hue that contrasts (None: the opposite one), what it shows.
SKYLINES = {
    "san-francisco": (
        skylines.san_francisco,
        10,
        42,
        gettext_lazy("Drawing: the Golden Gate Bridge in fog before San Francisco's hills."),
    ),
    "palo-alto": (
        skylines.palo_alto,
        40,
        14,
        gettext_lazy("Drawing: a bell tower, arches and palms before Palo Alto's hills."),
    ),
    "seattle": (
        skylines.seattle,
        170,
        None,
        gettext_lazy("Drawing: Seattle's Space Needle before a snowy mountain, firs along the water."),
    ),
    "chicago": (skylines.chicago, 215, None, gettext_lazy("Drawing: Chicago's stepped towers above the lake.")),
    "new-york": (skylines.new_york, 255, 45, gettext_lazy("Drawing: New York's spires above roofs with water tanks.")),
    "toronto": (
        skylines.toronto,
        335,
        None,
        gettext_lazy("Drawing: Toronto's tower and dome above the lake, with two sailing boats."),
    ),
}


def draw_cover(kind: str, hue: int, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    """The cover of a program: one of COVERS in the program's hue (0–360), or a mosaic that follows from any other name."""
    draw, background, _shows = COVERS.get(kind, (None, "wash", ""))
    colours = palette(hue)
    sheet = Canvas(getattr(colours, background), size)
    if draw:
        draw(sheet, colours)
    else:
        covers.mosaic(sheet, colours, kind)
    return sheet.finished()


def draw_skyline(slug: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    """The skyline of an office's city: one of SKYLINES, or towers that follow from any other name."""
    draw, hue, spark, _shows = SKYLINES.get(slug, (None, sha256(slug.encode()).digest()[-1] * 360 // 256, None, ""))
    colours = palette(hue, spark)
    sheet = Canvas(colours.wash, size)
    if draw:
        draw(sheet, colours)
    else:
        skylines.anywhere(sheet, colours, slug)
    return sheet.finished()


def store_cover(kind: str, hue: int) -> dict[str, str | int]:
    """Draw and store a cover; returns the four picture fields of a Program."""
    shows = str(COVERS[kind][-1]) if kind in COVERS else _("Drawing: a mosaic of circles, quarters and triangles.")
    return _stored(draw_cover(kind, hue), shows)


def store_skyline(slug: str) -> dict[str, str | int]:
    """Draw and store a skyline; returns the four picture fields of an Office."""
    shows = str(SKYLINES[slug][-1]) if slug in SKYLINES else _("Drawing: a skyline of plain towers above water.")
    return _stored(draw_skyline(slug), shows)


def _stored(drawing: Image.Image, shows: str) -> dict[str, str | int]:
    stored = store_drawing(drawing)
    facts = {"picture": stored.key, "picture_width": stored.width, "picture_height": stored.height}
    return {**facts, "picture_alt": shows}
