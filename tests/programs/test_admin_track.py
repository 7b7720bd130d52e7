"""A whole new track, made in the admin alone, is at once on the site and its form works."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.form import ApplicationForm
from applications.models import Application
from programs import kinds
from programs.models import Office, Program, Requirement, Window
from tests.factories import (
    GOOD,
    PARAMETERS,
    make_program,
    make_recruiter,
    make_requirement,
    make_user,
    make_window,
    post_for,
)

pytestmark = pytest.mark.django_db

PROGRAM = {
    "name": "Trust and Safety",
    "summary": "Keep the boards kind.",
    "description": "You build what keeps people safe.",
    "weeks": "12",
    "contact_email": "trust@pinterns.example",
    "pay_currency": "usd",
    "pay_period": "month",
    "hue": "200",
    "position": "60",
    "published": "on",
}
# What somebody types into the form of each kind.
TYPED = {
    "skills": {"options": "TensorFlow\nPyTorch\nMLflow", "how_many": "1", "lowest": "advanced", "evidence": "optional"},
    "publications": {"how_many": "1", "accepted_fields": "machine learning\nstatistics"},
    "statement": {"prompt": "Why this program?", "least": "3", "most": "50"},
    "choice": {"question": "When can you start?", "options": "June\nOctober", "qualifying": "June"},
    "confirmation": {"sentence": "I can work all 12 weeks."},
    "document": {"purpose": "your résumé", "types": ["application/pdf"], "megabytes": "1", "pages": "2"},
    "link": {"prompt": "Where is your code?", "hosts": "github.com"},
}


def add_url(program: Program, kind: str) -> str:
    return f"{reverse('admin:programs_requirement_add')}?program={program.pk}&kind={kind}"


@pytest.fixture
def administrator(client):
    user = make_user(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def test_a_track_made_in_the_admin_alone_takes_applications(client, administrator):
    office = {"name": "Lisbon", "city": "Lisbon", "country": "PT", "time_zone": "Europe/Lisbon"}
    assert client.post(reverse("admin:programs_office_add"), office).status_code == 302
    lisbon = Office.objects.get(slug="lisbon")
    page = client.post(reverse("admin:programs_program_add"), PROGRAM | {"offices": [lisbon.pk]})
    assert page.status_code == 302, page.context["errors"]
    program = Program.objects.get(slug="trust-and-safety")
    assert program.pay_currency == "USD"
    for kind, typed in TYPED.items():
        page = client.get(add_url(program, kind))
        assert page.status_code == 200
        initial = page.context["adminform"].form
        posted = typed | {"title": f"A {kind}", "mandatory": "on", "position": initial["position"].value()}
        page = client.post(add_url(program, kind), posted)
        assert page.status_code == 302, page.context["errors"]
        assert page.url.endswith(f"{program.pk}/change/#requirements")
    assert [found.kind for found in program.requirements.all()] == list(TYPED)
    assert {found.kind: found.parameters for found in program.requirements.all()} == PARAMETERS
    window = {
        "program": program.pk,
        "season": "Summer 2027",
        "time_zone": "Europe/Lisbon",
        "opens_at": "2026-01-01T09:00",
        "closes_at": "2199-02-12T23:59",
        "capacity": "",
        "decide_by": "2199-03-01",
        "reviews_needed": "2",
    }
    page = client.post(reverse("admin:programs_window_add"), window)
    assert page.status_code == 302, page.context["form"].errors
    window = Window.objects.get(program=program)
    assert window.changes.get().by == administrator

    candidate = make_user()
    client.force_login(candidate)
    assert "Trust and Safety" in client.get("/").text
    page = client.get(program.get_absolute_url())
    assert "TensorFlow" in page.text
    window.program = Program.objects.get(pk=program.pk)
    posted = post_for(window, action="send")
    page = client.post(program.apply_url, posted, follow=True)
    assert Application.objects.get(candidate=candidate).status == "submitted", page.text


def test_a_track_without_words_in_its_name_asks_for_an_address(client, administrator):
    page = client.post(reverse("admin:programs_program_add"), PROGRAM | {"name": "研究", "pay_currency": "1"})
    assert page.status_code == 200
    assert {"slug", "offices", "pay_currency"} <= set(page.context["adminform"].form.errors)


@pytest.mark.parametrize("kind", TYPED)
def test_the_form_of_a_kind_shows_what_is_saved_and_says_what_is_wrong(client, administrator, kind):
    program = make_program()
    requirement = make_requirement(program, kind)
    url = reverse("admin:programs_requirement_change", args=[requirement.pk])
    form = client.get(url).context["adminform"].form
    assert "parameters" not in form.fields
    assert {name: form[name].initial for name in PARAMETERS[kind]} == PARAMETERS[kind]
    empty = client.post(url, {"title": "Kept", "position": "3"})
    assert empty.status_code == 200
    assert set(empty.context["adminform"].form.errors) <= set(kinds.get(kind).ParametersForm.base_fields)
    assert empty.context["adminform"].form.errors
    again = client.post(url, TYPED[kind] | {"title": "Renamed", "position": "3"})
    assert again.status_code == 302
    requirement.refresh_from_db()
    assert (requirement.title, requirement.mandatory, requirement.parameters) == ("Renamed", False, PARAMETERS[kind])


def test_the_errors_of_a_kind_stand_at_its_fields(client, administrator):
    program = make_program()
    posted = TYPED["choice"] | {"title": "Start", "position": "1", "qualifying": "July"}
    form = client.post(add_url(program, "choice"), posted).context["adminform"].form
    assert form.errors["qualifying"] == ["Not among the options: July."]
    assert not program.requirements.exists()


def test_the_kind_and_the_program_of_a_requirement_are_fixed(client, administrator):
    program, other = make_program(), make_program()
    requirement = make_requirement(program, "confirmation")
    posted = TYPED["confirmation"] | {"title": "T", "position": "1", "kind": "link", "program": other.pk}
    client.post(reverse("admin:programs_requirement_change", args=[requirement.pk]), posted)
    requirement.refresh_from_db()
    assert (requirement.kind, requirement.program) == ("confirmation", program)


@pytest.mark.parametrize("query", ["", "?kind=nonsense", "?kind=skills", "?program={pk}", "?program={pk}&kind=é"])
def test_an_incomplete_add_link_asks_for_the_kind(client, administrator, query):
    program = make_program()
    page = client.get(reverse("admin:programs_requirement_add") + query.format(pk=program.pk))
    assert page.status_code == 200
    assert f"program={program.pk}&amp;kind=publications" in page.text


def test_requirements_move_by_post_alone(client, administrator):
    program = make_program()
    first, second, third = (make_requirement(program, "confirmation", position=1) for _number in range(3))
    up = reverse("admin:programs_requirement_move", args=[third.pk, "up"])
    assert client.get(up).status_code == 405
    for url in (up, up, up, reverse("admin:programs_requirement_move", args=[first.pk, "down"])):
        assert client.post(url).status_code == 302
    assert list(program.requirements.all()) == [third, second, first]
    assert client.post(reverse("admin:programs_requirement_move", args=[third.pk, "sideways"])).status_code == 404


def test_removing_deletes_what_is_unanswered_and_retires_the_rest(client, administrator):
    program = make_program(asks=("confirmation", "statement"))
    confirmation, statement = program.requirements.all()
    window = make_window(program)
    url = reverse("admin:programs_requirement_delete", args=[statement.pk])
    assert "Nobody has answered it" in client.get(url).text
    assert Requirement.objects.filter(pk=statement.pk).exists()
    assert "is deleted" in client.post(url, follow=True).text
    assert not Requirement.objects.filter(pk=statement.pk).exists()

    client.force_login(make_user())
    posted = post_for(window, action="send")
    client.post(program.apply_url, posted)
    client.force_login(administrator)
    url = reverse("admin:programs_requirement_delete", args=[confirmation.pk])
    page = client.get(url)
    assert "retired" in page.text
    assert f"{window.season} is open until" in page.text
    assert "is retired" in client.post(url, follow=True).text
    confirmation.refresh_from_db()
    assert confirmation.retired_at
    page = client.get(reverse("admin:programs_requirement_change", args=[confirmation.pk]))
    assert "Take it up again" in page.text
    restore = reverse("admin:programs_requirement_restore", args=[confirmation.pk])
    assert client.get(restore).status_code == 405
    client.post(restore)
    confirmation.refresh_from_db()
    assert confirmation.retired_at is None


def test_editing_while_a_window_is_open_says_what_that_does(client, administrator):
    program = make_program(asks=("confirmation",))
    url = reverse("admin:programs_requirement_change", args=[program.requirements.get().pk])
    assert "people with drafts are told" not in client.get(url).text
    make_window(program)
    assert "people with drafts are told" in client.get(url).text


def test_the_program_page_leads_everywhere(client, administrator):
    program = make_program(asks=tuple(GOOD))
    window = make_window(program, capacity=3)
    page = client.get(reverse("admin:programs_program_change", args=[program.pk]))
    for url in (
        f"/programs/{program.slug}/preview/?window={window.pk}",
        reverse("admin:programs_window_change", args=[window.pk]),
        f"{reverse('admin:programs_window_add')}?program={program.pk}",
        *(reverse("admin:programs_requirement_change", args=[found.pk]) for found in program.requirements.all()),
    ):
        assert f'href="{url}"' in page.text
    preview = client.get(f"/programs/{program.slug}/preview/?window={window.pk}")
    assert preview.status_code == 200
    assert len(ApplicationForm(window=window, draft={}).requirements) == 7


def test_lists_and_pages_take_as_many_queries_with_30_rows_as_with_one(client, administrator):

    def count(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    program = make_program(asks=("confirmation",))
    make_window(program)
    make_recruiter(program)
    urls = [
        reverse("admin:programs_program_changelist"),
        reverse("admin:programs_window_changelist"),
        reverse("admin:programs_requirement_changelist"),
        reverse("admin:accounts_user_changelist"),
        reverse("admin:programs_program_change", args=[program.pk]),
        reverse("admin:index"),
    ]
    before = [count(url) for url in urls]
    for number in range(30):
        make_window(make_program(asks=("statement",)))
        make_requirement(program, "link")
        make_recruiter(program, name=f"Recruiter {number}")
    assert [count(url) for url in urls] == before
    assert max(before) <= 13
