"""Drawn covers and skylines."""

from itertools import pairwise

import pytest

from programs.drawings import COVERS, SKYLINES, draw_cover, draw_skyline, store_cover, store_skyline
from programs.drawings.colours import oklch, palette
from programs.models import Office, Program


def lightness(colour) -> float:
    """WCAG's relative luminance."""
    parts = [(part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4) for part in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other) -> float:
    low, high = sorted((lightness(one), lightness(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("kind", [*COVERS, "design"])
def test_covers_are_the_same_at_every_drawing_and_differ_by_hue(kind):
    small = (320, 180)
    assert draw_cover(kind, 210, small).tobytes() == draw_cover(kind, 210, small).tobytes()
    assert draw_cover(kind, 210, small).tobytes() != draw_cover(kind, 30, small).tobytes()


def test_names_that_are_not_known_get_drawings_of_their_own():
    assert draw_cover("design", 10, (160, 90)).tobytes() != draw_cover("marketing", 10, (160, 90)).tobytes()
    assert draw_skyline("berlin", (160, 90)).tobytes() != draw_skyline("lagos", (160, 90)).tobytes()


@pytest.mark.parametrize("size", [(1600, 900), (1200, 630), (500, 900), (333, 77), (1, 1)])
def test_any_size_is_filled(size):
    assert draw_cover("engineering", 20, size).size == size
    assert draw_skyline("toronto", size).size == size


@pytest.mark.parametrize("slug", [*SKYLINES, "berlin"])
def test_skylines_are_more_than_a_plain_sheet(slug):
    assert len(draw_skyline(slug, (320, 180)).getcolors(maxcolors=320 * 180)) > 8


@pytest.mark.parametrize("hue", range(0, 361, 15))
def test_tones_of_every_hue_can_be_told_apart(hue):
    tones = palette(hue)
    steps = (tones.wash, tones.light, tones.soft, tones.mid, tones.strong, tones.deep, tones.night)
    assert all(contrast(one, other) > 1.12 for one, other in pairwise(steps))
    assert contrast(tones.wash, tones.deep) > 5
    assert contrast(tones.spark, tones.night) > 7


def test_colours_out_of_the_screens_range_lose_chroma_and_not_lightness():
    assert oklch(1, 0, 0) == (255, 255, 255)
    assert oklch(0, 0, 0) == (0, 0, 0)
    assert oklch(0.628, 0.2577, 29.23) == pytest.approx((255, 0, 0), abs=2)
    assert all(0 <= part <= 255 for part in oklch(0.9, 0.4, 264))


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Program, lambda: store_cover("sales", 42)),
        (Office, lambda: store_skyline("seattle")),
        (Program, lambda: store_cover("x", 1)),
    ],
)
def test_drawings_are_stored_like_uploads(client, model, fields):
    thing = model(**fields())

    assert (thing.picture_width, thing.picture_height) == (1600, 900)
    assert thing.picture_alt.startswith("Drawing: ")
    assert client.get(thing.stored_picture.url).status_code == 200
