"""The main job from end to end, as its people do it: find, sign in, save, fail a check, fix it, send, be reviewed, be
made an offer, accept. Once with scripts and once without."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests import files
from tests.browser.conftest import axe, sign_in

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def program(server):
    """A program of the test's own with a window that is open, and its recruiter's address."""
    return json.loads(
        server.python("""
import json
from tests.factories import *
name = f"Machine Learning {Program.objects.count()}"
toronto = make_office(country="CA", time_zone="America/Toronto")
program = make_program(name, asks=("skills", "statement", "confirmation", "document"), offices=[toronto])
make_window(program)
recruiter = make_recruiter(program, email=f"rita-{program.slug}@example.org", name="Rita")
print(json.dumps({"name": name, "slug": program.slug, "recruiter": recruiter.email}))
""")
    )


@pytest.mark.parametrize("javascript", [True, False])
def test_a_candidate_applies_and_a_recruiter_decides(server, visitor, program, javascript, tmp_path):
    resume = tmp_path / "résumé.pdf"
    resume.write_bytes(files.pdf(pages=2))
    check = axe if javascript else (lambda page: None)
    ada = visitor(javascript=javascript, **PHONE)

    # Find a program and sign in on the way.
    ada.goto("/")
    check(ada)
    ada.get_by_role("link", name=program["name"], exact=True).first.click()
    check(ada)
    expect(ada.get_by_text("at least one of TensorFlow, PyTorch, MLflow", exact=False)).to_be_visible()
    # Data for search engines; `visitor` fails where the browser takes it for a script.
    expect(ada.locator('script[type="application/ld+json"]')).to_have_count(1)
    ada.get_by_role("link", name=re.compile("^Apply")).first.click()
    ada.get_by_label("E-mail").fill(f"ada-{javascript}@example.org")
    ada.locator("main form button[type=submit]").first.click()
    ada.locator("main input[name=code]").fill(server.code_for(f"ada-{javascript}@example.org"))
    ada.locator("main form button[type=submit]").first.click()
    expect(ada).to_have_url(re.compile(f"/programs/{program['slug']}/apply/$"))
    check(ada)

    # Save a draft by Enter, which never sends, and find it again.
    ada.get_by_label("Your name").fill("Ada Example")
    with ada.expect_navigation():  # the line says "Saved" before the form is posted
        ada.get_by_label("Your name").press("Enter")
    expect(ada.locator("#saved")).to_contain_text("Saved")
    ada.goto("/applications/")
    expect(ada.get_by_text("Draft").first).to_be_visible()
    check(ada)
    ada.goto(f"/programs/{program['slug']}/apply/")
    expect(ada.get_by_label("Your name")).to_have_value("Ada Example")

    # Send with a level that is too low: the summary and the field say what is missing, and nothing is lost.
    ada.locator("#offices").get_by_role("button", name="Add").click()
    ada.get_by_label("Work authorisation: Canada").select_option("permit")
    ada.get_by_label("PyTorch", exact=True).select_option("basic")
    ada.get_by_label("Why this program?").fill("Because I like pins very much.")
    ada.get_by_label("I can work all 12 weeks.").check()
    ada.locator("input[type=file]").set_input_files(resume)
    ada.get_by_label("I agree").check()
    ada.get_by_role("button", name="Send my application").click()
    summary = ada.locator("#missing")
    expect(summary).to_contain_text(
        f"{program['name']} asks for at least one of TensorFlow, PyTorch, MLflow at ‘advanced’"
    )
    expect(summary).to_contain_text("you gave PyTorch at ‘basic’")
    expect(ada.get_by_label("Why this program?")).to_have_value("Because I like pins very much.")
    expect(ada.get_by_text("résumé.pdf").first).to_be_visible()
    check(ada)

    # The summary leads to the field; fix it and send.
    summary.get_by_role("link").first.click()
    ada.get_by_label("PyTorch", exact=True).select_option("advanced")
    ada.get_by_role("button", name="Send my application").click()
    expect(ada).to_have_url(re.compile(r"/applications/[2-9A-Z]{4}-[2-9A-Z]{4}/$"))
    expect(ada.get_by_text("Your application is in.").first).to_be_visible()
    reference = ada.url.rstrip("/").rsplit("/", 1)[-1]
    check(ada)
    page_of_application = ada.url

    # Reload and the back button send nothing twice.
    ada.reload()
    ada.go_back()
    ada.goto(page_of_application)

    # The answers can be changed: what was sent stands until the new ones pass.
    ada.get_by_role("link", name="Change my answers").click()
    ada.get_by_label("Why this program?").fill("Because I like pins, and people who share them.")
    ada.get_by_role("button", name="Send the changes").click()
    expect(ada).to_have_url(page_of_application)
    expect(ada.get_by_text("Because I like pins, and people who share them.")).to_be_visible()
    check(ada)

    # A recruiter reviews it and makes an offer; the letter is shown before it goes.
    rita = visitor(javascript=javascript)
    sign_in(rita, server, program["recruiter"])
    rita.goto("/admin/")
    rita.goto("/admin/applications/application/")
    rita.get_by_role("link", name=reference).click()
    expect(rita.get_by_text("Because I like pins, and people who share them.")).to_be_visible()
    rita.get_by_role("link", name="Start the review").click()
    rita.get_by_label("Internal note").fill("Strong on frameworks.")
    rita.get_by_role("button", name="Decide now").click()
    rita.get_by_role("link", name="Make an offer").click()
    rita.get_by_label("Office").select_option(index=0)
    rita.get_by_label("First day").fill("2027-06-01")
    rita.get_by_label("Answer by").fill("2027-04-01")
    rita.get_by_role("button", name=re.compile("letter", re.IGNORECASE)).first.click()
    expect(rita.locator("textarea[name=body]")).to_have_value(re.compile("1 April 2027"))
    rita.get_by_role("button", name="Decide now").click()
    expect(rita.get_by_text("The letter is on its way.", exact=False)).to_be_visible()

    # The candidate reads about it and accepts.
    ada.reload()
    expect(ada.get_by_text("You have an offer.", exact=False).first).to_be_visible()
    expect(ada.get_by_text("Strong on frameworks.")).to_have_count(0)
    check(ada)
    ada.get_by_role("link", name=re.compile("offer", re.IGNORECASE)).first.click()
    check(ada)
    ada.get_by_role("button", name=re.compile("^Accept")).click()
    expect(ada.get_by_text("You accepted our offer.", exact=False).first).to_be_visible()
    check(ada)

    kinds = server.python(f"""
from letters.models import Letter
print(",".join(Letter.objects.filter(about="{reference}").order_by("pk").values_list("kind", flat=True)))""").strip()
    assert kinds == "receipt,offer,accept"


@pytest.mark.parametrize("javascript", [True, False])
def test_withdrawing_asks_first(server, visitor, program, javascript):
    ada = visitor(javascript=javascript)
    email = f"withdrawing-{javascript}@example.org"
    sign_in(ada, server, email)
    reference = server.python(f"""
from tests.factories import *
window = Window.objects.get(program__slug="{program["slug"]}")
application = make_draft(window, candidate=User.objects.get(email="{email.lower()}"))
application.window.program.requirements.filter(kind="document").update(retired_at=timezone.now())
print(submit(application=Application.objects.get(pk=application.pk), revision=0).reference)
""").strip()
    ada.goto(f"/applications/{reference}/")
    ada.get_by_role("link", name=re.compile("Withdraw")).click()
    ada.get_by_role("button", name=re.compile("Withdraw|withdraw")).click()
    expect(ada.get_by_text("Your application is withdrawn.", exact=False)).to_be_visible()
