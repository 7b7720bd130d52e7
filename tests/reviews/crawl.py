"""An application full of unmistakable marks of its candidate, and a walk over everything that a reader can reach."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from applications.models import Application
from programs.models import Window
from tests.factories import GOOD, make_user, post_for
from tests.files import pdf
from tests.reviews.desk import make_pages

KINDS = ("statement", "publications", "link", "document")
MARKS = {
    "name": "Zebedee Quillfeather",
    "surname": "quillfeather",
    "e-mail": "zeb@nowhere.example",
    "phone": "+1 415 555 0199",
    "link": "https://zebsite.example/work",
    "repository": "https://github.com/zebzebzeb",
    "doi": "10.5555/zebdoi.77",
    "file name": "zeb-cv.pdf",
    "in free text": "the Zebraist of Zebton",
}
SHOWN = MARKS.keys() - {"surname"}
# Filters and orders combine without end, so two at once are not followed.
NOWHERE = re.compile(r"^/(static|media|sign-out|sign-in)|/logout/|/jsi18n/|[?].*(&|%26|o(=|%3D)-?\d\.)")


def make_marked(client: Client, window: Window) -> Application:
    """Sends an application to `window` (whose program asks for KINDS) in which everything gives its candidate away."""
    candidate = make_user(MARKS["e-mail"], name=MARKS["name"])
    client.force_login(candidate)
    answers = {
        "publications": {**GOOD["publications"], "0-link": MARKS["doi"]},
        "link": {"address": MARKS["repository"]},
        "statement": {"text": f"They call me {MARKS['in free text']} and I like pins."},
    }
    post = post_for(window, answers=answers, action="send")
    post |= {"about-full_name": MARKS["name"], "about-phone": MARKS["phone"], "about-link_1": MARKS["link"]}
    files = [name for name, value in post.items() if isinstance(value, SimpleUploadedFile)]
    post |= {name: SimpleUploadedFile(MARKS["file name"], pdf(), "application/pdf") for name in files}
    client.post(window.program.apply_url, post)
    client.logout()
    application = Application.objects.get(candidate=candidate, window=window)
    for answer in application.answers.select_related("document"):
        answer.blind_lines, answer.blind_reason = [f"Blind {answer.kind}"], "Blind reason"
        answer.save(update_fields=["blind_lines", "blind_reason"])
        if answer.document:
            make_pages(answer.document)
    application.history.create(
        from_status="submitted", to_status="submitted", action="change", by=candidate, at=timezone.now(), why="Seen."
    )
    return application


def walk(client: Client, *starts: str, within: str = "/", most: int = 300) -> Iterator[tuple[str, str]]:
    """Every address within reach of `starts` by links, pictures and forms that are looked at, with all it answers."""
    ahead, seen = list(starts), set()
    while ahead:
        address = ahead.pop(0)
        if address in seen or (NOWHERE.search(address) and address not in starts):
            continue
        assert len(seen) < most, "There is no end to it."
        seen.add(address)
        answer = client.get(address)
        body = answer.getvalue()
        yield address, unescape(f"{answer.status_code} {answer.headers} {body.decode('utf-8', 'replace')}")
        if answer.status_code in (301, 302):
            ahead.append(urljoin(address, answer["Location"]))
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            for found in re.findall(r'\s(?:href|src|action|hx-get)="([^"]+)"', body.decode()):
                target = urlsplit(urljoin(f"http://testserver{address}", unescape(found)))
                if target.netloc == "testserver" and target.path.startswith(within):
                    ahead.append(target.path + (f"?{target.query}" if target.query else ""))


def marks_in(text: str) -> set[str]:
    return {what for what, mark in MARKS.items() if mark.lower() in text.lower()}
