"""What the pictures of the candidates' pages show: who looks, and the way to each page. See screens.py."""

import json
from collections.abc import Callable
from functools import partial

from playwright.sync_api import Page, expect

from tests import files
from tests.browser.rendered import error_pages, letter_pages, show
from tests.server import Server

PROGRAM = r"^/programs/[\w-]+/$"
FORM = "/programs/machine-learning/apply/"
FOLLOW = "/programs/data-science/follow/"
Way = tuple[str, ...] | Callable[[Page], None]
# These letters stand for all: one is like the other.
LETTERS = ("letter-receipt", "letter-offer", "letter-interview")


def candidate_visits(server: Server) -> dict[str, dict[str, Way]]:
    """By person (nobody: a passer-by), the names of the pictures and the way to each page."""
    errors = {name: partial(show, html=html) for name, html in error_pages(server).items()}
    written = letter_pages(server)
    letters = {name: partial(show, html=written[name]) for name in LETTERS}
    passer_by = {
        "home": ("/",),
        "home-filtered-empty": ("/?office=chicago&state=full",),
        "program": ("/programs/machine-learning/",),
        "program-soon": ("/?state=scheduled", PROGRAM),
        "program-full": ("/?state=full", PROGRAM),
        "program-closed": partial(_closed, server=server),
        "qualify": _qualify,
        "accessibility": ("/accessibility/",),
        "privacy": ("/privacy/",),
        "sign-in": ("/sign-in/",),
        "sign-in-code": partial(_ask_for_a_code, address="/sign-in/"),
        "follow": (FOLLOW,),
        "follow-code": partial(_ask_for_a_code, address=FOLLOW),
        "unsubscribe": (_unsubscribe(server),),
    }
    newcomer = {
        "applications-empty": ("/applications/",),
        "apply-empty": (FORM,),
        "apply-errors": _send_nothing,
        "apply-resume": _choose_a_resume,
        "apply-both": _change_in_two_tabs,
    }
    candidate = {
        "apply": (FORM,),
        "applications": ("/applications/",),
        "my-data": ("/my-data/",),
        "delete-drafts": ("/my-data/drafts/",),
        "erasure": ("/my-data/erasure/",),
        "sessions": ("/sessions/",),
    }
    visits = {"": passer_by | errors | letters, "newcomer@example.org": newcomer, "candidate@example.org": candidate}
    for status, (email, page) in _statuses(server).items():
        pages = {f"status-{status}": (page,)}
        if status == "submitted":
            pages["withdraw"] = (f"{page}withdraw/",)
        if status == "offer":
            pages["offer"] = (f"{page}offer/",)
        visits.setdefault(email, {}).update(pages)
    return visits


def _qualify(page: Page) -> None:
    """What somebody meets who knows their data, and little of machine learning."""
    page.goto("/where-do-i-qualify/")
    for skill, level in {"Python": "advanced", "SQL": "expert", "PyTorch": "basic"}.items():
        page.get_by_label(skill, exact=True).select_option(level)
    page.get_by_label("I can work all 12 weeks of the internship.").check()
    page.get_by_role("button", name="See where I qualify").click()


def _statuses(server: Server) -> dict[str, tuple[str, str]]:
    """For each status that somebody sees: their address and the page of their application."""
    return json.loads(
        server.python("""
import json
from django.utils import timezone
from applications.models import Application
from applications.seen import as_known
found, at = {}, timezone.now()
for one in Application.objects.select_related("candidate", "window__program").order_by("pk"):
    status = as_known(one, at).shown_status(at)[0]
    found.setdefault(status, [one.candidate.email, one.get_absolute_url()])
print(json.dumps(found))
""")
    )


def _closed(page: Page, server: Server) -> None:
    """A program whose window has closed, of which the demo has none: one is closed for as long as it takes to load its page."""
    window = "Window.objects.filter(program__slug='engineering', season__contains='2027')"
    closes = json.loads(
        server.python(f"""
import json
from datetime import timedelta
from django.utils import timezone
from programs.models import Window
window, now = {window}.get(), timezone.now()
print(json.dumps(window.closes_at.isoformat()))
{window}.update(closes_at=now - timedelta(minutes=1))
""")
    )
    page.goto("/programs/engineering/")
    server.python(f"from programs.models import Window; {window}.update(closes_at='{closes}')")


def _ask_for_a_code(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("E-mail").fill("somebody@example.org")
    page.locator("main form button[type=submit]").first.click()


def _unsubscribe(server: Server) -> str:
    """The link at the end of a letter that tells of a window."""
    return json.loads(
        server.python("""
import json
from urllib.parse import urlsplit
from programs.following import follow, unsubscribe_url
from programs.models import Program
follower = follow(program=Program.objects.get(slug="data-science"), email="somebody@example.org")
print(json.dumps(urlsplit(unsubscribe_url(follower)).path))
""")
    )


def _send_nothing(page: Page) -> None:
    """The form as it comes back when one sends it empty."""
    page.goto(FORM)
    page.get_by_role("button", name="Send my application").click()


def _choose_a_resume(page: Page) -> None:
    """The form with a résumé, and what was read from it on offer."""
    page.goto(FORM)
    resume = files.pdf(text="Ada Example, +1 415 555 0100, https://github.com/ada-example, PyTorch and Python")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "ada-example.pdf", "mimeType": "application/pdf", "buffer": resume}
    )
    expect(page.locator(".upload").first.get_by_role("link", name="ada-example.pdf")).to_be_visible()


def _change_in_two_tabs(page: Page) -> None:
    """Two versions of one answer, side by side."""
    page.goto(FORM)
    other = page.context.new_page()
    other.goto(FORM)
    other.get_by_label("Your name").fill("Ada Example")
    expect(other.locator("#saved")).to_have_attribute("data-state", "saved")
    other.close()
    page.get_by_label("Your name").fill("Ada M. Example")
    page.get_by_role("button", name="Look at both").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Which answers stay?")
