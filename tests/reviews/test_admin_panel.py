"""The panel of a window in the admin: who reads what, what lacks readers, and giving it out."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reviews.assigning import assign, declare_conflict
from reviews.models import Assignment
from tests.factories import make_application, make_program, make_recruiter, make_reviewer, make_user
from tests.reviews.panels import make_panel, read_by, reviewed, sent_to

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"admin:reviews_{name}", args=args)


@pytest.fixture
def window():
    return make_panel(3)[0]


@pytest.fixture
def panel(window):
    return sorted(
        (found.user for found in window.program.memberships.filter(role="reviewer")), key=lambda user: user.pk
    )


@pytest.fixture
def recruiter(client, window):
    user = make_recruiter(window.program)
    client.force_login(user)
    return user


def test_the_windows_to_rank_lead_to_their_panels(client, recruiter, window):
    page = client.get(reverse("admin:reviews_standing_changelist"))
    assert "there is nothing to rank" in page.text
    sent_to(window, 2)
    make_application()
    page = client.get(reverse("admin:reviews_standing_changelist"))
    [(shown, _state, counts)] = page.context["rows"]
    assert (shown, counts["applications"], counts["scored"]) == (window, 2, 0)
    assert url("panel", window.pk) in page.text
    assert url("ranking", window.pk) in page.text
    page = client.get(reverse("admin:programs_window_change", args=[window.pk]))
    assert url("panel", window.pk) in page.text


def test_the_panel_tells_who_does_how_much(client, recruiter, window, panel):
    week_ago = timezone.now() - timedelta(days=8)
    applications = sent_to(window, 4, status="in_review")
    read_by(applications[0], panel[0], "3.00")
    read_by(applications[1], panel[0], "3.00", at=week_ago)
    assign(application=applications[2], reviewer=panel[0], by=recruiter)
    Assignment.objects.create(
        application=applications[3],
        reviewer=panel[1],
        assigned_at=week_ago,
        recused_at=week_ago,
        recusal_reason="I know them",
    )
    page = client.get(url("panel", window.pk))
    first, second, third = (member for member, _last_active in page.context["members"])
    assert (first.user, first.waiting, first.handed_in, first.lately) == (panel[0], 1, 2, 1)
    assert (second.recused, second.waiting, third.last_active) == (1, 0, None)
    assert [(step.done, step.applications) for step in page.context["steps"]] == [(0, 2), (1, 2), (2, 0)]
    assert page.context["planned"].applications == 4
    assert "Spread the unassigned" in page.text


def test_the_button_gives_out_what_lacks_readers(client, recruiter, window, panel):
    sent_to(window, 3)
    assert client.get(url("spread", window.pk)).status_code == 405
    page = client.post(url("spread", window.pk), follow=True)
    assert "3 applications were given out to 3 reviewers." in page.text
    assert "Every application has its reviewers." in page.text
    assert Assignment.objects.filter(assigned_by=recruiter).count() == 6
    page = client.post(url("spread", window.pk), follow=True)
    assert "Nothing was given out" in page.text


def test_what_nobody_can_read_is_named_with_the_reason(client, recruiter, window, panel):
    [application] = sent_to(window)
    for reader in panel[:2]:
        declare_conflict(reviewer=reader, email=application.candidate.email, reason="A friend")
    client.post(url("spread", window.pk))
    page = client.get(url("panel", window.pk))
    assert "2 have a conflict of interest" in page.text
    assert "A friend" not in page.text
    assert url("reviewers", window.pk, application.pk) in page.text


def test_one_is_given_to_somebody_by_hand(client, recruiter, window, panel):
    [application] = sent_to(window)
    declare_conflict(reviewer=panel[2], email=application.candidate.email, reason="A friend")
    readers = url("reviewers", window.pk, application.pk)
    page = client.get(readers)
    assert set(page.context["form"].eligible) == {str(panel[0].pk), str(panel[1].pk)}
    page = client.post(readers, {"reviewer": panel[2].pk})
    assert page.context["form"].errors["reviewer"]
    page = client.post(readers, {"reviewer": panel[0].pk}, follow=True)
    assert "Reader 1 reads it now." in page.text
    assert "Has not begun." in page.text
    reviewed(application.assignments.get(), "3.50", recommendation="strong_yes")
    page = client.get(readers)
    assert "3.50" in page.text
    assert "Strong yes" in page.text


def test_what_is_decided_is_given_to_nobody(client, recruiter, window, panel):
    [application] = sent_to(window, status="rejected")
    readers = url("reviewers", window.pk, application.pk)
    assert "is not given to reviewers" in client.get(readers).text
    assert "is not given to reviewers" in client.post(readers, {"reviewer": panel[0].pk}).text
    assert not Assignment.objects.exists()


def test_the_queries_do_not_grow(client, recruiter):
    counts = []
    for number in (1, 30):
        window, panel = make_panel(number + 2)
        client.force_login(make_recruiter(window.program))
        applications = sent_to(window, number, status="in_review")
        for application in applications:
            read_by(application, panel[0], "3.00")
        sent_to(window, number)
        for address in (url("panel", window.pk), url("reviewers", window.pk, applications[0].pk)):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            counts.append(len(captured))
    assert counts[:2] == counts[2:]


def test_others_see_nothing_and_do_nothing(client, window, panel):
    [application] = sent_to(window)
    pages = [url("panel", window.pk), url("reviewers", window.pk, application.pk), url("ranking", window.pk)]
    deeds = [url("spread", window.pk), url("reviewers", window.pk, application.pk)]
    users = {make_recruiter(make_program()): 404, make_reviewer(window.program): 403, make_user(): 302}
    for user, status in users.items():
        client.force_login(user)
        assert {client.get(page).status_code for page in pages} == {status}
        assert {client.post(deed, {"reviewer": panel[0].pk}).status_code for deed in deeds} == {status}
        changelist = client.get(reverse("admin:reviews_standing_changelist"))
        assert changelist.status_code == (200 if status == 404 else status)
    assert not Assignment.objects.exists()


def test_standings_are_edited_by_nobody(client, recruiter, window, panel):
    [application] = sent_to(window)
    assign(application=application, reviewer=panel[0], by=recruiter)
    for user in (recruiter, make_user(is_staff=True, is_superuser=True)):
        client.force_login(user)
        assert client.get(reverse("admin:reviews_standing_add")).status_code == 403
        assert client.post(reverse("admin:reviews_standing_delete", args=[application.pk])).status_code == 403
        changed = client.post(reverse("admin:reviews_standing_change", args=[application.pk]), {"assigned": 9})
        assert changed.url == url("reviewers", window.pk, application.pk)
    assert application.standing.assigned == 1


def test_nonsense_in_addresses_is_not_found(client, recruiter, window):
    foreign = make_application()
    for args in ((window.pk, foreign.pk), (window.pk, 10**30), (10**30, foreign.pk)):
        assert client.get(url("reviewers", *args)).status_code == 404
    assert client.get(url("panel", 10**30)).status_code == 404
