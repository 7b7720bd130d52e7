"""The pages on which one reads, ranks and looks over: those of staff beside the list."""

import re
from collections.abc import Callable, Iterator
from html import unescape

from tests.performance.client import Browser
from tests.performance.data import Sites
from tests.performance.measure import Work, by_turns
from tests.performance.rows import Row
from tests.performance.sites import RECRUITER, REVIEWER, Site
from tests.performance.volume import Volume

DESK = "/admin/reviews/assignment/"
FIRST = r"^/admin/reviews/assignment/\d+/change/"
Act = Callable[[], int]


def desk_pages(sites: Sites, volume: Volume) -> Iterator[Row]:
    """The review page with the way on to the next; the largest ranking; home of the recruiter; the reports."""
    pages = [
        ("review page, and on to the next", _reviewing, 60),
        ("ranked list of the largest window", _ranking, 150),
        ("home of the recruiter", _home, 150),
        ("reports", _reports, 150),
    ]
    for name, make, most in pages:
        works = {
            "few": Work(sites.few, make(sites.few, volume.lists)),
            "many": Work(sites.many, make(sites.many, volume.lists)),
        }
        found = by_turns(volume.rounds, works)
        yield Row(
            name,
            f"{found['few']} at {sites.few.size:,}, {found['many']} at {sites.many.size:,}; "
            f"{found['many'].queries} queries",
            f"≤ {most} ms at any size",
            found["many"].cpu <= most,
            ratio=f"grows {found['many'].over(found['few'])}",
        )


def _reviewing(site: Site, times: int) -> Act:
    """From the first that waits on to the next, and from the last one to the first again."""
    browser = site.browser(REVIEWER)
    address = first = browser.get(f"{DESK}?state=waiting").link(FIRST)

    def review() -> int:
        nonlocal address
        for _time in range(times):
            page = browser.get(address)
            following = re.search(r'href="([^"]+)"\s+rel="next"', page.body)
            address = unescape(following[1]) if following else first
        return times

    return review


def _ranking(site: Site, times: int) -> Act:
    window = site.sql("SELECT window_id FROM reviews_standing GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")[0][0]
    return _reading(site, f"/admin/reviews/standing/window/{window}/", times)


def _home(site: Site, times: int) -> Act:
    return _reading(site, "/admin/", times)


def _reports(site: Site, times: int) -> Act:
    return _reading(site, "/admin/reports/", 1)  # seconds each


def _reading(site: Site, address: str, times: int) -> Act:
    browser: Browser = site.browser(RECRUITER)

    def read() -> int:
        for _time in range(times):
            browser.get(address)
        return times

    return read
