"""Times and days in templates: `{% when window.closes_at window.zone %}`, `{% day window.decide_by %}`, `{% span … %}`."""

from django import template

from programs import times

register = template.Library()
register.simple_tag(times.when, name="when")
register.simple_tag(times.day, name="day")
register.simple_tag(times.span, name="span")
