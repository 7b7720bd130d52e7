"""Takes the pictures in docs/screens/ anew, from a running server with the demo season: `make screens`."""

import os
import re
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"
WIDTHS = {390: 844, 1440: 900}
QUALITY = 72
# Who looks at what: a person (nobody: a passer-by), then names of files and their addresses. The address of one row
# among many is the list's, and the pattern of the link that is followed there.
VISITS: dict[str, dict[str, str | tuple[str, str]]] = {
    "": {"home": "/", "program": "/programs/machine-learning/", "sign-in": "/sign-in/"},
    "candidate@example.org": {
        "apply": "/programs/machine-learning/apply/",
        "applications": "/applications/",
        "status": ("/applications/", r"^/applications/\w{4}-\w{4}/$"),
    },
    "admin@pinterns.example": {
        "admin-home": "/admin/",
        "admin-applications": "/admin/applications/application/",
        "admin-application": ("/admin/applications/application/", r"/application/\d+/change/"),
        "admin-windows": "/admin/programs/window/",
        "admin-window": ("/admin/programs/window/", r"/window/\d+/change/"),
        "admin-program": ("/admin/programs/program/", r"/program/\d+/change/"),
    },
}


def main() -> None:
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import FLAGS, sign_in
    from tests.server import find_chromium, running_server

    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = find_chromium()
    if chromium is None:
        sys.exit("No Chromium found (set CHROMIUM=/path/to/it).")
    with running_server(env={"STAFF_MFA_REQUIRED": "0"}) as server, sync_playwright() as playwright:
        server.manage("demo", "--force")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for email, pages in VISITS.items():
            context = browser.new_context(base_url=server.base_url)
            page = context.new_page()
            if email:
                sign_in(page, server, email)
            for name, address in pages.items():
                _take(page, name, address if isinstance(address, str) else _first(page, *address))
            context.close()
        browser.close()


def _first(page, address: str, pattern: str) -> str:
    """The first link of that shape on a page."""
    page.goto(address)
    links = page.locator("main a[href], #content a[href]").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    return next(link.partition("?")[0] for link in links if re.search(pattern, link.partition("?")[0]))


def _take(page, name: str, address: str) -> None:
    for width, height in WIDTHS.items():
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.goto(address)
            page.wait_for_load_state("networkidle")
            suffix = "" if scheme == "light" else "-dark"
            page.screenshot(
                path=FOLDER / f"{name}-{width}{suffix}.jpg", type="jpeg", quality=QUALITY, full_page=width < 1000
            )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        import tests.settings  # noqa: F401 - the environment of a test run

        main()
