"""`{% fixed "_footer.html" … %}`: a part that every page has, written once while the process lives."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def fixed(template_name: str, **given: str | bool | None) -> SafeString:
    """The template with `given`, which is all that it sees: nothing of the request, so nothing of whoever reads.

    What else it is made of can't change while the process lives: its own words, static files, and addresses.
    """
    written = _write if settings.DEBUG else _written  # who edits a template sees it at once
    return written(template_name, get_language(), get_script_prefix(), **given)


def _write(template_name: str, _language: str, _script_prefix: str, **given: str | bool | None) -> SafeString:
    return render_to_string(template_name, given)


# By type too: of two equal texts one may be marked as safe.
_written = lru_cache(maxsize=256, typed=True)(_write)
