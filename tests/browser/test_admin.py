"""Every page of the admin in a browser: accessible, light on a desk and dark on a phone, and never wider than the screen.

The pages are those of the rules in tests/security/doors.py, so that a new one is looked at here as well.
"""

import json

import pytest

from tests.browser.conftest import OF_COLOURS_AND_WIDTH, axe, fits, sign_in

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
WIDTHS = (1280, 1024, 820, 390, 320)


@pytest.fixture(scope="module")
def addresses(server) -> dict[str, list[str]]:
    """By the address of who may open them: one page of every sort, with something on it."""
    return json.loads(
        server.python("""
import json
from django.urls import reverse
from programs.models import Window
from reviews.assigning import assign
from tests.applications.decided import brought_to, prepared_for
from tests.factories import *
from tests.reviews.desk import make_pages, make_review_in
from tests.security.doors import RULES
from tests.security.world import make_side

# What is no page: files, pictures, what is only posted, and ways in and out.
NO_PAGES = {"login", "logout", "jsi18n", "view_on_site", "programs_requirement_move",
            "programs_requirement_restore", "applications_bulk", "applications_letter",
            "applications_pages_again", "applications_page_image", "applications_words_preview", "applications_prepared", "reviews_criterion_move",
            "reviews_criterion_restore", "reviews_save", "reviews_page_image", "reviews_spread"}
side = make_side("Here")
make_user("admin@example.org", is_staff=True, is_superuser=True, name="Alex")
for kind in PARAMETERS:
    if kind != "statement":
        make_requirement(side.program, kind, mandatory=False)
side.document.page_images.all().delete()
make_pages(side.document)  # pictures that can be shown

def of(name, *args, query=""):
    return reverse(f"admin:{name}", args=args) + query

def all_of(role):
    found = [(name, rule) for name, rule in RULES.items() if role in rule.who and not rule.path and name not in NO_PAGES]
    found = [(name, rule) for name, rule in found if not name.endswith(("_export", "_file"))]
    return [of(name, *rule.arguments(side)) for name, rule in found]

applications, program, window = "applications_application_changelist", side.program, side.window
more = [of(applications, query=query) for query in ("?status=submitted", "?q=nobody")]
more += [of("app_list", name) for name in ("accounts", "applications", "letters", "reviews")]
other = make_window(make_program("Other", offices=[side.office]))
for status in ("interview", "offer", "rejected", "waitlisted", "withdrawn"):
    application = brought_to(status, other, side.recruiter)
    more.append(of("applications_application_change", application.pk))
    if status == "interview":
        more += [of("applications_decide", application.pk, action) for action in ("offer", "waitlist", "return")]
application = brought_to("in_review", window, side.recruiter)
prepared_for(application, side.recruiter, "waitlist", note="One more look.")
more += [of("applications_application_change", application.pk), of("applications_decide", application.pk, "interview")]
more += [of("programs_window_do", window.pk, name) for name in ("extend", "resize", "edit")]
more += [of("programs_requirement_add", query=f"?program={program.pk}&kind={kind}") for kind in PARAMETERS]
more += [of("reviews_criterion_add", query=f"?program={program.pk}")]
more += [of("reviews_effect", window.pk, query="?offer=1&reject_rest=on")]
more += [of("programs_office_delete", make_office().pk)]
draft = make_window(make_program("There", offices=[side.office]), season="Summer 2099")
Window.objects.filter(pk=draft.pk).update(published=False)
read = assign(application=brought_to("submitted", window, side.recruiter), reviewer=side.reviewer, by=side.recruiter)
make_review_in(read)
empty = make_recruiter(make_program("Empty", offices=[side.office]), name="New", email="new@example.org")
lists = ["applications_application", "applications_prepareddecision", "programs_window", "reviews_standing",
         "applications_extension", "applications_rejectionreason"]
print(json.dumps({
    "admin@example.org": list(dict.fromkeys(all_of("administrator") + more)),
    side.reviewer.email: [*all_of("reviewer"), of("reviews_assignment_change", read.pk)],
    empty.email: [of("index"), of("reports"), *(of(f"{name}_changelist") for name in lists)],
}))
""")
    )


@pytest.fixture(scope="module")
def signed_in(server, browser, addresses) -> dict[str, dict]:
    """The cookies of each, who signed in once: an address is written only so many codes an hour."""
    states = {}
    for email in addresses:
        context = browser.new_context(base_url=server.base_url)
        sign_in(context.new_page(), server, email)
        states[email] = context.storage_state()
        context.close()
    return states


@pytest.mark.looks
def test_every_page_is_accessible_and_fits(visitor, addresses, signed_in):
    for email, pages in addresses.items():
        # With motion, a colour on its way to another would be neither.
        page = visitor(viewport=DESK, reduced_motion="reduce", storage_state=signed_in[email])
        for address in pages:
            page.emulate_media(color_scheme="light")
            page.set_viewport_size(DESK)
            answer = page.goto(address)
            assert answer.status == 200, (address, answer.status)
            axe(page)
            for width in WIDTHS:
                page.set_viewport_size(PHONE | {"width": width})
                assert fits(page), (address, width)
            page.emulate_media(color_scheme="dark")
            page.set_viewport_size(PHONE)
            axe(page, rules=OF_COLOURS_AND_WIDTH)


def test_the_switch_of_colours_works_under_the_policy(visitor, addresses, signed_in):
    email, pages = next(iter(addresses.items()))
    page = visitor(viewport=DESK, storage_state=signed_in[email])
    page.goto(pages[0])
    background = "getComputedStyle(document.body).backgroundColor"
    seen = set()
    for _time in range(3):
        page.locator(".theme-toggle").first.click()
        seen.add(page.evaluate(background))
    assert len(seen) == 2
