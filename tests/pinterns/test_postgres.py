"""A kept connection is looked at before a request uses it, and asked only when the other end has said something."""

import psycopg
import pytest
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper as DjangosOwn

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def asked(monkeypatch) -> list[bool]:
    """What the database answered to each `SELECT 1` of Django's own way."""
    answers = []
    own = DjangosOwn.is_usable

    def ask(wrapper: DjangosOwn) -> bool:
        answers.append(own(wrapper))
        return answers[-1]

    monkeypatch.setattr(DjangosOwn, "is_usable", ask)
    return answers


def begin_a_request() -> None:
    """As Django does for each, with CONN_HEALTH_CHECKS, of a connection that is not too old (as those of tests are)."""
    connection.close_at = None
    connection.close_if_unusable_or_obsolete()
    connection.health_check_enabled = True


def answer(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def from_elsewhere(statement: str) -> None:
    with psycopg.connect(connection.connection.info.dsn, autocommit=True) as other:
        other.execute(statement)


def test_a_quiet_connection_goes_on_without_a_question(asked):
    process = answer("SELECT pg_backend_pid()")
    begin_a_request()
    assert answer("SELECT pg_backend_pid()") == process
    assert asked == []


def test_one_that_the_database_has_ended_is_made_anew(asked):
    process = answer("SELECT pg_backend_pid()")
    from_elsewhere(f"SELECT pg_terminate_backend({process}, 5000)")
    begin_a_request()
    assert answer("SELECT pg_backend_pid()") != process
    assert asked == [False]


def test_one_on_which_something_was_said_is_asked_and_goes_on(asked):
    process = answer("SELECT pg_backend_pid()")
    with connection.cursor() as cursor:
        cursor.execute("LISTEN something")
    from_elsewhere("NOTIFY something")
    begin_a_request()
    assert answer("SELECT pg_backend_pid()") == process
    assert asked == [True]


def test_one_that_was_closed_here_is_made_anew(asked):
    process = answer("SELECT pg_backend_pid()")
    connection.connection.close()
    begin_a_request()
    assert answer("SELECT pg_backend_pid()") != process
    assert asked == [False]
