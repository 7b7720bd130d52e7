"""`{% cover program %}`: the picture of a program or office, in the size that the reader's screen needs."""

from django import template

from programs.pictures import Pictured

register = template.Library()


@register.inclusion_tag("programs/_cover.html")
def cover(thing: Pictured, *, sizes: str = "100vw", loading: str = "lazy") -> dict:
    """A <picture> of `thing`, or a plain block in its hue when it has none.

    `sizes` says how wide it is shown, as in HTML. `loading="eager"` is for the one picture seen first on a page.
    """
    picture = thing.stored_picture
    return {
        "picture": picture,
        "alt": thing.picture_alt,
        "sources": [(picture.link(width, "webp"), width) for width in picture.widths] if picture else [],
        "sizes": sizes,
        "eager": loading == "eager",
        # The style sheet knows hues in steps of 15 degrees; offices have none.
        "hue_step": round(getattr(thing, "hue", 0) / 15),
    }
