"""Pages that a test can't walk to, rendered by the server's own code and shown in the browser as if it had answered with them."""

import json

from playwright.sync_api import Page

from tests.server import Server

ERRORS = (400, 403, 404, 413, 429, 500, 503)


def error_pages(server: Server) -> dict[str, str]:
    """The site's error pages as HTML, by name: error-400 and so on, error-csrf and error-full-disk."""
    return json.loads(
        server.python(f"""
import json
from django.template.loader import render_to_string
from django.test import RequestFactory
request = RequestFactory().get("/")
pages = {{f"error-{{code}}": f"{{code}}.html" for code in {ERRORS}}}
pages |= {{"error-csrf": "csrf.html", "error-full-disk": "full_disk.html"}}
facts = {{"megabytes": 32, "posted": [("about-full_name", "Ada Example")]}}
print(json.dumps({{name: render_to_string(file, facts, request) for name, file in pages.items()}}))
""")
    )


def letter_pages(server: Server) -> dict[str, str]:
    """One letter of each kind that was written, as the HTML that leaves, by name: letter-offer and so on."""
    return json.loads(
        server.python("""
import json
from accounts.mail import as_html
from letters.models import Letter
letters = {letter.kind: letter for letter in Letter.objects.order_by("-pk")}
print(json.dumps({f"letter-{kind}": as_html(subject=each.subject, text=each.body) for kind, each in letters.items()}))
""")
    )


def show(page: Page, html: str, path: str = "/shown/") -> None:
    """Let the browser have `html` as the answer to `path` of the site that it is on."""
    page.route(f"**{path}", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    page.goto(path)
    page.unroute(f"**{path}")
