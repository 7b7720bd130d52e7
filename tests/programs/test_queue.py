"""The list as a queue: the page of an application knows its place in the very list that one came from."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application
from programs.admin import queue
from tests.factories import make_application, make_program, make_recruiter, make_window

pytestmark = pytest.mark.django_db
LIST = reverse("admin:applications_application_changelist")


def page_of(application, filters: str = "") -> str:
    url = reverse("admin:applications_application_change", args=[application.pk])
    return f"{url}?_changelist_filters={filters}" if filters else url


@pytest.fixture
def window():
    return make_window(make_program())


@pytest.fixture
def applications(client, window):
    """Five, as the list shows them: the latest first."""
    client.force_login(make_recruiter(window.program))
    return [make_application(window) for _number in range(5)][::-1]


def queue_on(client, application, filters: str = "") -> queue.Queue:
    return client.get(page_of(application, filters)).context["queue"]


def test_a_page_has_its_place_and_its_neighbours(client, applications):
    first, middle, last = (queue_on(client, applications[index]) for index in (0, 2, 4))
    assert [each.progress for each in (first, middle, last)] == ["1 of 5", "3 of 5", "5 of 5"]
    assert (first.previous_url, first.next_url) == ("", page_of(applications[1]))
    assert (middle.previous_url, middle.next_url) == (page_of(applications[1]), page_of(applications[3]))
    assert (last.previous_url, last.next_url) == (page_of(applications[3]), "")
    assert "3 of 5" in client.get(page_of(applications[2])).text


def test_filters_search_and_order_are_those_of_the_list(client, applications, window):
    elsewhere = make_application(make_window(window.program))
    filters = f"window%3D{window.pk}%26o%3D1%26p%3D2"
    ordered = sorted(applications, key=lambda application: application.reference)
    found = queue_on(client, ordered[1], filters)
    assert found.progress == "2 of 5"
    assert found.next_url == page_of(ordered[2], filters)
    assert found.list_url == f"{LIST}?window={window.pk}&o=1&p=2"
    assert queue_on(client, elsewhere).progress == "1 of 6"
    alone = queue_on(client, elsewhere, f"q%3D{elsewhere.reference}")
    assert (alone.progress, alone.previous_url, alone.next_url) == ("1 of 1", "", "")


def test_a_row_that_has_left_the_list_leads_back_into_it(client, applications):
    found = queue_on(client, applications[0], f"q%3D{applications[3].reference}")
    assert found.progress == "Not in this list of 1"
    assert (found.previous_url, found.next_url) == (
        "",
        page_of(applications[3], f"q%3D{applications[3].reference}"),
    )


def test_a_list_too_long_to_count_says_so(client, applications, monkeypatch):
    monkeypatch.setattr(queue, "QUEUED", 3)
    assert [queue_on(client, application).progress for application in applications] == [
        "1 of over 3",
        "2 of over 3",
        "3 of over 3",
        "over 3",
        "over 3",
    ]
    assert queue_on(client, applications[2]).next_url == page_of(applications[3])
    assert queue_on(client, applications[4]).next_url == ""


@pytest.mark.parametrize("order", ["", "o%3D1", "o%3D-1", "o%3D-2"])
def test_far_down_a_row_finds_its_neighbours_by_its_own_values(client, applications, monkeypatch, order):
    """In every order, equal rows and all: the same way as by counting, there and back."""
    Application.objects.filter(pk__in=[applications[1].pk, applications[3].pk]).update(full_name="Same")
    way = [queue_on(client, row, order) for row in applications]
    known = {found.pk: (found.previous_url, found.next_url) for found in way}
    monkeypatch.setattr(queue, "QUEUED", 0)
    far = [queue_on(client, row, order) for row in applications]
    assert {found.index for found in far} == {None}
    assert {found.pk: (found.previous_url, found.next_url) for found in far} == known


@pytest.mark.parametrize(
    "nonsense",
    [
        "nothing%3D1",
        "window__program__name%3Dx",
        "q%3D%2500",
        "reference%3D%2500",
        "p%3D99",
        "_to_field%3Dx",
        "o%3Dx.y",
    ],
)
def test_nonsense_is_the_whole_list(client, applications, nonsense):
    assert queue_on(client, applications[1], nonsense).progress == "2 of 5"


def test_other_programs_are_in_nobodys_queue(client, applications):
    make_application(make_window())
    assert queue_on(client, applications[0]).progress == "1 of 5"


def test_only_primary_keys_are_read(client, applications):
    with CaptureQueriesContext(connection) as queries:
        client.get(page_of(applications[0]))
    reads = [query["sql"] for query in queries if "LIMIT 1001" in query["sql"]]
    assert len(reads) == 1
    assert reads[0].startswith('SELECT "applications_application"."id" AS "pk" FROM')
