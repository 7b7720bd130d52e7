"""Text that recruiters write, made safe to show and to put into files; amounts of money in words."""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import nh3
from babel.numbers import format_decimal
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, to_locale

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_ALLOWED_TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "code", "blockquote", "br", "hr"}

_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


@cache
def _markdown() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # not as every command starts: few of them write a text

    return MarkdownIt("commonmark", {"html": False})


@lru_cache(maxsize=128)  # what few people write and everybody reads
def to_html(markdown: str) -> SafeString:
    """Markdown as HTML that holds nothing but plain text elements and links."""
    html = nh3.clean(
        _markdown().render(markdown),
        tags=_ALLOWED_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"https", "http", "mailto"},
    )
    return mark_safe(html)  # noqa: S308 - nh3 has just cleaned it


def one_line(text: str) -> str:
    """`text` without line breaks and without control characters, which XML and calendar files can't hold."""
    return " ".join(_NO_TEXT.sub(" ", text).split())


def money_range(low: int | None, high: int | None, currency: str) -> str:
    """“USD 7,000–9,000”; one amount when both ends are the same or one is missing, empty when both are.

    The currency stands in letters: a dollar sign means two things at our offices.
    """
    amounts = sorted({amount for amount in (low, high) if amount is not None})
    shown = "–".join(format_decimal(amount, locale=to_locale(get_language() or "en")) for amount in amounts)
    return f"{currency} {shown}" if shown else ""
