"""A person who has a keyboard and nothing else."""

import json
import re

from playwright.sync_api import Locator, Page, expect

MOST_STEPS = 120
SMALL = {"width": 820, "height": 700}  # where the parts of the form are a bar that sticks to the top
# What has the focus must be seen: within the window, and with nothing that sticks to it lying over its middle.
COVERED = """element => {
  const box = element.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + Math.min(box.width, 40) / 2, 0), innerWidth - 1);
  const y = box.top + Math.min(box.height / 2, 20);
  if (y < 0 || y >= innerHeight) return `outside of the window: ${element.outerHTML.slice(0, 100)}`;
  const over = document.elementFromPoint(x, y);
  if (!over || element.contains(over) || over.contains(element) || over.closest("label")?.contains(element)) return "";
  return `${element.outerHTML.slice(0, 100)} lies below ${over.outerHTML.slice(0, 100)}`;
}"""


def keyboard_program(server) -> str:
    """Makes a program with three offices in two countries that asks for most kinds of things; returns its slug."""
    return json.loads(
        server.python("""
import json
from tests.factories import *
toronto = make_office("Toronto", country="CA", time_zone="America/Toronto")
offices = [make_office("Seattle"), make_office("Chicago"), toronto]
program = make_program(asks=("skills", "statement", "choice", "publications", "document"), offices=offices)
program.requirements.filter(kind="publications").update(mandatory=False)
make_window(program)
print(json.dumps(program.slug))
""")
    )


def tab_to(page: Page, wanted: Locator, *, back: bool = False) -> Locator:
    """Presses Tab until `wanted` has the focus, which is never lost nor hidden on the way."""
    for _step in range(MOST_STEPS):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        focused = page.locator(":focus")
        if not focused.count():  # around the end of the page
            continue
        assert not _covered(page, focused)
        if wanted.evaluate("element => element === document.activeElement"):
            return wanted
    raise AssertionError(f"Tab does not come to {wanted}")


def _covered(page: Page, focused: Locator) -> str:
    """What lies over the element that has the focus, once the page has come to rest."""
    for _look in range(20):
        found = focused.evaluate(COVERED)
        if not found:
            break
        page.wait_for_timeout(100)
    return found


def type_into(page: Page, label: str, text: str) -> None:
    tab_to(page, page.get_by_label(label))
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(text)


def press(page: Page, name: str, role: str = "button") -> None:
    """Goes to the button or link of that name and presses Enter."""
    tab_to(page, page.locator("main").get_by_role(role, name=re.compile(name)).first)
    page.keyboard.press("Enter")


def apply_by_keyboard(page: Page, server, slug: str, email: str, *, file) -> None:
    """From the program's page to the receipt, signing in on the way and mending a refused send; with or without scripts."""
    page.goto(f"/programs/{slug}/")
    press(page, "^Apply", role="link")
    expect(page).to_have_url(re.compile("/sign-in/"))
    type_into(page, "E-mail", email)
    page.keyboard.press("Enter")
    page.locator("main input[name=code]").wait_for()
    tab_to(page, page.locator("main input[name=code]"))
    page.keyboard.type(server.code_for(email))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/programs/{slug}/apply/$"))

    type_into(page, "Your name", "Ada Example")
    tab_to(page, page.get_by_label("PyTorch", exact=True))
    page.keyboard.type("adv")
    type_into(page, "Why this program?", "Because.")
    tab_to(page, page.get_by_label("June"))
    page.keyboard.press("Space")

    # Each office that moves keeps the focus, so that one goes on from there.
    offices = page.locator("#offices")
    for name in ("Seattle", "Toronto"):
        press(page, f"Add {name}")
        expect(offices.locator(".ranking li").last).to_contain_text(name)
        expect(offices.locator("li", has_text=name)).to_be_focused()
    press(page, "Up Toronto")
    expect(offices.locator(".ranking li").first).to_contain_text("Toronto")
    expect(offices.locator("li", has_text="Toronto")).to_be_focused()
    for country in ("Canada", "United States of America"):
        back = country != "Canada"
        tab_to(page, page.get_by_label(f"Work authorisation: {country}"), back=back)
        page.keyboard.type("I may")
    tab_to(page, page.locator("input[type=file]"))
    page.locator("input[type=file]").set_input_files(file)  # the system's own window is not the page's

    tab_to(page, page.get_by_label("I agree"))
    page.keyboard.press("Space")

    # A refused send puts the focus on the summary; from there to the field, mended, and sent.
    press(page, "^Send my application")
    summary = page.locator("#missing")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("yours has 1 word.")
    press(page, "asks for a text", role="link")
    statement = page.get_by_label("Why this program?")
    expect(statement).to_be_focused()
    expect(statement).to_have_value("Because.")
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(" I like pins.")
    tab_to(page, page.get_by_label("Your name"), back=True)  # upwards, where the sticky bar lies
    press(page, "^Send my application")
    expect(page).to_have_url(re.compile(r"/applications/[2-9A-Z]{4}-[2-9A-Z]{4}/$"))
    expect(page.get_by_text("Your application is in.").first).to_be_visible()
