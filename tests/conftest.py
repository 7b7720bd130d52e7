"""What every test has: files of its own, a server on demand, and skips that nobody can overlook."""

import os
from collections.abc import Callable
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test import TransactionTestCase
from pytest_django.plugin import blocking_manager_key

from pinterns.roles import sync_roles
from tests import figures
from tests.databases import drop_shared_databases, engine_under_test, keep_as_migrated
from tests.server import find_chromium, running_server

# Set by .ci/run: what is skipped has failed.
REQUIRE_ALL = os.environ.get("REQUIRE_ALL", "") not in ("", "0")
ON_POSTGRES = bool(engine_under_test())


def pytest_unconfigure(config):
    """What the processes of this run shared goes with the first of them: not with a worker, nor with a pytest that a test starts."""
    if os.environ["TEST_RUN_DIR"] == os.environ["DATA_DIR"]:
        drop_shared_databases()


def pytest_collection_modifyitems(config, items):
    """Leave out what is the other database's, and the long set unless `-m` asks for it; browsers and rushes begin first."""
    others = {"sqlite", "looks"} if ON_POSTGRES else {"postgres"}
    if "soak" not in config.option.markexpr:
        others.add("soak")
    left_out = [item for item in items if any(item.get_closest_marker(other) for other in others)]
    if ON_POSTGRES:  # what asks no database is the same on each
        left_out += [item for item in items if not _asks_a_database(item) and item not in left_out]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
    for item in items:
        if "browser" in item.fixturenames:
            item.add_marker(pytest.mark.browser)
    # The long ones first, so that the machine's other core is not idle at the end.
    items.sort(key=lambda item: not _is_long(item))


def _asks_a_database(item) -> bool:
    """Whether it may query one: of pytest-django's kind, of Django's own, or in a server of its own."""
    fixtures = {"db", "transactional_db", "server"} & set(item.fixturenames)
    own_server = hasattr(item.module, "running_server") or "faults" in item.path.parts
    of_django = item.cls is not None and issubclass(item.cls, TransactionTestCase)
    marked = any(item.get_closest_marker(name) for name in ("django_db", "server", "postgres"))
    return bool(fixtures) or own_server or of_django or marked


def _empties_the_database(item) -> bool:
    marker = item.get_closest_marker("django_db")
    return "transactional_db" in item.fixturenames or bool(marker and marker.kwargs.get("transaction"))


def _is_long(item) -> bool:
    return "security" in item.path.parts or any(item.get_closest_marker(kind) for kind in ("browser", "server"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """A test that empties the database when it is done gives back what `migrate` had written there; the last one needs not."""
    result = yield
    if nextitem and _empties_the_database(item):
        with item.config.stash[blocking_manager_key].unblock():
            sync_roles()
            import_module("programs.migrations.0005_retention").fill(apps, None)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """With REQUIRE_ALL a skipped test has failed."""
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and REQUIRE_ALL is set: {report.longrepr[2]}"
    return report


def pytest_terminal_summary(terminalreporter):
    """Tell the figures that were measured; say last, and loudly, what this run has not shown."""
    database = "PostgreSQL" if ON_POSTGRES else "SQLite"
    reports = [report for group in ("passed", "failed") for report in terminalreporter.getreports(group)]
    measured = {row: {database: str(value)} for report in reports for row, value in report.user_properties}
    if measured:
        terminalreporter.section("figures")
        terminalreporter.write_line(figures.table(measured))
    left_out = []
    if find_chromium() is None:
        left_out.append("SKIPPED: browser tests, no Chromium found (install chromium, or set CHROMIUM=/path/to/it)")
    if not ON_POSTGRES and not os.environ.get("TEST_POSTGRES_URL"):
        left_out.append("SKIPPED: everything on PostgreSQL, no TEST_POSTGRES_URL (postgres://user:password@host/name)")
    for line in left_out:
        terminalreporter.write_line(line, yellow=True, bold=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """pytest-django's own database, which servers are given a copy of, too."""
    if not ON_POSTGRES:
        with django_db_blocker.unblock():
            connection.ensure_connection()
            keep_as_migrated(connection.connection)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    """Uploads land in a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def figure(record_property) -> Callable[[str, str], None]:
    """figure(row, measured): a row of the table with which `make soak` closes."""
    return record_property


@pytest.fixture(scope="module")
def server():
    """A running server with an empty, migrated database of its own on the engine under test; see tests/server.py."""
    with running_server() as running:
        yield running
