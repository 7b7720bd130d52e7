"""How PostgreSQL would answer the pages of a large site: tables of 100,000 rows, and what of them a page reads to the end.

A module marked `postgres` and `django_db` imports `large`, and a test of it asserts `not large.scans(reader, address)`.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf

import pytest
from django.db import connection, models, transaction
from django.db.models import Max
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from applications.models import Answer, Application, Document, OfficeChoice, StatusChange
from letters.models import Letter
from programs.models import Window
from reviews.models import Assignment, Review, Standing
from tests.factories import make_office, make_program, make_recruiter, make_requirement, make_reviewer, make_window

ROWS = 100_000
BIG = [User, Application, OfficeChoice, Answer, Document, StatusChange, Letter, Assignment, Review, Standing]
_STATEMENTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


@dataclass
class Large:
    """A large site and people who look at it. `window` is one of ten; `reviewer` reads a tenth of what is read."""

    window: Window
    recruiter: User
    reviewer: User

    def scans(self, reader: User | None, address: str, **posted: str) -> list[str]:
        """The statements of that page in which a big table is read from its first row to its last, with the table's name."""
        client = Client()
        if reader:
            client.force_login(reader)

        def ask() -> None:
            answer = client.post(address, posted) if posted else client.get(address)
            assert answer.status_code in (200, 302), answer.status_code
            answer.getvalue()  # of a table, which asks while it is read

        return scans_in(ask)


def scans_in(work: Callable[[], object]) -> list[str]:
    """The statements that `work` makes in which a big table is read from its first row to its last."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return [found for query in captured for found in scans_of(query["sql"])]


def scans_of(sql: str) -> list[str]:
    """The big tables that the statement would read to the end, each with it."""
    if not sql.startswith(_STATEMENTS):
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql.replace('%', '%%')}", [])
        plan = cursor.fetchone()[0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    big = {model._meta.db_table for model in BIG}
    return [f"{table}: {sql}" for table in _scanned(plan[0]["Plan"]) if table in big]


def _scanned(node: dict, limited: float = inf) -> Iterator[str]:
    """The tables of which all rows are read; not those of which a limit, such as that of the counts, ends it before."""
    if node["Node Type"] == "Seq Scan" and limited > node["Total Cost"] * 0.9:
        yield node["Relation Name"]
    for part in node.get("Plans", []):
        yield from _scanned(part, node["Total Cost"] if node["Node Type"] == "Limit" else inf)


def most_rows(sql: str) -> int:
    """The most rows that any step of the statement reads, those that it throws away included. It is run for that."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        plan = cursor.fetchone()[0]
    return _most_rows((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])


def _most_rows(node: dict) -> int:
    own = node["Actual Rows"] + sum(rows for name, rows in node.items() if name.startswith("Rows Removed by"))
    return max([own, *map(_most_rows, node.get("Plans", []))])


@pytest.fixture(scope="module")
def large(django_db_setup, django_db_blocker) -> Iterator[Large]:
    """The site, filled once for a module; all of it is undone at its end, also whatever its tests write."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        # After each test Django would check the foreign keys of all rows that are not committed.
        patch.setattr(connection.features, "can_defer_constraint_checks", False)
        yield _filled()
        transaction.set_rollback(True)


def _filled() -> Large:
    office = make_office()
    program = make_program(offices=[office])
    requirement = make_requirement(program, "statement")
    windows = [make_window(program) for _number in range(10)]
    recruiter, reviewers = make_recruiter(program), [make_reviewer(program) for _number in range(10)]
    first = User.objects.aggregate(last=Max("pk"))["last"] + 1
    person, minutes = f"{first} + n", "now() - n * interval '1 minute'"
    reference = "overlay(lpad(to_hex(n), 8, 'W') placing '-' from 5 for 0)"
    reader = f"(ARRAY{[reviewer.pk for reviewer in reviewers]})[1 + n % 10]"
    window = f"(ARRAY{[window.pk for window in windows]})[1 + n / 7 % 10]"
    name = "'Ada' || chr(97 + n % 26) || ' ' || substr(md5(n::text), 1, 7)"
    is_draft = "n % 5 = 0"
    status = f"CASE WHEN {is_draft} THEN 'draft' ELSE (ARRAY['rejected', 'in_review', 'submitted'])[1 + n % 3] END"
    fill(User, id=person, email="'person' || n || '@example.org'", password="'!'", date_joined=minutes)
    fill(
        Application,
        id=person,
        candidate=person,
        window=window,
        reference=reference,
        status=status,
        submitted_at=f"CASE WHEN NOT {is_draft} THEN {minutes} END",
        revision=f"CASE WHEN {is_draft} THEN 0 ELSE 1 END",
        full_name=f"CASE WHEN {is_draft} THEN '' ELSE {name} END",
        search_text=f"CASE WHEN {is_draft} THEN '' ELSE ' ' || {name} || ' ' || {reference} || ' ' END",
        draft="jsonb_build_object('text', repeat('word ', 100))",
        asked="2",
        met="n % 3",
    )
    sent = "n % 5 <> 0"
    fill(
        Document,  # of everybody: drafts have theirs before they are sent
        id=person,
        public_id="gen_random_uuid()",
        application=person,
        requirement=requirement.pk,
        file="'documents/2026/01/01/' || md5(n::text) || '.pdf'",
        size="1",
        uploaded_at=minutes,
        pages_made_at=f"CASE WHEN NOT {is_draft} THEN {minutes} END",
    )
    fill(OfficeChoice, sent, application=person, office=office.pk, position="1")
    fill(
        Answer,
        sent,
        application=person,
        requirement=requirement.pk,
        document=person,
        kind="'statement'",
        parameters="jsonb_build_object()",
        given="jsonb_build_object('text', 'word')",
        met="true",
        position="0",
        mandatory="true",
    )
    fill(
        StatusChange,
        sent,
        application=person,
        from_status="'draft'",
        to_status="'submitted'",
        action="'submit'",
        at=minutes,
    )
    about = {"about": reference, "addressee": person, "to": "'person' || n || '@example.org'", "message_id": "n::text"}
    fill(
        Letter,
        sent,
        **about,
        subject="'Received'",
        kind="'receipt'",
        status="'sent'",
        created_at=minutes,
        sent_at=minutes,
        send_after=minutes,
    )
    read = "n % 5 IN (1, 2)"
    in_at = f"CASE WHEN {read} THEN {minutes} END"
    fill(Assignment, sent, id=person, application=person, reviewer=reader, assigned_at=minutes, handed_in_at=in_at)
    judged = {"recommendation": "'yes'", "confidence": "2", "comment": "'Good.'", "overall": "3", "revision": "1"}
    fill(Review, read, assignment=person, saved_at=minutes, submitted_at=minutes, **judged)
    fill(Standing, sent, application=person, window=window, assigned="1", done="0")
    with connection.cursor() as cursor:
        for model in BIG:
            cursor.execute(f"ANALYZE {model._meta.db_table}")
    return Large(windows[0], recruiter, reviewers[3])  # of those that nobody reads all are drafts


def fill(model: type[models.Model], condition: str = "true", **values: object) -> None:
    """Adds a row for each `n` from 1 to ROWS of which `condition` holds. Values are SQL; other columns have their default."""
    empty, columns = model(), {}
    for field in model._meta.concrete_fields:
        if field.name in values:
            columns[field.column] = (str(values[field.name]), [])
        elif not field.primary_key:
            columns[field.column] = ("%s", [field.get_db_prep_save(getattr(empty, field.attname), connection)])
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    selected = ", ".join(sql if given else sql.replace("%", "%%") for sql, given in columns.values())
    sql = f"INSERT INTO {model._meta.db_table} ({names}) SELECT {selected} FROM generate_series(1, {ROWS}) AS n"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{sql} WHERE {condition.replace('%', '%%')}",
            [value for _sql, given in columns.values() for value in given],
        )
