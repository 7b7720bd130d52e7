"""What processes hold after ten minutes of a rush and of exports: served by gunicorn.conf.py, as `bin/serve` does it."""

import contextlib
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.faults.rush import SECRET, Client, clients_of
from tests.performance.client import Browser
from tests.performance.data import Sites
from tests.performance.lists import LIST
from tests.performance.processes import children, megabytes
from tests.performance.rows import Row
from tests.performance.sites import OURS, RECRUITER, Site
from tests.performance.volume import Volume
from tests.performance.way import resume
from tests.sink import free_port

SECONDS = 600
AT_ONCE = 64
# What a window of the rush asks for, and how many send to each.
_ASKS, _SENDERS = ("confirmation", "statement", "document"), 256


def endurance(sites: Sites, volume: Volume) -> Iterator[Row]:
    """Windows that fill one after the other, each application with a résumé, while one export follows the other.

    Not part of a run, which it would make twice as long: it has to be asked for.
    """
    site, ends = sites.many, time.monotonic() + SECONDS
    with _as_served(site) as (base_url, web, worker), ThreadPoolExecutor(1) as beside:
        exports = beside.submit(_export_until, ends, base_url, site)
        sent = 0
        while time.monotonic() < ends:
            sent += _fill_a_window(base_url, site)
        exported = exports.result()
        most = max(megabytes(pid, "VmHWM") for pid in children(web.pid))
        by_worker = megabytes(worker.pid, "VmHWM")
    told = f"after {SECONDS // 60} minutes, {sent:,} sent and {exported} exports"
    yield Row(f"memory of a web process {told}", f"{most:.0f} MB at most", "≤ 150 MB", most <= 150)
    yield Row("… and of the worker", f"{by_worker:.0f} MB at most", "≤ 150 MB", by_worker <= 150)


@contextlib.contextmanager
def _as_served(site: Site) -> Iterator[tuple[str, subprocess.Popen, subprocess.Popen]]:
    """Address, web server and worker of the site, as an operator starts them."""
    address = f"127.0.0.1:{free_port()}"
    web = site.start("-m", "gunicorn", OURS.wsgi, "--bind", address, "--log-level", "warning")
    worker = site.start("manage.py", "worker", "--skip-checks")
    try:
        base_url = f"http://{address}"
        while not _answers(base_url):
            if web.poll() is not None:
                raise AssertionError(f"The site does not start:\n{site.log()[-4000:]}")
            time.sleep(0.1)
        yield base_url, web, worker
    finally:
        for process in (web, worker):
            process.terminate()
            process.wait()


def _answers(base_url: str) -> bool:
    with contextlib.suppress(OSError):
        return Browser(base_url).get("/").status == 200
    return False


def _export_until(ends: float, base_url: str, site: Site) -> int:
    """How many tables of all applications were read to their end by then."""
    recruiter, number = Browser(base_url, site.browser(RECRUITER).cookies), 0
    while time.monotonic() < ends:
        table = recruiter.open(f"{LIST}export/")
        while table.read(1 << 16):
            pass
        number += 1
    return number


def _fill_a_window(base_url: str, site: Site) -> int:
    """How many sent to it, AT_ONCE at a time. Raises Unexpected where one is answered with an error."""
    clients, _window = clients_of(site, clients=_SENDERS, capacity=None, asks=_ASKS)
    file = ("résumé.pdf", resume())

    def send(client: Client) -> None:
        browser = Browser(base_url, {"sessionid": client.session, "csrftoken": SECRET})
        form = {**client.form, "csrfmiddlewaretoken": SECRET}
        sent = browser.post(client.path, form, files={client.file_field: file})
        if not sent.location.startswith("/applications/"):
            raise AssertionError(f"An application was not sent: it led to {sent.location}")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(send, clients))
    return len(clients)
