"""The audit as a page of Markdown."""

from collections import Counter
from datetime import UTC, datetime

from tests.audit.lighthouse import RUNS, Scores

GOALS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
LIGHTEST_HOME = 60_000  # bytes


def written(scores: list[Scores], said: dict[str, list[str]], pages: list[tuple[str, str, str]]) -> str:
    """The report: scores and weights of Lighthouse, then what the Nu HTML checker says of each kind of page."""
    return "\n".join([*_head(), *_lighthouse(scores), *_nu(said, Counter(kind for kind, _address, _page in pages)), ""])


def _head() -> list[str]:
    return [
        "# Audit of the pages",
        "",
        f"Written by `make audit-pages` on {datetime.now(UTC):%Y-%m-%d}: the demo season, served over loopback by the settings of production "
        "but for HTTPS.",
        "",
    ]


def _lighthouse(scores: list[Scores]) -> list[str]:
    lines = [
        "## Lighthouse",
        "",
        f"Its mobile preset (a slow phone on a slow network, simulated); medians of {RUNS} runs. Weights are over the wire, cold, headers "
        f"included. The goals: performance {GOALS['performance']} or more, the rest 100 (no search engine sees the form, so its SEO isn't scored), "
        f"home at most {LIGHTEST_HOME // 1000} kB without pictures, no layout shift, two script files at most.",
        "",
        "| page | performance | accessibility | best practices | SEO | without pictures | pictures | layout shift | scripts |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in scores:
        marks = " | ".join(str(one.categories.get(name, "–")) for name in GOALS)
        lines.append(
            f"| {one.page} | {marks} | {one.weight / 1000:.1f} kB | {one.pictures / 1000:.1f} kB"
            f" | {one.layout_shift:.3f} | {one.scripts} |"
        )
    return [
        *lines,
        "",
        *(f"- {one.page}: points were taken off by {', '.join(one.unmet)}." for one in scores if one.unmet),
        "",
    ]


def _nu(said: dict[str, list[str]], looked_at: Counter) -> list[str]:
    lines = [
        "## Nu HTML checker",
        "",
        "Every kind of page that links lead to, and the pages of errors; the admin excepted.",
        "",
        "| kind of page | looked at | errors | other messages |",
        "|---|---|---|---|",
    ]
    for kind, messages in said.items():
        errors = sum(message.startswith("error") for message in messages)
        lines.append(f"| {kind} | {looked_at[kind]} | {errors} | {len(messages) - errors} |")
    found = Counter(
        f"{kind}: {message.rsplit(' at ', 1)[0]}" for kind, messages in said.items() for message in messages
    )
    return [*lines, "", *(f"- {message} ({count} ×)" for message, count in sorted(found.items()))]
