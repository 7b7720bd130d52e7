"""The list of applications by their promise: only what still waits, by the calendar of its window."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import Application
from applications.tallies import recount
from applications.undecided import undecided_in
from applications.workflow import UNDECIDED, Status
from programs.models import Window
from tests.factories import make_application, make_program, make_recruiter, make_window

pytestmark = pytest.mark.django_db

LIST = "admin:applications_application_changelist"


def promised_in(days: int, program=None) -> Window:
    window = make_window(program)
    today = timezone.now().astimezone(window.zone).date()
    Window.objects.filter(pk=window.pk).update(decide_by=today + timedelta(days=days))
    return Window.objects.get(pk=window.pk)


@pytest.mark.parametrize(
    ("days", "mark", "found"),
    [(4, "", []), (3, "badge-due", ["due"]), (0, "badge-due", ["due"]), (-1, "badge-overdue", ["overdue"])],
)
def test_the_filter_and_the_mark_follow_the_promised_day(client, days, mark, found):
    program = make_program()
    client.force_login(make_recruiter(program))
    application = make_application(promised_in(days, program))
    for state in ("due", "overdue"):
        page = client.get(reverse(LIST), {"decision": state, "window": application.window_id})
        assert list(page.context["cl"].result_list) == ([application] if state in found else [])
    page = client.get(reverse(LIST))
    assert [badge for badge in ("badge-due", "badge-overdue") if badge in page.text] == ([mark] if mark else [])
    assert list(client.get(reverse(LIST), {"decision": "x"}, follow=True).context["cl"].result_list) == [application]


@pytest.mark.parametrize("status", [status for status in Status if status != Status.DRAFT])
def test_only_what_waits_for_a_decision_counts(client, status):
    program = make_program()
    client.force_login(make_recruiter(program))
    application = make_application(promised_in(-1, program))
    Application.objects.update(status=status)
    recount(application.window_id)
    waits = status in UNDECIDED
    page = client.get(reverse(LIST), {"decision": "overdue"})
    assert bool(page.context["cl"].result_list) == waits
    assert ("badge-overdue" in client.get(reverse(LIST)).text) == waits
    assert undecided_in([application.window_id]) == ({application.window_id: 1} if waits else {})


def test_other_programs_are_not_listed(client):
    program, foreign = make_program(), make_program()
    client.force_login(make_recruiter(program))
    make_application(promised_in(-1, foreign))
    assert not client.get(reverse(LIST), {"decision": "overdue"}).context["cl"].result_list
