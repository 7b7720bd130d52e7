"""Lists without end: every row once, whichever way one goes; counts that never lie; no page that reads those before it."""

import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import long_lists
from accounts.long_lists import LongListMixin
from applications.admin.application import ApplicationAdmin
from applications.models import Application
from applications.models.application import SENT
from applications.tallies import recount
from tests.factories import make_application, make_program, make_user, make_window

pytestmark = pytest.mark.django_db

LIST = reverse("admin:applications_application_changelist")
A_PAGE = 3
LONG = [model_admin for model_admin in admin.site._registry.values() if isinstance(model_admin, LongListMixin)]


@pytest.fixture
def applications(client, monkeypatch):
    """Eight, of which some are equal in each order, in pages of three."""
    monkeypatch.setattr(ApplicationAdmin, "list_per_page", A_PAGE)
    client.force_login(make_user(is_staff=True, is_superuser=True))
    window = make_window(make_program(asks=("statement",)))
    rows = [make_application(window) for _number in range(8)]
    at = rows[0].submitted_at
    for number, row in enumerate(rows):
        known = {"full_name": f"Ada {number // 3}", "met": number % 2, "submitted_at": at}
        Application.objects.filter(pk=row.pk).update(**known)
    return rows


def page(client, address: str):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.context["cl"]


def column(name: str) -> int:
    return ApplicationAdmin.list_display.index(name) + 1  # after the boxes of the actions


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("name", ["reference", "full_name", "verdicts", "sent_when", None])
def test_next_and_previous_show_every_row_once_in_order(client, applications, name, sign):
    first = f"{LIST}?o={sign}{column(name)}" if name else LIST
    seen = [page(client, first)]
    while seen[-1].next:
        seen.append(page(client, LIST + seen[-1].next))
    shown = [[row.pk for row in cl.result_list] for cl in seen]
    assert [len(rows) for rows in shown] == [3, 3, 2]
    flat = [pk for rows in shown for pk in rows]
    assert sorted(flat) == sorted(row.pk for row in applications)
    field = {"verdicts": "met", "sent_when": "submitted_at", None: "pk"}.get(name, name)
    sign = sign if name else "-"
    assert flat == list(Application.objects.order_by(f"{sign}{field}", f"{sign}pk").values_list("pk", flat=True))

    back = [seen[-1]]
    while back[-1].previous:
        back.append(page(client, LIST + back[-1].previous))
    assert [[row.pk for row in cl.result_list] for cl in back] == shown[::-1]
    assert not seen[0].previous


def test_a_search_and_a_filter_go_with_the_pages(client, applications):
    Application.objects.filter(pk__in=[row.pk for row in applications[:4]]).update(
        search_text=" Eve ", status="waitlisted"
    )
    cl = page(client, f"{LIST}?q=eve&status=waitlisted")
    cl = page(client, LIST + cl.next)
    assert [row.pk for row in cl.result_list] == [applications[0].pk]
    assert (cl.result_count, cl.counted) == (4, "4")


def test_no_page_reads_the_ones_before_it(client, applications):
    last = page(client, LIST + page(client, LIST + page(client, LIST).next).next)
    for address in (LIST, LIST + last.previous, f"{LIST}?o=2&p=after-{applications[3].pk}"):
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        assert not [query for query in captured if "OFFSET" in query["sql"]], address


@pytest.mark.parametrize("p", ["2", "after-", "after-x", "before-0", "after-999999999999999999", "after-1;drop", "\0"])
def test_a_place_that_is_none_is_the_first_page(client, applications, p):
    answer = client.get(LIST, {"p": p})
    if answer.status_code == 400:  # a NUL is refused for every list
        assert p == "\0"
        return
    assert [row.pk for row in answer.context["cl"].result_list] == [row.pk for row in applications[:-4:-1]]


def test_the_row_from_which_one_goes_on_may_be_gone(client, applications):
    following = page(client, LIST).next
    number = int(re.search(r"after-(\d+)", following)[1])
    there = [row.pk for row in page(client, LIST + following).result_list]
    Application.objects.filter(pk=number).delete()
    assert [row.pk for row in page(client, LIST + following).result_list] == there
    assert len(page(client, f"{LIST}?o=2&p=after-{number}").result_list) == A_PAGE


def test_after_the_last_row_comes_the_first_page(client, applications):
    for order in ("", "&o=-2"):
        cl = page(client, f"{LIST}?p=after-{applications[0].pk}{order}")
        assert [row.pk for row in cl.result_list] == [row.pk for row in applications[:-4:-1]]


def test_a_list_of_one_page_is_not_counted_and_no_row_is_looked_for_by_its_key(client, applications):
    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len([query for query in captured if 'FROM "applications_application"' in query["sql"]])

    assert asked(LIST) == asked(f"{LIST}?p=after-{applications[5].pk}") == 2  # the page and the number
    assert asked(f"{LIST}?q={applications[2].reference}") == 1


def test_a_page_before_that_is_not_full_is_the_first_one(client, applications):
    cl = page(client, f"{LIST}?p=before-{applications[-2].pk}")
    assert [row.pk for row in cl.result_list] == [row.pk for row in applications[:-4:-1]]
    assert not cl.previous


def test_more_than_are_counted_are_told_to_be_more(client, applications, monkeypatch):
    monkeypatch.setattr(long_lists, "COUNTED", 5)
    answer = client.get(LIST)
    assert "<strong>over 5</strong>" in answer.text
    assert "question hidden" not in answer.text  # of a number that nobody knows
    monkeypatch.setattr(long_lists, "COUNTED", 8)
    answer = client.get(LIST)
    assert "<strong>8</strong>" in answer.text
    assert "Select all 8" in answer.text


def test_what_is_known_to_be_more_than_are_counted_is_not_counted(client, applications, monkeypatch):
    monkeypatch.setattr(long_lists, "COUNTED", 5)
    window = applications[0].window
    for taken, asked, counts in ((6, "", 0), (6, "?o=2", 0), (6, f"?p=after-{applications[-1].pk}", 0), (5, "", 1)):
        type(window).objects.filter(pk=window.pk).update(taken=taken)
        with CaptureQueriesContext(connection) as captured:
            assert page(client, LIST + asked).counted == "over 5"
        assert sum("COUNT(" in query["sql"] for query in captured) == counts, (taken, asked)
    Application.objects.filter(pk=applications[0].pk).update(search_text=" Eve ", status="waitlisted")
    type(window).objects.filter(pk=window.pk).update(taken=6)
    for asked in ("q=eve", "status=waitlisted"):
        assert page(client, f"{LIST}?{asked}").counted == "1"


def test_of_one_status_the_kept_figures_tell_that_it_is_not_counted(client, applications, monkeypatch):
    monkeypatch.setattr(long_lists, "COUNTED", 5)
    window = applications[0].window
    recount(window.pk)
    for asked, counts in (("status=submitted", 0), ("status=submitted&verdicts=all", 1), ("status=nonsense", 1)):
        type(window).objects.filter(pk=window.pk).update(taken=0)
        with CaptureQueriesContext(connection) as captured:
            told = page(client, f"{LIST}?{asked}").counted
        assert told == ("4" if "verdicts" in asked else "over 5"), asked
        assert sum("COUNT(" in query["sql"] for query in captured) == counts, asked


@pytest.mark.parametrize("model_admin", LONG, ids=lambda one: one.model.__name__)
def test_what_can_be_sorted_has_an_index_that_ends_with_the_key(model_admin):
    assert model_admin.ordering == ["-pk"]
    for name in model_admin.sortable_by:
        display = getattr(model_admin, name, None)
        field = model_admin.model._meta.get_field(getattr(display, "admin_order_field", name))
        assert not field.null or name == "sent_when"  # a draft has none, and no draft is in the list
        indexed = [index.fields for index in model_admin.model._meta.indexes if index.condition in (None, SENT)]
        assert field.unique or [field.name, "id"] in indexed, name
