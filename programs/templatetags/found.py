"""`{% json_ld data %}`: what search engines read of a page."""

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def json_ld(data: dict) -> SafeString:
    """`data` as linked data in the page; nothing in it can end the element. To browsers it is data and no script."""
    written = json_script(data).replace('type="application/json"', 'type="application/ld+json"', 1)
    return mark_safe(written)  # noqa: S308 - json_script has just escaped it
