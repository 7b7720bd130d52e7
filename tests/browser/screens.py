"""Takes the pictures in docs/screens/ anew, from a running server with the demo season: `make screens`."""

import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"
WIDTHS = {1440: 900, 390: 844}
QUALITY = 62
LONGEST = 1800  # of a phone's page, in pixels: beyond two screens there is only more of the same

APPLICATIONS, WINDOWS, RANKINGS, REVIEWS, WORDS = (
    f"/admin/{name}/"
    for name in (
        *("applications/application", "programs/window", "reviews/standing"),
        *("reviews/assignment", "applications/lettertemplate"),
    )
)
ROW = r"/\d+/change/"


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
        server.manage("worker", "--once")  # the pictures of what was sent
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for email, pages in VISITS.items():
            context = browser.new_context(base_url=server.base_url, reduced_motion="reduce")
            page = context.new_page()
            if email:
                sign_in(page, server, email)
            for name, way in pages.items():
                page.set_viewport_size({"width": 1440, "height": 900})
                way(page) if callable(way) else _follow(page, way)
                _take(page, name)
            context.close()
        browser.close()


def _follow(page, way: tuple[str, ...]) -> None:
    """To an address, and from there by the first link of each shape."""
    page.goto(way[0])
    for shape in way[1:]:
        links = page.locator("main a[href], #content a[href]").evaluate_all(
            "links => links.map(link => link.getAttribute('href'))"
        )
        page.goto(urljoin(page.url, next(link for link in links if re.search(shape, link))))


def _decide(page) -> None:
    """The form on which the first one in review is rejected."""
    _follow(page, (f"{APPLICATIONS}?status=in_review", ROW))
    page.get_by_role("link", name="Reject").click()


def _effect(page) -> None:
    """What a line in the first ranking would do."""
    _follow(page, (RANKINGS, r"/window/\d+/$"))
    page.get_by_label("Offer to the first").fill("2")
    page.get_by_label("Waitlist the next").fill("2")
    page.get_by_role("button", name="See the effect").click()


def _look_through(page) -> None:
    """The same line prepared, and every letter of it to look through."""
    _effect(page)
    page.get_by_label("First day").fill("2027-06-07")
    page.get_by_label("Answer by").fill("2027-03-01")
    page.get_by_role("button", name=re.compile("Prepare ")).click()
    page.goto("/admin/applications/prepareddecision/")
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option(label="Apply")
    page.locator("button[name=index]").click()


def _take(page, name: str) -> None:
    for width, height in WIDTHS.items():
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            page.wait_for_load_state("networkidle")
            tall = page.evaluate("document.documentElement.scrollHeight") if width < 1000 else height
            suffix = "" if scheme == "light" else "-dark"
            page.screenshot(
                path=FOLDER / f"{name}-{width}{suffix}.jpg",
                type="jpeg",
                quality=QUALITY,
                full_page=True,
                clip={"x": 0, "y": 0, "width": width, "height": min(tall, LONGEST)},
            )


# Who looks at what: a person (nobody: a passer-by), then names of files and the way to each page: an address and the
# links that are followed from there, or a function that walks it.
VISITS: dict[str, dict[str, tuple[str, ...] | Callable]] = {
    "": {"home": ("/",), "program": ("/programs/machine-learning/",), "sign-in": ("/sign-in/",)},
    "candidate@example.org": {
        "apply": ("/programs/machine-learning/apply/",),
        "applications": ("/applications/",),
        "status": ("/applications/", r"^/applications/\w{4}-\w{4}/$"),
    },
    "reviewer-1@pinterns.example": {
        "admin-reviewer-home": ("/admin/",),
        "admin-review": (f"{REVIEWS}?state=waiting", ROW),
        "admin-review-in": (f"{REVIEWS}?state=handed_in", ROW),
    },
    "recruiter@pinterns.example": {
        "admin-home": ("/admin/",),
        "admin-applications": (APPLICATIONS,),
        "admin-application": (f"{APPLICATIONS}?status=in_review", ROW),
        "admin-decide": _decide,
        "admin-ranking": (RANKINGS, r"/window/\d+/$"),
        "admin-effect": _effect,
        "admin-prepared": _look_through,
        "admin-panel": (RANKINGS, r"/panel/"),
        "admin-letter": (WORDS, r"/reject/"),
        "admin-windows": (WINDOWS,),
        "admin-window": (WINDOWS, r"/window" + ROW),
        "admin-program": ("/admin/programs/program/", ROW),
        "admin-rubric": ("/admin/programs/program/", ROW, r"#rubric"),
        "admin-reports": ("/admin/reports/",),
    },
}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        import tests.settings  # noqa: F401 - the environment of a test run

        main()
