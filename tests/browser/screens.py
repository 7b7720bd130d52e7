"""Takes the pictures in docs/screens/ anew, from a running server with the demo season: `make screens`.

`make screens ARGS="apply my-data"` takes those whose names begin so, and leaves the others.
"""

import os
import re
import sys
import tempfile
from pathlib import Path
from urllib.parse import urljoin

from tests.browser.candidate_screens import Way

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"
HEIGHTS = {1440: 900, 820: 1180, 390: 844}
DESK_WIDTHS, WIDTHS = (1440, 390), (1440, 820, 390)
QUALITY = 45
# Pictures that begin further down on their page.
BEGINS_AT = {"apply-resume": "#documents"}
LONGEST = {1440: 1200, 820: 1200, 390: 1600}  # of a page, in pixels: beyond that there is only more of the same

APPLICATIONS, WINDOWS, RANKINGS, REVIEWS, WORDS = (
    f"/admin/{name}/"
    for name in (
        *("applications/application", "programs/window", "reviews/standing"),
        *("reviews/assignment", "applications/lettertemplate"),
    )
)
ROW = r"/\d+/change/"


def main(*wanted: str) -> None:
    from playwright.sync_api import sync_playwright

    from tests.browser.candidate_screens import candidate_visits
    from tests.browser.conftest import FLAGS, sign_in
    from tests.server import find_chromium, running_server

    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = find_chromium()
    if chromium is None:
        sys.exit("No Chromium found (set CHROMIUM=/path/to/it).")
    if not wanted:
        for old in FOLDER.glob("*.jpg"):
            old.unlink()
    with running_server(env={"STAFF_MFA_REQUIRED": "0"}) as server, sync_playwright() as playwright:
        server.manage("demo", "--force")
        server.manage("worker", "--once")  # the pictures of what was sent
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        everybody = [
            *((WIDTHS, *visit) for visit in candidate_visits(server).items()),
            *((DESK_WIDTHS, *visit) for visit in DESK_VISITS.items()),
        ]
        for widths, email, pages in everybody:
            pages = {name: way for name, way in pages.items() if name.startswith(wanted or "")}
            if not pages:
                continue
            context = browser.new_context(base_url=server.base_url, reduced_motion="reduce")
            page = context.new_page()
            if email:
                sign_in(page, server, email)
            for name, way in pages.items():
                page.set_viewport_size({"width": 1440, "height": 900})
                way(page) if callable(way) else _follow(page, way)
                _take(page, name, widths)
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


def _take(page, name: str, widths: tuple[int, ...]) -> None:
    for width in widths:
        height = HEIGHTS[width]
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            page.wait_for_load_state("networkidle")
            top = page.locator(BEGINS_AT.get(name, "body")).bounding_box()["y"]
            tall = height if name.startswith("admin-") and width > 1000 else _height(page)
            suffix = "" if scheme == "light" else "-dark"
            page.screenshot(
                path=FOLDER / f"{name}-{width}{suffix}.jpg",
                type="jpeg",
                quality=QUALITY,
                full_page=True,
                clip={"x": 0, "y": top, "width": width, "height": min(tall - top, LONGEST[width])},
            )


def _height(page) -> int:
    """Of the whole page, once it has been scrolled through: pictures are loaded when they come near."""
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    page.wait_for_load_state("networkidle")
    page.evaluate("window.scrollTo(0, 0)")
    return page.evaluate("document.documentElement.scrollHeight")


# Who looks at what: a person (nobody: a passer-by), then names of files and the way to each page: an address and the
# links that are followed from there, or a function that walks it.
DESK_VISITS: dict[str, dict[str, Way]] = {
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

        main(*sys.argv[1:])
