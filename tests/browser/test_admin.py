"""The admin's pages in a browser: accessible, as wide as the screen, in light and dark, on a desk and on a phone."""

import json

import pytest

from tests.browser.conftest import axe, sign_in

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def pages(server):
    """The administrator's address, and the addresses of one page of every sort, with something on it."""
    return json.loads(
        server.python("""
import json
from django.urls import reverse
from tests.factories import *
program = make_program(asks=tuple(PARAMETERS), offices=[make_office()])
window = make_window(program, capacity=20)
program.requirements.filter(kind="document").update(retired_at=timezone.now())
window.program = Program.objects.get(pk=program.pk)
application = make_application(window)
recruiter = make_recruiter(program, email="rosa@example.org", name="Rosa")
decide = __import__("applications.decisions").decisions.decide
decide(application=application, action="review", by=recruiter, seen_status="submitted", note="Look at this one.")
make_user("admin@example.org", is_staff=True, is_superuser=True, name="Alex")
requirement = program.requirements.first()
rows = {"programs_program": program, "programs_requirement": requirement, "programs_window": window,
        "applications_application": application, "accounts_user": recruiter}
pages = [reverse("admin:index"), reverse("admin:letters_letter_changelist")]
pages += [reverse(f"admin:{name}_changelist") for name in rows]
pages += [reverse(f"admin:{name}_change", args=[row.pk]) for name, row in rows.items()]
pages += [reverse(f"admin:programs_{name}_add") for name in ("program", "office", "requirement", "window")]
pages += [reverse("admin:applications_decide", args=[application.pk, action]) for action in ("reject", "offer")]
pages += [reverse("admin:programs_window_do", args=[window.pk, name]) for name in ("close", "extend", "resize")]
pages += [reverse("admin:programs_requirement_delete", args=[requirement.pk])]
pages += [reverse("admin:programs_requirement_add") + f"?program={program.pk}&kind={kind}" for kind in PARAMETERS]
print(json.dumps(pages))
""")
    )


@pytest.mark.parametrize(("viewport", "colours"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_every_page_is_accessible_and_fits(server, visitor, pages, viewport, colours):
    page = visitor(viewport=viewport, color_scheme=colours)
    sign_in(page, server, "admin@example.org")
    for address in pages:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], address
        axe(page)


def test_the_switch_of_colours_works_under_the_policy(server, visitor, pages):
    page = visitor(viewport=DESK)
    sign_in(page, server, "admin@example.org")
    page.goto(pages[0])
    background = "getComputedStyle(document.body).backgroundColor"
    seen = set()
    for _time in range(3):
        page.locator(".theme-toggle").first.click()
        seen.add(page.evaluate(background))
    assert len(seen) == 2
