"""What every test has: files and caches of its own, a server on demand, and skips that nobody can overlook."""

import os

import pytest
from django.core.cache import cache

from tests.server import engine_under_test, find_chromium, running_server

# Set by .ci/run: what is skipped has failed.
REQUIRE_ALL = os.environ.get("REQUIRE_ALL", "") not in ("", "0")
ON_POSTGRES = bool(engine_under_test())


def pytest_collection_modifyitems(config, items):
    """Leave out what is the other database's; browsers and rushes each take their turn, and begin first."""
    other = "sqlite" if ON_POSTGRES else "postgres"
    config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker(other)])
    items[:] = [item for item in items if not item.get_closest_marker(other)]
    for item in items:
        if "browser" in item.fixturenames:
            item.add_marker(pytest.mark.browser)
        if group := _takes_turns(item):
            item.add_marker(pytest.mark.xdist_group(group))
    # The long ones first, so that the machine's other core is not idle at the end.
    items.sort(key=lambda item: _takes_turns(item) is None)


def _takes_turns(item) -> str | None:
    return next((kind for kind in ("browser", "server") if item.get_closest_marker(kind)), None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """With REQUIRE_ALL a skipped test has failed."""
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and REQUIRE_ALL is set: {report.longrepr[2]}"
    return report


def pytest_terminal_summary(terminalreporter):
    """Say last, and loudly, what this run has not shown."""
    left_out = []
    if find_chromium() is None:
        left_out.append("SKIPPED: browser tests, no Chromium found (install chromium, or set CHROMIUM=/path/to/it)")
    if not ON_POSTGRES and not os.environ.get("TEST_POSTGRES_URL"):
        left_out.append("SKIPPED: everything on PostgreSQL, no TEST_POSTGRES_URL (postgres://user:password@host/name)")
    for line in left_out:
        terminalreporter.write_line(line, yellow=True, bold=True)


@pytest.fixture(autouse=True)
def _own_files_and_caches(settings, tmp_path):
    """Uploads land in a folder of the test's own; no limit of rates and no page outlives a test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()


@pytest.fixture(scope="module")
def server():
    """A running server with an empty, migrated database of its own on the engine under test; see tests/server.py."""
    with running_server() as running:
        yield running
