"""The frame of the admin: the row of places on top, and what the theme adds to every list."""

import re
from pathlib import Path

import pytest
from django.contrib import admin as django_admin
from django.template import Context, Template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pinterns import admin
from pinterns.admin import PlainPage
from tests.factories import make_application, make_program, make_recruiter, make_reviewer, make_user, make_window

pytestmark = pytest.mark.django_db

HOME = reverse("admin:index")
APPLICATIONS = reverse("admin:applications_application_changelist")


@pytest.fixture
def window():
    return make_window(make_program(asks=("statement",), name="Machine Learning"), season="Summer 2027")


@pytest.fixture
def recruiter(client, window):
    user = make_recruiter(window.program, name="Rosa Recruiter")
    client.force_login(user)
    return user


def places(page) -> list[str]:
    return [str(place["name"]) for place in page.context["places"]]


# --- Places ---


def test_a_recruiter_sees_the_places_that_are_theirs_and_where_they_are(client, recruiter):
    page = client.get(APPLICATIONS)
    assert places(page)[:2] == ["Home", "Applications"]
    assert "Programs" in places(page)
    assert not {"People", "Offices"} & set(places(page))
    here = [str(place["name"]) for place in page.context["places"] if place["is_here"]]
    assert here == ["Applications"], "every page is below the home, and is not the home"
    assert [place["name"] for place in client.get(HOME).context["places"] if place["is_here"]] == ["Home"]


def test_a_place_may_be_a_page_that_is_no_list(client, window, monkeypatch):
    pages = [
        PlainPage("home", _("the site")),
        PlainPage("applications", _("mine"), "programs.change_program"),
        PlainPage("admin:no_such_page", _("not built")),
    ]
    monkeypatch.setattr(admin, "PLACES", pages)
    client.force_login(make_recruiter(window.program))
    assert places(client.get(HOME)) == ["The site", "Mine"]
    client.force_login(make_reviewer(window.program))
    assert places(client.get(HOME)) == ["The site"], "whoever lacks the permission sees no link"


# --- Lists ---


def test_filters_that_are_on_stand_above_the_list_and_can_be_taken_away(client, recruiter, window):
    make_application(window)
    page = client.get(f"{APPLICATIONS}?status=submitted&program={window.program.pk}&q=ada")
    chips = re.findall(r'class="chip" href="([^"]*)"', page.text)
    assert [sorted(chip.replace("&amp;", "&").strip("?").split("&")) for chip in chips] == [
        sorted([f"program={window.program.pk}", "status=submitted"]),
        sorted(["q=ada", "status=submitted"]),
        sorted(["q=ada", f"program={window.program.pk}"]),
    ]
    assert re.search(r'class="chips-clear" href="\?"', page.text)
    assert "(2)" in page.text, "the button counts the filters, and a search is none"


def test_a_filter_is_written_as_django_writes_it(client, recruiter, window):
    make_application(window)
    make_window(window.program, season="<b>Winter</b> & spring")
    page = client.get(f"{APPLICATIONS}?status=submitted&q=a%20%26%20b")
    theirs = Template((Path(django_admin.__file__).parent / "templates/admin/filter.html").read_text())
    cl = page.context["cl"]
    for spec in cl.filter_specs:
        written = theirs.render(Context({"title": spec.title, "choices": list(spec.choices(cl))}))
        assert _without_spaces(written) in _without_spaces(page.text)


def _without_spaces(html: str) -> str:
    return re.sub(r"\s*(<[^>]*>)\s*", r"\1", html)


def test_a_filter_that_is_unknown_is_no_chip(client, recruiter, window):
    make_application(window)
    page = client.get(f"{APPLICATIONS}?status=nonsense")
    assert page.status_code == 200
    assert 'class="chip"' not in page.text


def test_an_empty_list_says_why(client, recruiter, window):
    assert "No applications yet." in client.get(APPLICATIONS).text
    make_application(window)
    page = client.get(f"{APPLICATIONS}?status=offer").text
    assert "Nothing matches these filters." in page
    assert "No applications yet." not in page


def test_every_cell_names_its_column(client, recruiter, window):
    make_application(window)
    page = client.get(APPLICATIONS).text
    for name in ("Reference", "Name", "Program", "Window", "Status", "Submitted"):
        assert f'data-label="{name}"' in page
    assert re.search(r'<td data-label="Status" class="field-shown_status">', page)
    assert not re.search(r'data-label="[^"]*" class="action-checkbox"', page)


def test_the_actions_come_after_the_rows_and_only_where_there_are_rows(client, recruiter, window):
    assert 'name="action"' not in client.get(APPLICATIONS).text
    make_application(window)
    page = client.get(APPLICATIONS).text
    assert page.count('name="action"') == 1
    assert page.index('id="result_list"') < page.index('name="action"')


@pytest.mark.parametrize("query", ["", "?status=submitted", "?q=ada"])
def test_the_list_asks_as_often_for_thirty_as_for_one(client, recruiter, window, query, django_assert_max_num_queries):
    make_application(window)
    with django_assert_max_num_queries(20) as queries:
        client.get(APPLICATIONS + query)
    count = len(queries)
    for _number in range(29):
        make_application(window)
    with django_assert_max_num_queries(count):
        client.get(APPLICATIONS + query)


@pytest.mark.parametrize("name", ["programs", "applications", "letters", "accounts"])
def test_the_pages_of_an_app_and_of_a_row_s_history_have_the_frame(client, window, name):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    assert client.get(reverse("admin:app_list", args=[name])).status_code == 200
    history = client.get(reverse("admin:programs_program_history", args=[window.program.pk]))
    assert reverse("admin:programs_program_change", args=[window.program.pk]) in history.text
