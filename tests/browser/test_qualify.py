"""From “Where do I qualify?” through signing in to a filled form, and from there to the next one, without and with scripts."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests import files
from tests.browser.conftest import axe, fits, sign_in

pytestmark = pytest.mark.looks

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def programs(server) -> dict:
    """Two programs that ask much the same, with open windows."""
    return json.loads(
        server.python("""
import json
from tests.factories import *
office = make_office(country="CA", time_zone="America/Toronto")
programs = [make_program(name, asks=("skills", "publications", "choice", "confirmation", "document"), offices=[office])
    for name in ("Machine Learning", "Data Science")]
for program in programs:
    make_window(program)
print(json.dumps({program.name: program.apply_url for program in programs}))
""")
    )


@pytest.mark.parametrize("javascript", [True, False])
def test_answers_are_given_once(server, visitor, programs, javascript):
    page = visitor(javascript=javascript, reduced_motion="reduce", **PHONE)

    def look() -> None:
        assert fits(page), page.url
        if javascript:
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                axe(page)

    page.goto("/")
    page.get_by_role("link", name="Where do I qualify?").locator("visible=true").click()
    look()
    page.get_by_label("PyTorch", exact=True).select_option("advanced")
    page.get_by_label("Title", exact=True).fill("On boards")
    page.get_by_role("button", name="See where I qualify").click()
    page.get_by_role("alert").get_by_role("link", name="Complete this publication").click()
    expect(page.get_by_label("Field", exact=True)).to_be_focused()
    look()
    page.get_by_label("Field", exact=True).select_option("statistics")
    page.get_by_label("I can work all 12 weeks.").check()
    page.get_by_role("button", name="See where I qualify").click()
    card = page.locator(".fit").filter(has_text="Machine Learning")
    expect(card).to_contain_text("Not yet: 3 of 4 met")
    expect(card).to_contain_text("you have not chosen")
    look()

    # Applying asks to sign in, and the form is filled.
    email = f"told-{javascript}@example.org".lower()
    sign_in(page, server, email)
    page.goto("/where-do-i-qualify/")
    card.get_by_role("link", name="Apply").click()
    expect(page.get_by_text("Filled in from your answers on “Where do I qualify?”")).to_be_visible()
    expect(page.get_by_label("PyTorch", exact=True)).to_have_value("advanced")
    expect(page.get_by_label("Title", exact=True)).to_have_value("On boards")
    expect(page.get_by_label("I can work all 12 weeks.")).to_be_checked()
    look()
    page.get_by_label("Your name").fill("Ada Example")
    page.locator("#offices").get_by_role("button", name="Add").first.click()
    page.get_by_label("Work authorisation: Canada").select_option("yes")
    page.get_by_label("Venue").fill("NeurIPS")
    page.get_by_label("Year").fill("2025")
    page.get_by_label("Link or DOI").fill("10.1145/3292500.3330672")
    page.get_by_label("June").check()
    page.get_by_label("Choose a file").set_input_files(
        {"name": "résumé.pdf", "mimeType": "application/pdf", "buffer": files.pdf()}
    )
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Send my application").click()
    expect(page.get_by_text("Your application is in.").first).to_be_visible()

    # The next program offers what was sent; what was told on the page before has gone in already.
    page.goto(programs["Data Science"])
    offer = page.get_by_role("region", name=re.compile("Use what you told us for Machine Learning on "))
    expect(offer).to_contain_text("It fills in: Your name, Work authorisation: Canada, résumé.pdf.")
    look()
    page.get_by_label("Phone").fill("+1 415 555 0100")
    offer.get_by_role("button", name="Yes, fill it in").click()
    expect(page.get_by_text("Filled in from your application to Machine Learning")).to_be_visible()
    expect(page.get_by_label("Your name")).to_have_value("Ada Example")
    expect(page.get_by_label("Phone")).to_have_value("+1 415 555 0100")
    # It was told for the country, and is shown once an office there is chosen.
    page.locator("#offices").get_by_role("button", name="Add").first.click()
    expect(page.get_by_label("Work authorisation: Canada")).to_have_value("yes")
    expect(page.get_by_role("link", name="résumé.pdf")).to_be_visible()
    expect(offer).to_have_count(0)
    look()
