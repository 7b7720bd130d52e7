"""Lighthouse as on a phone: the scores of a page, and what it weighs over the wire."""

import json
import os
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.browser.conftest import FLAGS

RUNS = 5
ATTEMPTS = 4  # on a busy machine the browser's recording gets lost now and then
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LIGHTHOUSE = Path(__file__).parent / "node_modules" / "lighthouse" / "cli" / "index.js"


@dataclass
class Scores:
    """The medians of several runs. Scores are of 100, weights in bytes; `unmet` are ids of audits that took points."""

    page: str
    categories: dict[str, int]
    weight: int  # of all but pictures
    pictures: int
    layout_shift: float
    scripts: int
    unmet: list[str]


def measure(page: str, url: str, *, chromium: str, cookies: str = "") -> Scores:
    """Opens `url` some times in a fresh browser of a phone's size and speed.

    `cookies` are those of somebody who is signed in; what they see no search engine does, so that isn't scored.
    """
    categories = CATEGORIES[:-1] if cookies else CATEGORIES
    runs = [_run(url, chromium, cookies) for _number in range(RUNS)]
    return Scores(
        page=page,
        categories={
            name: round(100 * statistics.median(run["categories"][name]["score"] for run in runs))
            for name in categories
        },
        weight=_median_weight(runs, pictures=False),
        pictures=_median_weight(runs, pictures=True),
        layout_shift=statistics.median(run["audits"]["cumulative-layout-shift"]["numericValue"] for run in runs),
        scripts=max(sum(one["resourceType"] == "Script" for one in _requests(run)) for run in runs),
        unmet=sorted({name for run in runs for name in _unmet(run, categories[1:])}),
    )


def _run(url: str, chromium: str, cookies: str) -> dict:
    command = ["node", LIGHTHOUSE, url, "--quiet", "--output=json", "--no-enable-error-reporting"]
    command.append(f"--chrome-flags={' '.join(('--headless=new', *FLAGS))}")
    if cookies:
        command.append(f"--extra-headers={json.dumps({'Cookie': cookies})}")
    environment = {**os.environ, "CHROME_PATH": chromium}
    for _attempt in range(ATTEMPTS):
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode == 0:
            return json.loads(done.stdout)
    raise RuntimeError(f"Lighthouse failed on {url}:\n{done.stderr}")


def _requests(run: dict) -> list[dict]:
    return run["audits"]["network-requests"]["details"]["items"]


def _median_weight(runs: list[dict], *, pictures: bool) -> int:
    """Bytes over the wire, headers included, of what is (or is no) picture."""
    return round(
        statistics.median(
            sum(one["transferSize"] for one in _requests(run) if (one.get("resourceType") == "Image") is pictures)
            for run in runs
        )
    )


def _unmet(run: dict, categories: tuple[str, ...]) -> list[str]:
    """The audits that took points off `categories`."""
    return [
        part["id"]
        for name in categories
        for part in run["categories"][name]["auditRefs"]
        if part["weight"] and (score := run["audits"][part["id"]]["score"]) is not None and score < 1
    ]
