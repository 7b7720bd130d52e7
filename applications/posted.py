"""What a browser posts beside the answers."""

from django.http import QueryDict


def number(values: QueryDict, name: str) -> int:
    """A number that a browser sent; -1, which never matches anything, for what is none."""
    posted = values.get(name, "")
    return int(posted) if posted.isascii() and posted.isdigit() and len(posted) < 19 else -1


def seen_version(values: QueryDict) -> int | None:
    """The version of the draft that the posted page showed; None for a page that doesn't say."""
    return number(values, "draft_version") if "draft_version" in values else None
