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
lists = [*rows, "letters_letter", "applications_extension", "programs_office"]
pages = [reverse("admin:index"), *(reverse(f"admin:{name}_changelist") for name in lists)]
pages += [reverse("admin:app_list", args=[name]) for name in ("accounts", "applications", "letters", "programs")]
pages += [reverse("admin:applications_application_changelist") + query for query in ("?status=submitted", "?q=nobody")]
pages += [reverse(f"admin:{name}_change", args=[row.pk]) for name, row in rows.items()]
pages += [reverse("admin:letters_letter_change", args=[application.history.latest("pk").letter_id or 1])]
pages += [reverse("admin:programs_program_history", args=[program.pk])]
pages += [reverse(f"admin:programs_{name}_delete", args=[row.pk]) for name, row in
          (("office", program.offices.first()), ("office", make_office()), ("window", window))]
pages += [reverse(f"admin:programs_{name}_add") for name in ("program", "office", "requirement", "window")]
pages += [reverse("admin:applications_extension_add"), reverse("admin:accounts_user_add")]
pages += [reverse("admin:applications_decide", args=[application.pk, action]) for action in ("reject", "offer")]
pages += [reverse("admin:programs_window_do", args=[window.pk, name]) for name in ("close", "extend", "resize")]
pages += [reverse("admin:programs_requirement_delete", args=[requirement.pk])]
pages += [reverse("admin:programs_requirement_add") + f"?program={program.pk}&kind={kind}" for kind in PARAMETERS]
print(json.dumps(pages))
""")
    )


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_is_accessible_and_fits_in_light_and_dark(server, visitor, pages, viewport):
    page = visitor(viewport=viewport, reduced_motion="reduce")  # a colour on its way to another is neither
    sign_in(page, server, "admin@example.org")
    for address in pages:
        page.goto(address)
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours)
            axe(page)
        for width in {320, 390, 820, 1024, 1280, viewport["width"]}:
            page.set_viewport_size(viewport | {"width": width})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
        page.set_viewport_size(viewport)


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
