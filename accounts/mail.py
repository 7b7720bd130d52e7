"""What leaves by mail: the plain text, and beside it the same words as HTML in the site's design.

The text is the truth. The HTML is made from it and says nothing more, so that either can be read for the other.
"""

import re
from collections.abc import Sequence

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

# Blocks are separated by empty lines. One that is set in by four spaces is what the reader has to copy, a code for one.
_BETWEEN_BLOCKS = re.compile(r"\n(?:[ \t]*\n)+")
_SET_IN = " " * 4


def as_mail(
    *, subject: str, text: str, to: str, headers: dict[str, str], reply_to: Sequence[str] | None = None
) -> EmailMultiAlternatives:
    """A message to one address, as multipart/alternative: `text`, then its HTML. Nothing is sent here."""
    message = EmailMultiAlternatives(subject=subject, body=text, to=[to], reply_to=reply_to, headers=headers)
    message.attach_alternative(as_html(subject=subject, text=text), "text/html")
    return message


def as_html(*, subject: str, text: str) -> str:
    """`text` as a page for mail programs: escaped, addresses as links, and nothing that is fetched from elsewhere."""
    blocks = _BETWEEN_BLOCKS.split(text.replace("\r\n", "\n").strip("\n"))
    return render_to_string(
        "mail.html",
        {"subject": subject, "blocks": [{"text": block, "to_copy": block.startswith(_SET_IN)} for block in blocks]},
    )
