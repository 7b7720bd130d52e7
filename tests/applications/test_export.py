"""The list of applications as a table: who may take it out, which rows and columns, and how much is in memory."""

import csv
import io
import logging

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.admin import export
from applications.models import Application
from programs.roles import grant
from tests.factories import (
    make_application,
    make_draft,
    make_office,
    make_program,
    make_recruiter,
    make_requirement,
    make_reviewer,
    make_user,
    make_window,
)
from tests.pinterns.figures import make_assignment, make_review

FILE = reverse("admin:applications_application_export")
LIST = reverse("admin:applications_application_changelist")


def body(response) -> str:
    return b"".join(response.streaming_content).decode()


def table(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(response).removeprefix("\ufeff"), newline="")))


def column(response, title: str) -> list[str]:
    titles, *rows = table(response)
    return [row[titles.index(title)] for row in rows]


@pytest.fixture
def window():
    return make_window(make_program(asks=("statement",)), season="Summer 2027")


@pytest.fixture
def recruiter(client, window):
    user = make_recruiter(window.program)
    client.force_login(user)
    return user


@pytest.mark.django_db
def test_it_has_the_rows_and_the_order_of_the_list(client, recruiter, window):
    first, second = make_application(window), make_application(window)
    make_draft(window)
    make_application(make_window())  # of a program that is not the reader's
    Application.objects.filter(pk=first.pk).update(full_name="Zoë", search_text=" Zoë ")
    page = client.get(f"{LIST}?q=ada&o=-1")
    assert f'href="{FILE}?q=ada&amp;o=-1"' in page.text
    assert column(client.get(FILE), "Reference") == [second.reference, first.reference]
    assert column(client.get(f"{FILE}?o=2"), "Name") == ["Ada Example", "Zoë"]
    assert column(client.get(f"{FILE}?q=zo%C3%AB"), "Reference") == [first.reference]
    assert column(client.get(f"{FILE}?status=rejected"), "Reference") == []
    assert client.get(f"{FILE}?unknown=1").url == LIST
    assert client.get(f"{FILE}?q=%00").status_code == 400


@pytest.mark.django_db
def test_it_tells_what_recruiters_work_with(client, recruiter, window):
    application = make_application(window, candidate=make_user("ada@uni.example"))
    Application.objects.filter(pk=application.pk).update(phone="+1 415 555 0100", links=["https://ada.example/work"])
    reviewers = [make_reviewer(window.program), make_reviewer(window.program)]
    for reviewer, overall in zip(reviewers, ("2.00", "3.50"), strict=True):
        make_review(make_assignment(application, reviewer), overall)
    titles, row = table(client.get(FILE))
    told = dict(zip(titles, row, strict=True))
    assert told["Program"] == window.program.name
    assert told["Window"] == "Summer 2027"
    assert told["Status"] == "Submitted"
    assert told["E-mail address"] == "ada@uni.example"
    assert told["Phone"] == "'+1 415 555 0100"
    assert told["Links"] == "https://ada.example/work"
    assert told["Offices, first choice first"] == window.program.offices_list[0].name
    assert (told["Requirements met"], told["Requirements asked"]) == ("1", "1")
    assert (told["Score"], told["Spread"], told["Reviews in"], told["Reviewers"]) == ("2.75", "1.50", "2", "2")
    assert "Statement" not in told


@pytest.mark.django_db
@pytest.mark.parametrize("scope", ["program={0.program_id}", "window={0.pk}"])
def test_of_one_program_it_has_a_column_for_each_requirement(client, recruiter, window, scope):
    make_application(window)
    other = make_window(make_program(asks=("link",)))
    make_application(other)
    make_requirement(window.program, "link", title="Never asked")
    titles, row = table(client.get(f"{FILE}?{scope.format(window)}"))
    assert titles[-1] == "Statement"
    assert row[-1] == "Because I like pins very much."


@pytest.mark.django_db
def test_what_others_ask_for_is_not_told(client, recruiter, window):
    theirs = make_window(make_program(asks=("link",)))
    make_application(theirs)
    for scope in (f"window={theirs.pk}", f"program={theirs.program_id}"):
        assert table(client.get(f"{FILE}?{scope}"))[0][-1] == "Reviewers"


@pytest.mark.django_db
@pytest.mark.parametrize("nonsense", ["9" * 40, "²", "-1", "x"])
def test_nonsense_in_the_address_is_ignored(client, recruiter, window, nonsense):
    make_application(window)
    for name in ("program", "window", "status", "p", "e"):
        assert client.get(f"{FILE}?{name}={nonsense}").status_code in (200, 302)


@pytest.mark.django_db
def test_it_takes_as_many_queries_with_30_rows_as_with_one(client, recruiter, window):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            table(client.get(f"{FILE}?window={window.pk}"))
        return len(queries)

    make_application(window)
    before = count()
    for _number in range(29):
        make_application(window)
    assert count() == before


@pytest.mark.django_db
def test_rows_are_read_a_chunk_at_a_time(client, recruiter, window, monkeypatch):
    monkeypatch.setattr(export, "CHUNK", 2)
    written = [make_application(window).reference for _number in range(5)]
    with CaptureQueriesContext(connection) as queries:
        assert column(client.get(f"{FILE}?window={window.pk}"), "Reference") == written[::-1]
    fetched = [query for query in queries if query["sql"].startswith('SELECT "applications_answer"')]
    assert len(fetched) == 3
    assert not any('"applications_application"."draft"' in query["sql"] for query in queries)


@pytest.mark.django_db
def test_all_rows_come_with_one_query_and_offices_in_the_order_of_choice(client, recruiter, monkeypatch):
    offices = [make_office(f"{name}; one") for name in "CAB"]
    window = make_window(make_program(offices=offices))
    grant(user=recruiter, program=window.program, role="recruiter")
    applications = [make_application(window) for _number in range(5)]
    for application in applications:
        application.office_choices.all().delete()
        for position in (3, 1, 2):
            application.office_choices.create(office=offices[position - 1], position=position)
    applications[0].office_choices.all().delete()
    monkeypatch.setattr(export, "CHUNK", 2)
    with CaptureQueriesContext(connection) as queries:
        told = column(client.get(FILE), "Offices, first choice first")
    assert told == ["C; one; A; one; B; one"] * 4 + [""]
    assert len([query for query in queries if '"applications_officechoice"' in query["sql"]]) == 1


@pytest.mark.django_db
def test_a_window_that_was_added_meanwhile_is_told_as_well(client, monkeypatch, window):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    monkeypatch.setattr("programs.admin.rows.windows_run", lambda request: [])
    written = make_application(window).reference
    assert column(client.get(FILE), "Window") == ["Summer 2027"]
    assert written in client.get(LIST).text


@pytest.mark.django_db
def test_who_may_not_take_it_out_is_refused(client, window):
    make_application(window)
    assert client.get(FILE).status_code == 302
    for user in (make_user(), make_reviewer(window.program), make_user(is_staff=True)):
        client.force_login(user)
        assert client.get(FILE).status_code in (302, 403)
    recruiter = make_recruiter(window.program)
    recruiter.groups.clear()
    recruiter.user_permissions.set(_permissions("view_application"))
    client.force_login(recruiter)
    assert "Download as CSV" not in client.get(LIST).text
    assert client.get(FILE).status_code == 403


def _permissions(*names: str):
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(codename__in=names)


@pytest.mark.django_db
def test_the_log_says_who_took_how_many_and_nothing_of_them(client, recruiter, window, caplog):
    application = make_application(window)
    with caplog.at_level(logging.INFO, logger="applications.admin.export"):
        table(client.get(FILE))
    assert caplog.messages == [f"user {recruiter.pk} took 1 of the applications out as a table"]
    assert application.candidate.email not in caplog.text
