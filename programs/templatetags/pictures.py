"""`{% cover program %}`: the picture of a program or office, in the size that the reader's screen needs.

Written here rather than in a template: the board has one for each program, with an address for each of its sizes.
"""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from programs.pictures import Pictured

register = template.Library()

_FIRST = mark_safe(' fetchpriority="high"')
_LATER = mark_safe(' loading="lazy"')


@register.simple_tag
def cover(thing: Pictured, *, sizes: str = "100vw", loading: str = "lazy") -> SafeString:
    """A <picture> of `thing`, or a plain block in its hue when it has none.

    `sizes` says how wide it is shown, as in HTML. `loading="eager"` is for the one picture seen first on a page.
    """
    picture = thing.stored_picture
    if picture is None:
        # The style sheet knows hues in steps of 15 degrees; offices have none.
        return format_html('<div class="cover cover-empty hue-{}"></div>', round(getattr(thing, "hue", 0) / 15))
    source = ""
    if not picture.waits:
        source = format_html('<source type="image/webp" srcset="{}" sizes="{}">', picture.srcset, sizes)
    return format_html(
        '<picture class="cover">{}<img src="{}" width="{}" height="{}" alt="{}"{} decoding="async"></picture>',
        source,
        picture.url,
        picture.width,
        picture.height,
        thing.picture_alt,
        _FIRST if loading == "eager" else _LATER,
    )
