"""Many who send to one window at the same moment: 8, 64 and 256 of them at a time."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from tests.faults.rush import Reply, clients_of, send
from tests.performance.data import Sites
from tests.performance.rows import Row
from tests.performance.sites import Site
from tests.performance.volume import Volume

AT_ONCE = (8, 64, 256)
TOO_MANY = 16  # of those who send find no place


def rush(sites: Sites, volume: Volume) -> Iterator[Row]:
    """As many sends in all, by few and by many at a time; with 256 at a time there are that many senders at least."""
    rates: dict[int, list[float]] = {number: [] for number in AT_ONCE}
    errors, is_exact = 0, True
    for _round in range(volume.rush_rounds):
        for at_once in AT_ONCE:
            rate, failed, exact = _rush(sites.many, at_once, max(volume.sends, at_once))
            rates[at_once].append(rate)
            errors, is_exact = errors + failed, is_exact and exact
    told = ", ".join(f"{median(found):.0f}" for found in rates.values())
    ratios = [many / few for many, few in zip(rates[256], rates[8], strict=True)]
    yield Row(
        "rush: 8, 64, 256 clients to one window",
        f"{told} sent a second",
        "at 256 ≥ 90 % of 8",
        median(ratios) >= 0.9,
        ratio=f"{median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})",
    )
    yield Row("rush: errors of the server", str(errors), "none", errors == 0)
    yield Row("rush: places taken", "exact" if is_exact else "NOT EXACT", "exact", is_exact)


def _rush(site: Site, at_once: int, senders: int) -> tuple[float, int, bool]:
    """Sends a second, errors of the server, and whether exactly as many were let in as there are places."""
    places = senders - TOO_MANY
    clients, window = clients_of(site, clients=senders, capacity=places)
    with ThreadPoolExecutor(at_once) as pool:
        began = time.perf_counter()
        replies = list(pool.map(lambda client: send(site, client), clients))
        seconds = time.perf_counter() - began
    let_in, full = sum(map(_is_in, replies)), sum("This window is full" in reply.body for reply in replies)
    failed = sum(reply.status >= 500 for reply in replies)
    if let_in + full + failed != senders:
        raise AssertionError(f"Of {senders}, {let_in} are in, {full} told that it is full, {failed} failed.")
    taken = site.sql("SELECT taken FROM programs_window WHERE id = %s", window)[0][0]
    return senders / seconds, failed, let_in == taken == places


def _is_in(reply: Reply) -> bool:
    return reply.status == 302 and reply.location.startswith("/applications/")
