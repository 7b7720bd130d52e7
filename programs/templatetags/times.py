"""Times and days in templates: `{% when … %}`, `{% moment … %}`, `{% deadline … %}`, `{% day … %}`, `{% span … %}`."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from programs import times

# A deadline nearer than this is counted down.
NEAR = timedelta(hours=48)

register = template.Library()
register.simple_tag(times.when, name="when")
register.simple_tag(times.day, name="day")
register.simple_tag(times.span, name="span")


@register.simple_tag
def moment(at: datetime, zone: ZoneInfo) -> SafeString:
    """An instant as `when` tells it, and a line below for what the reader's own clock shows then.

    The page's script fills that line; it is there from the beginning, so that nothing moves. Without scripts there is none.
    """
    return format_html(
        '<span class="moment"><time datetime="{}" data-zone="{}">{}</time> <span class="own-time"></span></span>',
        at.isoformat(timespec="seconds"),  # HTML allows three digits of a fraction, and Python writes six
        zone.key,
        times.when(at, zone),
    )


@register.simple_tag
def deadline(until: datetime, zone: ZoneInfo, at: datetime | None = None) -> SafeString:
    """A moment that one must not miss, counted down by the page's script when it is near. at: the time to go by (aware; now)."""
    at = at or timezone.now()
    told = moment(until, zone)
    if not timedelta(0) < until - at <= NEAR:
        return told
    return format_html(
        '{} <span class="countdown" data-until="{}" data-now="{}"></span>', told, until.isoformat(), at.isoformat()
    )
