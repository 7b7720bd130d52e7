"""What the pages of windows tell of applications, though their app knows none: promises due, personal deadlines."""

from collections.abc import Sequence

from django import template
from django.utils import timezone

from applications.models import Extension
from applications.undecided import undecided_in
from programs.models import Window

SHOWN_EXTENSIONS = 10

register = template.Library()


@register.simple_tag
def undecided(windows: Sequence[Window]) -> dict[int, int]:
    """How many applications wait for a decision, by window: one query for a whole page."""
    return undecided_in([window.pk for window in windows])


@register.inclusion_tag("admin/programs/window/_decision_mark.html")
def decision_mark(window: Window, waiting: dict[int, int] | None = None) -> dict:
    """Says that decisions are due or overdue, while some wait. `waiting` is what {% undecided %} gave for the page."""
    state = window.decision_state(timezone.now())
    if state and waiting is None:
        waiting = undecided_in([window.pk])
    return {"window": window, "state": state, "number": waiting.get(window.pk, 0) if state else 0}


@register.inclusion_tag("admin/programs/window/_extensions.html")
def extensions_of(window: Window) -> dict:
    """The personal deadlines that were granted for the window, the latest first."""
    found = Extension.objects.filter(window=window)
    shown = list(found.select_related("candidate", "by")[: SHOWN_EXTENSIONS + 1])
    return {"window": window, "extensions": shown[:SHOWN_EXTENSIONS], "more": len(shown) > SHOWN_EXTENSIONS}
