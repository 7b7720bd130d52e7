"""The list of applications in the admin, and the same as a table to take out."""

import time
from collections.abc import Iterator
from urllib.parse import urlencode

from tests.performance.client import Browser
from tests.performance.data import Sites
from tests.performance.measure import Work, by_turns, queries_of
from tests.performance.processes import forget_peak, megabytes
from tests.performance.rows import Row
from tests.performance.sites import RECRUITER, Site
from tests.performance.volume import Volume

LIST = "/admin/applications/application/"
ROWS_A_PAGE, FAR, FOUND = 50, 1_000, 700
_RUN_BY = """
SELECT count(*) FROM applications_application a JOIN programs_window w ON w.id = a.window_id
JOIN programs_membership m ON m.program_id = w.program_id AND m.role = 'recruiter'
JOIN accounts_user u ON u.id = m.user_id WHERE a.status <> 'draft' AND u.email = %s
"""

# What is searched for fills a page, and finds about as many on each site: it is not a row shown that is compared with fifty.
_TERM = """
SELECT term FROM (
    SELECT unnest(ARRAY[full_name, substring(full_name FROM '[A-Za-z]{5,}$'), split_part(email, '@', 2)]) AS term
    FROM applications_application a JOIN accounts_user u ON u.id = a.candidate_id WHERE status <> 'draft'
) AS terms WHERE term IS NOT NULL GROUP BY term HAVING count(*) > %s ORDER BY abs(count(*) - %s), term LIMIT 1
"""


def application_lists(sites: Sites, volume: Volume) -> Iterator[Row]:
    """Page 1 as it opens, filtered, searched and sorted, and a page far down; beside the floor's fifty rows."""
    readers = {site: site.browser(RECRUITER) for site in (sites.few, sites.many)}
    floor = Browser(sites.floor.base_url)
    for name in _asked(sites.few):
        works = {"floor": _reading(sites.floor, floor, "/list/?status=open", volume.lists * 4)}
        for side, site in (("few", sites.few), ("many", sites.many)):
            address = f"{LIST}?{urlencode(_asked(site)[name])}"
            works[side] = _reading(site, readers[site], address, volume.lists)
        found = by_turns(volume.rounds, works)
        over, growth = found["many"].over(found["floor"]), found["many"].over(found["few"])
        yield Row(
            f"list of applications, {name}",
            f"{found['few']} at {sites.few.size:,}, {found['many']} at {sites.many.size:,}; "
            f"{found['many'].queries} queries",
            "≤ 3 × the floor's list, ≤ 1.5 × the small one",
            over.median <= 3 and growth.median <= 1.5,
            floor=str(found["floor"]),
            ratio=f"{over}; grows {growth}",
        )


def _asked(site: Site) -> dict[str, dict[str, object]]:
    """What is asked of the list, by what one calls it."""
    sent = site.sql("SELECT count(*) FROM applications_application WHERE status <> 'draft'")[0][0]
    return {
        "page 1": {},
        "filtered": {"status": "rejected"},
        "searched": {"q": site.sql(_TERM, ROWS_A_PAGE, FOUND)[0][0]},
        "sorted by name": {"o": 2},
        f"page {FAR:,} or the last": {"p": f"after-{_row_before_page(site, min(FAR, -(-sent // ROWS_A_PAGE)))}"},
    }


def _row_before_page(site: Site, number: int) -> int:
    """The key by which “Next” leads to that page."""
    newest_first = "SELECT id FROM applications_application WHERE status <> 'draft' ORDER BY id DESC OFFSET %s LIMIT 1"
    return site.sql(newest_first, (number - 1) * ROWS_A_PAGE - 1)[0][0]


def _reading(site: Site, browser: Browser, address: str, times: int) -> Work:
    def read() -> int:
        for _time in range(times):
            browser.get(address)
        return times

    return Work(site, read)


def table_of_all(sites: Sites, volume: Volume) -> Iterator[Row]:
    """All applications that were sent, as a CSV: how soon it begins, how fast it comes, what memory it takes."""
    queries = {}
    for site in (sites.few, sites.many):
        browser = site.browser(RECRUITER)
        browser.get(LIST)  # both processes have loaded what they need, more or less
        idle = {pid: megabytes(pid) for pid in site.answering()}
        for pid in idle:
            forget_peak(pid)
        before, began = queries_of(site), time.perf_counter()
        response = browser.open(f"{LIST}export/")
        first = response.read(1)
        first_after = time.perf_counter() - began
        table = first + response.read()
        seconds = time.perf_counter() - began
        grew = max(megabytes(pid, "VmHWM") - idle[pid] for pid in idle)
        queries[site] = queries_of(site) - before
        rows, expected = table.count(b"\r\n") - 1, site.sql(_RUN_BY, RECRUITER)[0][0]
        if response.status != 200 or rows != expected:
            raise AssertionError(f"The table has {rows} rows for {expected} applications ({response.status}).")
    rate = rows / seconds
    yield Row(f"CSV of {rows:,}: first byte", f"{first_after:.2f} s", "≤ 1 s", first_after <= 1)
    yield Row("CSV: rows a second", f"{rate:,.0f}", "≥ 20,000", rate >= 20_000)
    few, many = queries[sites.few], queries[sites.many]
    told = f"{few} at {sites.few.size:,}, {many} at {sites.many.size:,}"
    yield Row("CSV: queries", told, "the same", few == many)
    yield Row("CSV: memory over idle", f"{grew:.0f} MB", "≤ 64 MB", grew <= 64)
