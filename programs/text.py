"""Text that recruiters write, made safe to show; amounts of money in words."""

import nh3
from babel.numbers import format_decimal
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, to_locale
from markdown_it import MarkdownIt

_markdown = MarkdownIt("commonmark", {"html": False})
_ALLOWED_TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "code", "blockquote", "br", "hr"}


def to_html(markdown: str) -> SafeString:
    """Markdown as HTML that holds nothing but plain text elements and links."""
    html = nh3.clean(
        _markdown.render(markdown),
        tags=_ALLOWED_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"https", "http", "mailto"},
    )
    return mark_safe(html)  # noqa: S308 - nh3 has just cleaned it


def money_range(low: int | None, high: int | None, currency: str) -> str:
    """“USD 7,000–9,000”; one amount when both ends are the same or one is missing, empty when both are.

    The currency stands in letters: a dollar sign means two things at our offices.
    """
    amounts = sorted({amount for amount in (low, high) if amount is not None})
    shown = "–".join(format_decimal(amount, locale=to_locale(get_language() or "en")) for amount in amounts)
    return f"{currency} {shown}" if shown else ""
