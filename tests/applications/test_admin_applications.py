"""Applications in the admin: found, read whole, and changed by decisions alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.decisions import decide
from applications.models import Application
from applications.workflow import Status
from tests.factories import (
    make_application,
    make_draft,
    make_program,
    make_recruiter,
    make_user,
    make_window,
    post_for,
)

pytestmark = pytest.mark.django_db

LIST = reverse("admin:applications_application_changelist")


def page_of(application: Application) -> str:
    return reverse("admin:applications_application_change", args=[application.pk])


@pytest.fixture
def window():
    return make_window(make_program(asks=("statement",)), season="Summer 2027")


@pytest.fixture
def recruiter(client, window):
    user = make_recruiter(window.program, name="Rosa Recruiter")
    client.force_login(user)
    return user


def shown(client, query: str) -> list[Application]:
    return list(client.get(f"{LIST}?{query}").context["cl"].result_list)


def test_the_list_shows_what_was_sent_and_no_draft(client, recruiter, window):
    sent, _draft = make_application(window), make_draft(window)
    page = client.get(LIST)
    assert list(page.context["cl"].result_list) == [sent]
    for text in (sent.reference, "Ada Example", "Summer 2027", "badge-submitted", "1 / 1"):
        assert text in page.text
    assert sent.candidate.email not in page.text


def test_the_list_is_searched_and_filtered(client, recruiter, window):
    ada = make_application(window, candidate=make_user("ada@uni.example"))
    other = make_application(make_window(window.program, season="Other"), candidate=make_user("bo@uni.example"))
    decide(application=other, action="review", by=recruiter, seen_status="submitted")
    Application.objects.filter(pk=other.pk).update(search_text=f" Bo Björk {other.reference} ", met=0)
    for query, found in {
        "q=ADA@uni": [ada],
        "q=björk": [other],
        f"q={other.reference.lower()}": [other],
        "q=nobody": [],
        f"window={ada.window_id}": [ada],
        "status=in_review": [other],
        "verdicts=all": [ada],
        "verdicts=some": [other],
        f"program={window.program_id}": [other, ada],
        f"program={window.program_id}&status=in_review&window={other.window_id}&verdicts=some": [other],
    }.items():
        assert shown(client, query) == found, query


@pytest.mark.parametrize("nonsense", ["draft", "9" * 40, "-1", "' OR 1=1", "é"])
def test_nonsense_in_a_filter_is_ignored(client, recruiter, window, nonsense):
    application = make_application(window)
    for name in ("program", "window", "status", "verdicts"):
        assert shown(client, f"{name}={nonsense}") == [application]
    for query in ("q=%00", "status=%00", "candidate__email=%00", "unknown=%00", "program=1&window=%00"):
        assert client.get(f"{LIST}?{query}").status_code == 400
    for query in (
        f"q={nonsense}",
        f"p={nonsense}",
        f"o={nonsense}",
        f"unknown={nonsense}",
        f"candidate__password={nonsense}",
    ):
        assert client.get(f"{LIST}?{query}", follow=True).status_code in (200, 400)
    assert client.get(f"{LIST}{nonsense}/change/", follow=True).status_code == 404


def test_the_list_takes_as_many_queries_with_30_rows_as_with_one(client, recruiter, window):
    def count(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    first = make_application(window)
    before = [count(url) for url in (LIST, page_of(first), reverse("admin:index"))]
    for _number in range(29):
        make_application(window)
    assert [count(url) for url in (LIST, page_of(first), reverse("admin:index"))] == before
    assert before[0] <= 10


def test_the_list_reads_no_draft_and_no_sent_form(client, recruiter, window):
    make_application(window)
    with CaptureQueriesContext(connection) as queries:
        client.get(LIST)
    assert not any('"applications_application"."draft"' in query["sql"] for query in queries)


def test_the_page_has_every_answer_with_its_verdict_and_the_way_to_the_candidate(client):
    program = make_program(asks=("skills", "publications", "statement", "choice", "confirmation", "document", "link"))
    program.requirements.filter(kind="choice").update(mandatory=False)
    window = make_window(program)
    candidate = make_user("ada@uni.example")
    client.force_login(candidate)
    extra = {"about-phone": "+1 415 555 0100", "about-link_1": "https://ada.example/work", "action": "send"}
    client.post(program.apply_url, post_for(window, answers={"choice": {"chosen": "October"}}, **extra))
    application = Application.objects.get(candidate=candidate)
    client.force_login(make_recruiter(program))
    page = client.get(page_of(application))
    for text in (
        application.reference,
        "ada@uni.example",
        "+1 415 555 0100",
        'href="https://ada.example/work" rel="noopener noreferrer nofollow"',
        "United States of America: I may work there",
        program.offices_list[0].name,
        "6 of 7 met",
        "PyTorch: advanced. Trained a ranking model.",
        "On boards. NeurIPS, 2025 (statistics).",
        "Because I like pins very much.",
        "you chose October",
        "Preferred",
        f'href="{application.answers.get(kind="document").document.get_absolute_url()}"',
        "résumé.pdf",
        "Start the review",
        "Your application is in:",
    ):
        assert text in page.text, text
    assert "Make an offer" not in page.text
    document = application.answers.get(kind="document").document
    assert client.get(document.get_absolute_url()).status_code == 200


def test_hostile_answers_are_text(client, recruiter, window):
    application = make_application(window)
    Application.objects.filter(pk=application.pk).update(full_name="<script>alert(1)</script>")
    for url in (LIST, page_of(application)):
        page = client.get(url)
        assert "<script>alert" not in page.text
        assert "unsafe-inline" not in page["Content-Security-Policy"]
        assert " style=" not in page.text
        assert "<style" not in page.text
        assert " onclick=" not in page.text


def test_nothing_in_the_admin_gets_round_the_decisions(client, window):
    administrator = make_user(is_staff=True, is_superuser=True)
    client.force_login(administrator)
    application = make_application(window)
    before = Application.objects.values().get()
    posted = {
        "status": "accepted",
        "full_name": "X",
        "_save": "1",
        "form-0-status": "accepted",
        "form-TOTAL_FORMS": "1",
    }
    client.post(page_of(application), posted)
    client.post(LIST, posted)
    client.post(LIST, {"action": "delete_selected", "_selected_action": application.pk, "post": "yes"})
    for name in ("add", "delete"):
        args = [] if name == "add" else [application.pk]
        assert client.post(reverse(f"admin:applications_application_{name}", args=args)).status_code == 403
    assert Application.objects.values().get() == before


def test_drafts_are_no_recruiters_business(client, recruiter, window):
    assert client.get(page_of(make_draft(window))).status_code == 404


def test_other_programs_and_other_roles_find_nothing(client, window):
    application = make_application(window)
    urls = [
        page_of(application),
        reverse("admin:applications_application_history", args=[application.pk]),
        *(
            reverse("admin:applications_decide", args=[application.pk, action])
            for action in ("review", "interview", "offer", "waitlist", "reject", "return")
        ),
    ]
    reviewer = make_user(is_staff=True)
    window.program.memberships.create(user=reviewer, role="reviewer")
    for user in (make_recruiter(make_program()), reviewer, make_user(is_staff=True)):
        client.force_login(user)
        for url in urls:
            for answer in (client.get(url), client.post(url, {"seen_status": "submitted"})):
                assert answer.status_code in (403, 404), (user, url)
        bulk = reverse("admin:applications_bulk", args=["review"])
        client.post(bulk, {"seen": f"{application.pk}:submitted"})
        client.post(LIST, {"action": "bulk_review", "_selected_action": application.pk})
        assert application.reference not in client.get(LIST).text
    client.force_login(reviewer)
    assert client.get(LIST).status_code == 403
    client.force_login(application.candidate)
    assert client.get(LIST).status_code == 302
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED
