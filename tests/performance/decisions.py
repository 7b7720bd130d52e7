"""Thousands of prepared decisions that are applied at once: the answer, and the worker."""

import time
from collections.abc import Iterator

from tests.performance.data import Sites
from tests.performance.processes import megabytes, on_cpu
from tests.performance.rows import Row
from tests.performance.sites import RECRUITER
from tests.performance.volume import Volume

PREPARED = "/admin/applications/prepareddecision/"
SECONDS = 600
_LEFT = "SELECT count(*) FROM applications_prepareddecision WHERE state = 'approved'"


def applied_decisions(sites: Sites, volume: Volume) -> Iterator[Row]:
    """Looks a batch through, approves it, and lets one worker do it."""
    site = sites.many
    number = site.inside("prepare_rejections", number=volume.decisions)
    browser = site.browser(RECRUITER)
    first = browser.get(f"{PREPARED}?state=prepared")
    chosen = site.sql("SELECT min(id) FROM applications_prepareddecision WHERE state = 'prepared'")[0][0]
    action = {"action": "apply", "select_across": "1", "index": "0", "_selected_action": str(chosen)}
    shown = browser.post(f"{PREPARED}?state=prepared", {**first.hidden, **action}, expect=200)
    began = time.perf_counter()
    batch = browser.post(f"{PREPARED}chosen/apply/", {**shown.hidden, "do": "apply"}).location
    answered = time.perf_counter() - began
    progress = browser.get(batch)
    yield Row(f"{number:,} prepared decisions: the answer", f"{answered:.2f} s", "≤ 1 s", answered <= 1)
    is_told = "every 2s" in progress.body
    yield Row("… its progress is on the page", "yes" if is_told else "no", "visible", is_told)

    worker, began = site.start("manage.py", "worker", "--skip-checks"), time.perf_counter()
    while site.sql(_LEFT)[0][0]:
        if worker.poll() is not None or time.perf_counter() - began > SECONDS:
            raise AssertionError(f"The worker did not apply them:\n{site.log()[-2000:]}")
        time.sleep(0.2)
    seconds, cpu, memory = time.perf_counter() - began, on_cpu(worker.pid) / 1000, megabytes(worker.pid, "VmHWM")
    worker.terminate()
    worker.wait()
    done = site.sql("SELECT count(*) FROM applications_prepareddecision WHERE state = 'done'")[0][0]
    if done < number:
        raise AssertionError(f"{number} decisions were approved, and {done} are done.")
    yield Row("… done by one worker", f"{seconds:.0f} s, {cpu:.1f} s of its processor time", "≤ 60 s", seconds <= 60)
    yield Row("memory of the worker", f"{memory:.0f} MB at most", "≤ 150 MB", memory <= 150)
