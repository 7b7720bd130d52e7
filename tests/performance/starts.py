"""How long one waits for a start, and what is left of the memory after all."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.performance.data import Sites
from tests.performance.processes import megabytes
from tests.performance.rows import Row
from tests.performance.sites import Site
from tests.performance.volume import Volume
from tests.server import ROOT
from tests.sink import free_port

SECONDS = 600
# What a fresh copy of the project begins without.
_LEFT_OUT = shutil.ignore_patterns(".venv", ".git", "data", "static-collected", "__pycache__", "node_modules")


def checks(sites: Sites, volume: Volume) -> Iterator[Row]:
    """manage.py check, beside the floor's."""
    ours, floor = ([_check(site) for _round in range(3)] for site in (sites.many, sites.floor))
    told = f"{median(ours):.2f} s"
    ratio = f"{median(ours) / median(floor):.2f}"
    goal = median(ours) <= 1
    yield Row("manage.py check", told, "≤ 1 s of the processor", goal, floor=f"{median(floor):.2f} s", ratio=ratio)


def _check(site: Site) -> float:
    """Seconds of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "django", "check"], cwd=ROOT, env=site.environment, check=True, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def memory(sites: Sites, volume: Volume) -> Iterator[Row]:
    """What the processes hold that have answered everything above."""
    for name, site in (("ours", sites.many), ("the floor's", sites.floor)):
        held = max(megabytes(pid) for pid in site.answering())
        peak = max(megabytes(pid, "VmHWM") for pid in site.answering())
        is_ours = site is sites.many
        yield Row(
            f"memory of a web process after all that, {name}",
            f"{held:.0f} MB, {peak:.0f} at most",
            "≤ 150 MB" if is_ours else "",
            peak <= 150 if is_ours else None,
        )


def starts(sites: Sites, volume: Volume) -> Iterator[Row]:
    """`make run` in a fresh copy, and once more."""
    if not volume.starts:
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=_LEFT_OUT)
        for name, most in (("make run, the first time", 120), ("make run, later", 5)):
            seconds = _start(copy)
            yield Row(name, f"{seconds:.1f} s", f"≤ {most} s", seconds <= most)


def _start(copy: Path) -> float:
    """Seconds until the site says where to look."""
    outer = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "REQUESTS_"))}
    began = time.perf_counter()
    process = subprocess.Popen(
        ["make", "run"],
        cwd=copy,
        env={**outer, **kept, "PORT": str(free_port())},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    told = []
    try:
        for line in process.stdout:
            told.append(line)
            if line.strip().startswith("Pinterns:"):
                return time.perf_counter() - began
        raise AssertionError(f"`make run` ended before the site answered:\n{''.join(told[-20:])}")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=SECONDS)
