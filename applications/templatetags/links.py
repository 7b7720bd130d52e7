"""`{% web_link url %}`: an address that somebody gave, as a link."""

from django import template
from django.utils.html import conditional_escape, format_html

register = template.Library()


@register.simple_tag
def web_link(url: str, new_tab: bool = False) -> str:
    """A link to a web page; whatever else stands there (`javascript:`, `data:`) stays text, though no form takes it."""
    if not url.lower().startswith(("https://", "http://")):
        return conditional_escape(url)
    target = ' target="_blank"' if new_tab else ""
    return format_html('<a href="{0}" rel="noopener noreferrer nofollow"' + target + ">{0}</a>", url)
