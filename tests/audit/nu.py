"""The Nu HTML checker on every kind of page: whatever can be reached by links from where each person begins."""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

from django.template.loader import get_template
from django.test import RequestFactory
from django.urls import Resolver404, resolve

CHECKER = Path(__file__).parent / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
MOST_OF_A_KIND = 12
ERRORS = ("400", "403", "404", "413", "429", "500", "503", "csrf", "full_disk")


class _Links(HTMLParser):
    def __init__(self, page: str):
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        if tag == "a" and (address := dict(attributes).get("href")):
            self.found.append(address)


def walk(request, base_url: str, starts: list[str], *, below: str = "/") -> Iterator[tuple[str, str, str]]:
    """Kind, address and HTML of the pages `below` an address that links lead to from `starts`, the admin excepted.

    `request` is Playwright's, with somebody's cookies. Of one kind, that is, one name in the site's addresses, it looks
    at a dozen at the most.
    """
    waiting, seen, kinds = [urljoin(base_url, start) for start in starts], set(), Counter()
    while waiting:
        url = waiting.pop(0)
        if url in seen or not url.startswith(base_url + below) or kinds[_kind(url)] >= MOST_OF_A_KIND:
            continue
        seen.add(url)
        answer = request.get(url)
        kind = _kind(answer.url)  # of where it has led to
        if kind is None or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        kinds[kind] += 1
        page = answer.text()
        yield kind, urlsplit(answer.url)._replace(scheme="", netloc="").geturl(), page
        waiting += [urldefrag(urljoin(answer.url, link)).url for link in _Links(page).found]


def _kind(url: str) -> str | None:
    """The name of a page's address; None for what is none of ours and for the admin's."""
    try:
        found = resolve(urlsplit(url).path)
    except Resolver404:
        return None
    return None if "admin" in found.namespaces else found.url_name


def error_pages() -> Iterator[tuple[str, str, str]]:
    """The pages of errors, which no link leads to."""
    for name in ERRORS:
        yield f"error {name}", "", get_template(f"{name}.html").render({}, RequestFactory().get("/"))


def check(pages: list[tuple[str, str, str]], folder: Path) -> dict[str, list[str]]:
    """What the checker says, by kind of page: each message with its address, "error" or "info" first."""
    files = {}
    for number, (kind, address, page) in enumerate(pages):
        file = folder / f"{number}.html"
        file.write_text(page, encoding="utf-8")
        files[file.name] = (kind, address)
    done = subprocess.run(
        ["java", "-jar", CHECKER, "--format", "json", "--stdout", "--exit-zero-always", *folder.glob("*.html")],
        capture_output=True,
        text=True,
        check=True,
    )
    said: dict[str, list[str]] = {kind: [] for kind, _address, _page in pages}
    for message in json.loads(done.stdout)["messages"]:
        kind, address = files[message["url"].rsplit("/", 1)[-1]]
        extract = " ".join(message.get("extract", "").split())
        said[kind].append(f"{message['type']}: {message['message']} `{extract}` at {address or 'the page'}")
    return said
