"""A migration while the code of before goes on serving: nobody is answered with an error, and no lock is held for long.

The migrations are samples of what is allowed and of what is not (docs/decisions.md has the rules), applied to the tables
of a site in a rush, by a process beside it. The code that serves knows nothing of them, as in a real update.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from django.contrib.postgres.operations import NotInTransactionMixin

from tests import lint_migrations
from tests.faults.rush import Client, clients_of, send
from tests.server import Server, running_server

pytestmark = pytest.mark.server
LONGEST_LOCK = 2  # seconds
LETTERS = 400_000

MIGRATE = """
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import connection, migrations, models
from django.db.migrations import AddField, AddIndex, AlterField, RunPython
from django.db.migrations.loader import MigrationLoader
from django.db.models import CheckConstraint, Index, Q

def fill(apps, editor):
    apps.get_model("letters", "Letter").objects.update(sample="x")

state = MigrationLoader(connection).project_state()
for atomic, operations in [{steps}]:
    migration = type("Migration", (migrations.Migration,), {{"operations": operations, "atomic": atomic}})("sample", "letters")
    with connection.schema_editor(atomic=atomic) as editor:
        state = migration.apply(state, editor)
"""
NULLABLE = "(True, [AddField('letter', 'sample', models.CharField(max_length=9, null=True))])"
WITH_DEFAULT = "(True, [AddField('letter', 'flag', models.BooleanField(default=False, db_default=False))])"
FILLED = "(False, [RunPython(fill)])"
ON_POSTGRES_ALONE = """
    (False, [AddIndexConcurrently('letter', Index(fields=['sample'], name='letter_sample'))]),
    (True, [AddConstraintNotValid('letter', CheckConstraint(condition=~Q(sample='y'), name='letter_sample_is_not_y'))]),
    (True, [ValidateConstraint('letter', 'letter_sample_is_not_y')]),
"""
ALLOWED = [NULLABLE, WITH_DEFAULT, FILLED]
# What the linter refuses, and what it can't see.
NOT_NULL = "(True, [AddField('letter', 'urgent', models.BooleanField(default=False))])"
FILLED_UNDER_LOCK = "(True, [AddField('letter', 'sample', models.CharField(max_length=9, null=True)), RunPython(fill)])"


def fill_letters(server: Server, number: int) -> None:
    """So many letters that were sent long ago."""
    with psycopg.connect(server.database_url) as connection:
        connection.execute(
            'INSERT INTO letters_letter ("to", subject, body, reply_to, unsubscribe_url, about, kind, message_id, created_at,'
            " status, send_after, tries, sent_at, last_error) SELECT 'ada@example.org', 's', repeat('word ', 100), '', '',"
            " 'K7QF-' || n, 'receipt', '<' || n || '@example.org>', now(), 'sent', now(), 1, now(), ''"
            " FROM generate_series(1, %s) AS n",
            [number],
        )


@contextmanager
def watched_locks(server: Server) -> Iterator[list[float]]:
    """The seconds of the longest time in which one of the site's tables could not even be read; known at the end."""
    longest, over = [0.0], threading.Event()
    held = (
        "SELECT l.pid, c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = "
        "c.relnamespace WHERE l.granted AND l.mode = 'AccessExclusiveLock' AND n.nspname = 'public' AND c.relkind = 'r'"
    )

    def watch() -> None:
        since: dict[tuple, float] = {}
        with psycopg.connect(server.database_url, autocommit=True) as connection:
            while not over.is_set():
                now = time.monotonic()
                found = connection.execute(held).fetchall()
                since = {lock: since.get(lock, now) for lock in found}
                longest[0] = max([longest[0], *(now - began for began in since.values())])
                time.sleep(0.01)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield longest
    finally:
        over.set()
        watching.join()


@dataclass
class Rush:
    """What candidates met who sent their applications meanwhile and just afterwards."""

    sent: int
    errors: int
    slowest: float  # seconds


def migrate_in_a_rush(server: Server, waiting: list[Client], *steps: str) -> Rush:
    """Applies the steps while candidates of those `waiting` send without a pause, and ten when it is done."""
    took, statuses = [], []

    def send_one() -> None:
        began = time.monotonic()
        statuses.append(send(server, waiting.pop()).status)
        took.append(time.monotonic() - began)

    def send_until(over: Callable[[], bool]) -> None:
        while len(waiting) > 20 and not over():
            send_one()

    with ThreadPoolExecutor(5) as pool:
        migrating = pool.submit(server.python, MIGRATE.format(steps=", ".join(steps)))
        for sending in [pool.submit(send_until, migrating.done) for _thread in range(4)]:
            sending.result()
        migrating.result()
    for _client in range(10):
        send_one()
    return Rush(len(statuses), sum(status >= 500 for status in statuses), max(took))


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([*ALLOWED, ON_POSTGRES_ALONE], marks=pytest.mark.postgres, id="postgresql"),
        pytest.param(ALLOWED, marks=[pytest.mark.sqlite, pytest.mark.soak], id="sqlite"),
    ],
)
def test_what_is_allowed_keeps_nobody_from_sending_and_what_is_not_does(steps):
    with running_server(workers=1) as server:
        waiting, _window = clients_of(server, clients=80, capacity=None)
        rush = migrate_in_a_rush(server, waiting, *steps)
        assert rush.errors == 0, server.log()[-3000:]
        # The control: a column that must be filled, and that the code of before does not know.
        assert migrate_in_a_rush(server, waiting, NOT_NULL).errors >= 10


@pytest.mark.soak
@pytest.mark.postgres
def test_no_lock_is_held_for_long_on_a_large_table_unless_it_is_filled_in_the_same_transaction(figure):
    with running_server() as server:
        fill_letters(server, LETTERS)
        waiting, _window = clients_of(server, clients=1500, capacity=None)
        with watched_locks(server) as locked:
            rush = migrate_in_a_rush(server, waiting, *ALLOWED, ON_POSTGRES_ALONE)
        figure(
            f"migrations as allowed, {LETTERS:,} letters, while {rush.sent} candidates send",
            f"{rush.errors} errors, longest lock {locked[0]:.2f} s, slowest answer {rush.slowest:.1f} s",
        )
        assert rush.errors == 0, server.log()[-3000:]
        assert locked[0] < LONGEST_LOCK
    with running_server() as server:
        fill_letters(server, LETTERS)
        waiting, _window = clients_of(server, clients=1500, capacity=None)
        with watched_locks(server) as locked:
            rush = migrate_in_a_rush(server, waiting, FILLED_UNDER_LOCK)
        figure(
            "the same filled in the transaction that alters (control)",
            f"{rush.errors} errors, longest lock {locked[0]:.2f} s, slowest answer {rush.slowest:.1f} s",
        )
        assert locked[0] > LONGEST_LOCK


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_linter_finds_what_is_not_safe_and_nothing_else(monkeypatch, capsys):
    # It only collects statements, so that of an index may be had in the transaction of this test.
    monkeypatch.setattr(NotInTransactionMixin, "_ensure_not_in_transaction", lambda self, schema_editor: None)
    assert lint_migrations.main() == 0
    # The control: those that were released before there was a linter.
    monkeypatch.setattr(lint_migrations, "RELEASED", {})
    assert lint_migrations.main() == 4
    assert "NOT NULL constraint on columns" in capsys.readouterr().out
