"""Every list that can be taken out as a table: its rows are the reader's own, and it takes a fixed number of queries."""

import csv
import io

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.export import ExportMixin
from tests.factories import make_application, make_user
from tests.pinterns.figures import make_assignment, make_review
from tests.security.world import Side, make_side

pytestmark = pytest.mark.django_db

# By the name of the list, a row of the side that stands in it, and the column that tells which one it is.
OF_RECRUITERS = {
    "programs_window": ("Program", lambda side: side.program.name),
    "applications_application": ("Reference", lambda side: side.application.reference),
    "applications_extension": ("Candidate", lambda side: side.candidate.email),
    "applications_prepareddecision": ("Reference", lambda side: side.application.reference),
}
OF_ADMINISTRATORS = {
    "accounts_user": ("E-mail address", lambda side: side.candidate.email),
    "letters_letter": ("About", lambda side: side.application.reference),
}
OF_REVIEWERS = {"reviews_assignment"}


@pytest.fixture
def here():
    return make_side("Here")


def rows(client: Client, url: str) -> list[dict[str, str]]:
    text = client.get(url).getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def file_of(name: str) -> str:
    return reverse(f"admin:{name}_export")


def test_each_such_list_is_tried_here():
    tables = [found.opts for found in admin.site._registry.values() if isinstance(found, ExportMixin)]
    names = {f"{opts.app_label}_{opts.model_name}" for opts in tables}
    assert names == OF_RECRUITERS.keys() | OF_ADMINISTRATORS.keys() | OF_REVIEWERS


@pytest.mark.parametrize("name", OF_RECRUITERS)
def test_recruiters_take_out_what_is_of_their_programs(client, here, name):
    make_side("There")
    title, told = OF_RECRUITERS[name]
    client.force_login(here.recruiter)
    found = rows(client, file_of(name))
    assert {row[title] for row in found} == {told(here)}
    page = reverse("admin:programs_window_list" if name == "programs_window" else f"admin:{name}_changelist")
    assert f'href="{file_of(name)}?"' in client.get(page).text
    client.force_login(here.reviewer)
    assert client.get(file_of(name)).status_code == 403


@pytest.mark.parametrize("name", OF_ADMINISTRATORS)
def test_administrators_take_out_everything(client, here, name):
    there = make_side("There")
    title, told = OF_ADMINISTRATORS[name]
    client.force_login(make_user(is_staff=True, is_superuser=True))
    assert {told(here), told(there)} <= {row[title] for row in rows(client, file_of(name))}
    client.force_login(here.recruiter)
    assert client.get(file_of(name)).status_code == 403


@pytest.mark.parametrize("name", [*OF_RECRUITERS, *OF_ADMINISTRATORS])
def test_more_rows_take_no_more_queries(client, here, name):
    client.force_login(make_user(is_staff=True, is_superuser=True))

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert rows(client, file_of(name))
        return len(queries)

    before = count()
    for number in range(3):
        make_side(f"There {number}")
    assert count() == before


# --- The ranking ---


def ranking_of(side: Side) -> str:
    return reverse("admin:reviews_ranking_file", args=[side.window.pk])


def test_the_ranking_leaves_as_it_is_shown(client, here):
    make_review(here.assignment, "3.50")
    client.force_login(here.recruiter)
    (row,) = rows(client, ranking_of(here))
    assert (row["Rank"], row["Reference"], row["Score"]) == ("1", here.application.reference, "3.50")
    assert (row["Prepared"], row["Status"], row["Recommended"]) == ("Waitlisted", "In review", "Yes: 1")
    assert rows(client, f"{ranking_of(here)}?status=rejected") == []
    page = client.get(reverse("admin:reviews_ranking", args=[here.window.pk]) + "?status=in_review")
    assert f'href="{ranking_of(here)}?status=in_review"' in page.text


def test_the_ranking_takes_as_many_queries_with_more_rows(client, here):
    client.force_login(here.recruiter)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert rows(client, ranking_of(here))
        return len(queries)

    before = count()
    for _number in range(5):
        make_assignment(make_application(here.window), here.reviewer)
    assert count() == before


def test_a_ranking_is_for_those_who_may_take_applications_out(client, here):
    there = make_side("There")
    client.force_login(here.recruiter)
    assert client.get(ranking_of(there)).status_code == 404
    here.recruiter.groups.get().permissions.remove(Permission.objects.get(codename="export_application"))
    assert client.get(ranking_of(here)).status_code == 403
    assert "Download as CSV" not in client.get(reverse("admin:reviews_ranking", args=[here.window.pk])).text
