"""`{% state_badge state %}` and `{% window_line window state %}`: what a window is, and when one can apply.

Written here rather than in templates: the board has both for each program.
"""

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from programs import times
from programs.models import Window
from programs.templatetags.times import deadline, moment

register = template.Library()


@register.simple_tag
def state_badge(state: Window.State) -> SafeString:
    """The state of a window as a word with shape and colour."""
    return format_html('<span class="badge badge-{}">{}</span>', state.value, state.label)


@register.simple_tag
def window_line(window: Window | None, state: Window.State) -> SafeString:
    """When one can apply, in a sentence. `state` is that of the window now."""
    if window is None:
        return escape(_("No intake is planned yet."))
    if state == Window.State.DRAFT:  # recruiters alone get here, in the preview
        return escape(_("Not published: nobody but you and your colleagues sees this intake."))
    if state == Window.State.OPEN:
        return format_html(_("Open until {closes}"), closes=deadline(window.closes_at, window.zone))
    if state == Window.State.SCHEDULED:
        return format_html(_("Opens {opens}"), opens=moment(window.opens_at, window.zone))
    if state == Window.State.FULL:
        return format_html(_("{season} has all the applications it can take."), season=window.season)
    closed = times.when(window.closes_at, window.zone)
    return format_html(_("{season} closed on {closed}"), season=window.season, closed=closed)
