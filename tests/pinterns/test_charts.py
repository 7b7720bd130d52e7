"""Charts are told as well as shown, and fit under our policy."""

import re

import pytest

from pinterns.charts import Point, bar, columns, round_up, span

POINTS = [Point("Monday", 3, "Mon"), Point("Tuesday", 0), Point("<b>", 12)]


@pytest.fixture
def chart() -> str:
    return columns(POINTS, title="Sent per day", description="15 in 3 days.", name="sent")


def test_a_chart_has_a_name_and_a_description(chart):
    assert 'role="img"' in chart
    assert 'aria-labelledby="sent-title sent-description"' in chart
    assert '<title id="sent-title">Sent per day</title>' in chart
    assert '<desc id="sent-description">15 in 3 days.</desc>' in chart
    assert "<title>Monday: 3</title>" in chart


def test_bars_that_say_what_the_figure_beside_them_says_are_not_read_out():
    for svg in (bar(0.5), span(1, 2, 4)):
        assert 'aria-hidden="true"' in svg


def test_charts_have_no_styles_and_no_markup_of_others(chart):
    for svg in (chart, bar(0.5), span(1, 2, 4)):
        assert not re.search(r"style|<script| on\w+=", svg)
    assert "&lt;b&gt;: 12" in chart


def test_columns_are_as_high_as_their_values(chart):
    heights = [int(height) for height in re.findall(r'chart-fill"[^>]* height="(\d+)"', chart.replace("\n", " "))]
    assert heights == [24, 0, 96]  # of 160 for 20


def test_what_is_not_nothing_is_seen():
    svg = columns([Point("a", 1), Point("b", 100_000)], title="", description="", name="x")
    assert 'height="2"' in svg


@pytest.mark.parametrize(
    ("value", "top"),
    [(0, 2), (1, 2), (2, 2), (3, 4), (5, 10), (11, 20), (40, 40), (41, 100), (399, 400), (5001, 10_000)],
)
def test_a_scale_ends_at_a_round_number(value, top):
    assert round_up(value) == top


@pytest.mark.parametrize(("share", "width"), [(0, "0"), (1 / 3, "33.33"), (1, "100"), (7, "100"), (-1, "0")])
def test_a_bar_is_never_longer_than_its_place(share, width):
    assert f'width="{width}%"' in bar(share)


def test_a_chart_of_nothing_is_drawn():
    assert "<svg" in columns([], title="", description="", name="x")
    assert 'width="0%"' in span(0, 0, 0)
