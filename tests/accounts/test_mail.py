"""What leaves by mail: the text, and its HTML, which says the same and can't be made to say anything else."""

import re
from html.parser import HTMLParser

import pytest

from accounts.mail import as_html, as_mail

HOSTILE = """Dear <script>alert(1)</script> & "Co",

<img src=x onerror=alert(1)> {{ settings.SECRET_KEY }} {% now "Y" %}
https://evil.example/"><script>alert(2)</script> javascript:alert(3) data:text/html,hi

    <b>1234-5678</b>
"""


class Page(HTMLParser):
    """The tags with their attributes, and the words of the letter itself."""

    def __init__(self, html: str):
        super().__init__()
        self.tags, self.words, self._in_body = [], "", False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._in_body |= tag == "body"
        self.words += "\n" if tag in ("p", "br") else ""

    def handle_data(self, data):
        self.words += data if self._in_body else ""


def words(text: str) -> list[str]:
    return text.split()


def test_hostile_text_stays_text():
    page = Page(as_html(subject="</title><script>alert(0)</script>", text=HOSTILE))
    assert {tag for tag, _attrs in page.tags} <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        *["div", "span", "p", "br", "a"],
    }
    assert not [
        name for _tag, attrs in page.tags for name in attrs if name.startswith("on") or name in ("src", "srcset")
    ]
    links = [attrs["href"] for tag, attrs in page.tags if tag == "a"]
    assert links and all(link.startswith("https://evil.example/") for link in links)
    assert words(page.words) == ["Pinterns", *words(HOSTILE)]


def test_nothing_is_fetched_from_elsewhere():
    html = as_html(subject="Hello", text="Words.")
    assert not re.search(r"url\(|@import|<img|<link|https?://", html)


def test_lines_stay_lines_and_addresses_become_links():
    html = as_html(subject="Hello", text="When: now\nWhere: https://meet.example/a?b=1&c=2.\n\n\nKind regards,\nPins")
    page = Page(html)
    assert [attrs["href"] for tag, attrs in page.tags if tag == "a"] == ["https://meet.example/a?b=1&c=2"]
    assert sum(tag == "br" for tag, _attrs in page.tags) == 2
    assert html.count("<p>") == 2


@pytest.mark.parametrize("text", ["", "\n \n", "One line"])
def test_any_text_makes_a_page(text):
    assert words(Page(as_html(subject="", text=text)).words) == ["Pinterns", *words(text)]


def test_the_text_comes_first_and_as_it_was_written():
    message = as_mail(subject="Grüße", text=HOSTILE, to="ada@example.org", headers={}).message()
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.get_payload()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_payload(decode=True).decode() == HOSTILE
