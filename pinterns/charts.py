"""Small charts as SVG: geometry is worked out here, markup is in templates/admin/charts/.

They have attributes and classes alone, so that our policy lets them in and both colour schemes fit. Lengths along the
width are shares of it, so that a chart is as wide as its place and its text stays as large as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

HEIGHT = 160  # pixels from the baseline to the highest line
ABOVE = 14  # pixels for the text of the highest line


@dataclass(frozen=True)
class Point:
    """One column of a chart. `label` stands below it, where there is one."""

    name: str
    value: int
    label: str = ""


def bar(share: float) -> SafeString:
    """A bar behind a figure that says the same, so hidden from those who listen. `share` is of the width, 0 to 1."""
    return render_to_string("admin/charts/bar.html", {"width": _percent(share)})


def span(middle: float, end: float, most: float) -> SafeString:
    """A bar up to `middle` and a thin line on to `end`, on a scale from 0 to `most`; hidden likewise."""
    width, reach = (_percent(value / most if most else 0) for value in (middle, end))
    return render_to_string("admin/charts/span.html", {"width": width, "reach": reach})


def columns(points: Sequence[Point], *, title: str, description: str, name: str) -> SafeString:
    """A column for each point, on a scale with round numbers.

    title and description are what is heard instead of it; the page has the figures as a table besides. `name` makes
    the ids in it unique on the page.
    """
    top = round_up(max((point.value for point in points), default=0))
    step = 100 / max(len(points), 1)
    context = {
        "title": title,
        "description": description,
        "name": name,
        "base": ABOVE + HEIGHT,
        "lines": [(value, ABOVE + HEIGHT - _height(value, top)) for value in (0, top // 2, top)],
        "columns": [
            {
                "point": point,
                "x": _number(number * step + step * 0.15),
                "middle": _number(number * step + step / 2),
                "width": _number(step * 0.7),
                "y": ABOVE + HEIGHT - _height(point.value, top),
                "height": _height(point.value, top),
            }
            for number, point in enumerate(points)
        ],
    }
    return render_to_string("admin/charts/columns.html", context)


def round_up(value: int) -> int:
    """The next even round number: 2, 4, 10, 20, 40, 100 and so on. The scale of a chart ends there."""
    power = 1
    while True:
        for first in (2, 4, 10):
            if value <= first * power:
                return first * power
        power *= 10


def _height(value: int, top: int) -> int:
    """Pixels; what is not nothing is seen."""
    return max(round(HEIGHT * value / top), 2) if value else 0


def _percent(share: float) -> str:
    return _number(100 * min(max(share, 0), 1))


def _number(value: float) -> str:
    """For an attribute of SVG: with a point, whatever the language of the page."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
