"""The pages that everybody sees."""

from collections.abc import Callable, Iterator

from tests.performance.client import Browser, Page
from tests.performance.data import Sites
from tests.performance.measure import Work, by_turns
from tests.performance.rows import Row
from tests.performance.sites import Site
from tests.performance.volume import Volume

PAGES = {"home": "/", "program": "/programs/machine-learning/"}


def public_pages(sites: Sites, volume: Volume) -> Iterator[Row]:
    """Home and a program's page for somebody without a cookie, beside the floor's page."""
    for name, path in PAGES.items():
        figures = by_turns(
            volume.rounds,
            {
                "floor": Work(sites.floor, _asking(sites.floor, "/", volume.pages)),
                "few": Work(sites.few, _asking(sites.few, path, volume.pages)),
                "many": Work(sites.many, _asking(sites.many, path, volume.pages)),
            },
        )
        over, growth = figures["many"].over(figures["floor"]), figures["many"].over(figures["few"])
        yield Row(
            f"{name}, anonymous",
            f"{figures['many']}, {figures['many'].queries} queries",
            "≤ 3 × the floor's page",
            over.median <= 3,
            floor=str(figures["floor"]),
            ratio=str(over),
        )
        yield Row(
            f"{name}: {sites.many.size:,} applications to {sites.few.size:,}",
            f"{figures['few']} at {sites.few.size:,}",
            "unchanged (± 10 %, same queries)",
            growth.median <= 1.1 and figures["many"].queries == figures["few"].queries,
            ratio=str(growth),
        )


def public_facts(sites: Sites, volume: Volume) -> Iterator[Row]:
    """What an anonymous answer carries, and what a fresh ETag is answered with."""
    before = sites.few.inside("sessions_kept")
    for name, path in PAGES.items():
        page = Browser(sites.few.base_url).get(path)
        cookies = len(page.headers.get_all("Set-Cookie", []))
        yield Row(f"{name}: cookies that are set", str(cookies), "none", cookies == 0)
        again = _again(sites.few, path, page)
        yield Row(f"{name}: asked again with its ETag", again, "304", again == "304")
    made = sites.few.inside("sessions_kept") - before
    yield Row("sessions made for who looks at these", str(made), "none", made == 0)


def _asking(site: Site, path: str, times: int) -> Callable[[], int]:
    browser = Browser(site.base_url)

    def ask() -> int:
        for _time in range(times):
            browser.get(path)
            browser.cookies.clear()
        return times

    return ask


def _again(site: Site, path: str, page: Page) -> str:
    etag = page.headers.get("ETag")
    if etag is None:
        return "no ETag"
    return str(Browser(site.base_url).open(path, headers={"If-None-Match": etag}).status)
