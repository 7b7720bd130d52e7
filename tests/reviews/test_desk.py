"""The reviewers' desk as a reviewer uses it: the list, the page, the queue, stepping back, conflicts of interest."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.models import Application
from applications.services import withdraw
from reviews.admin.desk import hurry_of
from reviews.models import Assignment, Conflict, Review
from tests.factories import (
    make_application,
    make_program,
    make_recruiter,
    make_reviewer,
    make_user,
    make_window,
    post_for,
)
from tests.reviews.desk import make_assignment, make_criterion, make_pages, make_review, make_review_in, post_of

pytestmark = pytest.mark.django_db

LIST = reverse("admin:reviews_assignment_changelist")
CONFLICTS = reverse("admin:reviews_conflict_changelist")


def page_of(assignment: Assignment, filters: str = "") -> str:
    url = reverse("admin:reviews_assignment_change", args=[assignment.pk])
    return f"{url}?_changelist_filters={filters}" if filters else url


@pytest.fixture
def window():
    program = make_program(asks=("statement",))
    make_criterion(program, "Craft", weight=3, position=1)
    make_criterion(program, "Care", position=2, guidance="Read the statement.")
    return make_window(program, season="Summer 2027")


@pytest.fixture
def rita(client, window):
    user = make_reviewer(window.program, name="Rita")
    client.force_login(user)
    return user


@pytest.fixture
def assignments(rita, window):
    """Five, the oldest first."""
    begin = timezone.now() - timedelta(days=1)
    return [make_assignment(make_application(window), rita, at=begin + timedelta(hours=number)) for number in range(5)]


def listed(client, query: str = "") -> list[Assignment]:
    return list(client.get(f"{LIST}?{query}").context["cl"].result_list)


def make_reviewer_of(user, window) -> None:
    window.program.memberships.create(user=user, role="reviewer")


def make_application_with_file(client, window) -> Application:
    client.force_login(make_user())
    client.post(window.program.apply_url, post_for(window, action="send"))
    return Application.objects.get(window=window)


# --- The list ---


def test_the_list_shows_what_is_to_be_written_first_and_what_each_waits_for(client, assignments):
    make_review(assignments[1])
    make_review_in(assignments[2])
    withdraw(application=assignments[3].application)
    in_order = [*assignments[:2], *assignments[3:], assignments[2]]
    assert listed(client) == in_order
    page = client.get(LIST).text
    for kind in ("waiting", "begun", "handed_in", "over"):
        assert f"badge-{kind}" in page
    found = {state: listed(client, f"state={state}") for state in ("waiting", "begun", "handed_in", "over")}
    assert found == {
        "waiting": [assignments[0], assignments[4]],
        "begun": [assignments[1]],
        "handed_in": [assignments[2]],
        "over": [assignments[3]],
    }
    assert listed(client, "state=nonsense") == in_order


def test_the_list_is_filtered_by_program_and_window_and_searched_by_reference(client, rita, assignments, window):
    other = make_window(make_program("Another track"))
    make_reviewer_of(rita, other)
    there = make_assignment(make_application(other), rita)
    assert listed(client, f"program={other.program_id}") == [there]
    assert listed(client, f"window={window.pk}") == assignments
    assert listed(client, f"q={there.application.reference}") == [there]
    assert "Another track" in client.get(LIST).text


@pytest.mark.parametrize(
    ("day", "said"),
    [(4, ""), (3, "due in 3 days"), (1, "due in 1 day"), (0, "due today"), (-1, "overdue")],
)
def test_what_is_due_is_told_by_the_windows_own_calendar(assignments, window, day, said):
    at = datetime(2027, 3, 1, 4, 0, tzinfo=UTC)  # still 28 February in California
    assignments[0].application.window.decide_by = date(2027, 2, 28) + timedelta(days=day)
    assert hurry_of(assignments[0], at) == said


def test_an_overdue_promise_is_in_the_list_until_the_review_is_in(client, assignments, window):
    type(window).objects.update(decide_by=date(2020, 1, 1))
    assert client.get(LIST).text.count("overdue") == 5
    make_review_in(assignments[0])
    assert client.get(LIST).text.count("overdue") == 4


def test_list_and_page_take_as_many_queries_with_30_rows_as_with_one(client, rita, window):
    first = make_assignment(make_application(window), rita)

    def count(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    before = [count(LIST), count(page_of(first))]
    for _number in range(29):
        make_assignment(make_application(window), rita)
    assert [count(LIST), count(page_of(first))] == before
    assert max(before) <= 16
    make_review_in(first)
    alone = count(page_of(first))
    for _number in range(3):
        make_review_in(make_assignment(first.application, make_reviewer(window.program)))
    assert count(page_of(first)) == alone


# --- The page ---


def test_the_page_has_what_was_sent_and_the_rubric(client, assignments):
    answer = assignments[0].application.answers.get()
    answer.blind_lines = ["Because ▮▮▮ likes pins."]
    answer.save()
    page = client.get(page_of(assignments[0])).text
    for text in (
        "Because ▮▮▮ likes pins.",
        answer.asked,
        "1 of 1 met",
        "as well as we can",
        "weight 3",
        "Craft of sort 4",
        "Read the statement.",
        "Strong yes",
        "1 of 5",
    ):
        assert text in page, text
    assert "unsafe-inline" not in client.get(page_of(assignments[0]))["Content-Security-Policy"]
    for forbidden in (" style=", "<style", "onclick=", "hx-on"):
        assert forbidden not in page


def test_scores_are_kept_as_one_goes(client, assignments):
    url = reverse("admin:reviews_save", args=[assignments[0].pk])
    criterion = assignments[0].application.program.criteria.first()
    answer = client.post(url, {f"score-{criterion.pk}": "2", "comment": "So far"})
    assert "Saved" in answer.text
    assert 'id="saved-line"' in answer.text
    review = Review.objects.get()
    assert (review.comment, review.is_in) == ("So far", False)
    assert 'value="2" checked' in " ".join(client.get(page_of(assignments[0])).text.split())
    assert client.get(url).status_code == 405


@pytest.mark.parametrize(
    "nonsense",
    [
        {"score-1": "5"},
        {"confidence": "x"},
        {"recommendation": "perhaps"},
        {"comment": "x" * 10_001},
        {"comment": "\0"},
    ],
)
def test_what_the_page_does_not_offer_is_not_kept(client, assignments, nonsense):
    first = assignments[0].application.program.criteria.first()
    posted = {name.replace("score-1", f"score-{first.pk}"): value for name, value in nonsense.items()}
    saved = client.post(reverse("admin:reviews_save", args=[assignments[0].pk]), posted)
    assert "Not saved:" in saved.text
    page = client.post(page_of(assignments[0]), {**posted, "do": "save"})
    assert page.status_code == 200
    assert 'id="missing"' in page.text
    assert not Review.objects.exists()


def test_an_incomplete_review_is_kept_and_not_handed_in(client, assignments):
    first, second = assignments[0].application.program.criteria.order_by("position")
    posted = post_of(assignments[0])
    del posted[f"score-{second.pk}"]
    answer = client.post(page_of(assignments[0]), posted, follow=True)
    assert answer.redirect_chain[0][0].endswith("?check=1#missing")
    assert f'href="#id_score-{second.pk}_1"' in answer.text
    assert f'id="score-{second.pk}-problem"' in answer.text
    assert f'href="#id_score-{first.pk}_1"' not in answer.text
    review = Review.objects.get()
    assert (review.comment, review.is_in) == ("Good.", False)


def test_handing_in_shows_who_it_is_and_what_others_found(client, assignments, window):
    others = make_assignment(assignments[0].application, make_reviewer(window.program, name="Tom"))
    make_review_in(others, value=1, comment="Not for us.", recommendation="strong_no")
    make_assignment(assignments[0].application, make_reviewer(window.program, name="Undecided"))
    assert "Not for us." not in client.get(page_of(assignments[0])).text
    page = client.post(page_of(assignments[0]), post_of(assignments[0], value=4), follow=True).text
    for text in ("Ada Example", "Tom", "Not for us.", "Strong no", "2.50", "spread 3.00", "badge-wide", "2 of 3"):
        assert text in page, text
    assert "Undecided" not in page
    assert '<form id="rubric"' not in page
    again = client.post(page_of(assignments[0]), post_of(assignments[0], value=1), follow=True)
    assert "in already" in again.text
    assert Review.objects.get(assignment=assignments[0]).overall == 4
    assert "in already" in client.post(reverse("admin:reviews_save", args=[assignments[0].pk]), {}).text


def test_answers_that_were_sent_again_are_told(client, assignments):
    make_review_in(assignments[0])
    assert "have changed since" not in client.get(page_of(assignments[0])).text
    Application.objects.filter(pk=assignments[0].application_id).update(revision=2)
    assert "have changed since" in client.get(page_of(assignments[0])).text


def test_an_open_window_shows_who_it_is_and_still_not_what_others_found(client, assignments, window):
    type(window).objects.update(blind_reading=False)
    others = make_assignment(assignments[0].application, make_reviewer(window.program, name="Tom Colleague"))
    make_review_in(others, comment="Not for us.")
    page = client.get(page_of(assignments[0])).text
    assert "Ada Example" in page
    assert "as well as we can" not in page
    assert "Not for us." not in page
    assert "Tom Colleague" not in page


def test_a_withdrawn_application_needs_no_review(client, assignments):
    withdraw(application=assignments[0].application)
    page = client.get(page_of(assignments[0])).text
    assert "needs no review any more" in page
    assert "Ada Example" not in page
    answer = client.post(page_of(assignments[0]), post_of(assignments[0]), follow=True)
    assert "needs no review any more" in answer.text
    assert not Review.objects.exists()


def test_a_program_without_a_rubric_says_what_to_do(client, assignments, window):
    window.program.criteria.update(retired_at=timezone.now())
    page = client.post(page_of(assignments[0]), post_of(assignments[0]), follow=True)
    assert "no rubric yet" in page.text


# --- The queue ---


def test_the_page_knows_its_place_in_the_filtered_list(client, assignments):
    make_review_in(assignments[1])
    page = client.get(page_of(assignments[2], "state%3Dwaiting")).text
    assert "2 of 4" in page
    assert f'href="{page_of(assignments[0], "state%3Dwaiting")}"' in page
    assert f'href="{page_of(assignments[3], "state%3Dwaiting")}"' in page
    assert f'href="{LIST}?state=waiting"' in page
    page = client.get(page_of(assignments[2], "o%3D-4")).text
    assert 'rel="prev"' in page
    assert f'href="{page_of(assignments[1], "o%3D-4")}"\n       rel="next"' in page
    assert "Not in this list of 4" in client.get(page_of(assignments[1], "state%3Dwaiting")).text


@pytest.mark.parametrize("order", ["", "o%3D5", "o%3D-2.1", "o%3D-6.-3"])
def test_far_down_a_row_finds_its_neighbours_by_its_own_values(client, assignments, monkeypatch, order):
    """What is in and what is not, given at the same moment or not: the same way as by counting, there and back."""
    for number in (1, 3):
        make_review_in(assignments[number])
    Assignment.objects.filter(pk__in=[assignments[2].pk, assignments[4].pk]).update(assigned_at=timezone.now())

    def ways() -> dict[int, tuple[str, str]]:
        found = [client.get(page_of(assignment, order)).context["queue"] for assignment in assignments]
        return {each.pk: (each.previous_url, each.next_url) for each in found}

    known = ways()
    assert sorted(map(bool, sum(known.values(), ()))) == [False] * 2 + [True] * 8
    monkeypatch.setattr("programs.admin.queue.QUEUED", 0)
    assert ways() == known


@pytest.mark.postgres
def test_the_queue_is_read_from_an_index_in_its_order(client, assignments):
    rows = client.get(page_of(assignments[0], "state%3Dwaiting")).context["queue"].rows
    with connection.cursor() as cursor:
        # Tables of a few rows would be read as a whole, and sorted.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        plan = rows.values_list("pk")[:1001].explain()
    assert "Index Scan using assignment_in_order" in plan
    assert "Sort" not in plan


def test_hand_in_and_next_goes_to_the_next_that_waits(client, assignments):
    make_review_in(assignments[1])
    filters = "o%3D4"
    answer = client.post(page_of(assignments[0], filters), post_of(assignments[0], do="hand_in_next"))
    assert answer.url == page_of(assignments[2], filters)
    answer = client.post(page_of(assignments[4], filters), post_of(assignments[4], do="hand_in_next"))
    assert answer.url == page_of(assignments[2], filters)
    client.post(page_of(assignments[3]), post_of(assignments[3]))
    answer = client.post(page_of(assignments[2], filters), post_of(assignments[2], do="hand_in_next"))
    assert answer.url == f"{LIST}?o=4"


# --- Stepping back ---


def test_a_reviewer_steps_back_with_a_reason(client, assignments):
    url = reverse("admin:reviews_recuse", args=[assignments[0].pk])
    assert url in client.get(page_of(assignments[0])).text
    assert "Why?" in client.get(url).text
    assert "required" in client.post(url, {"reason": ""}).text
    answer = client.post(url, {"reason": "I taught her."}, follow=True)
    assert "You stepped back" in answer.text
    assert listed(client) == assignments[1:]
    assert client.get(page_of(assignments[0])).status_code == 404
    assert Assignment.objects.get(pk=assignments[0].pk).recusal_reason == "I taught her."


def test_it_is_too_late_to_step_back_once_the_review_is_in(client, assignments):
    make_review_in(assignments[0])
    url = reverse("admin:reviews_recuse", args=[assignments[0].pk])
    assert "in already" in client.get(url).text
    assert "in already" in client.post(url, {"reason": "Oh."}, follow=True).text
    assert Assignment.objects.get(pk=assignments[0].pk).recused_at is None


# --- Conflicts of interest ---


def test_a_conflict_is_declared_and_taken_back_and_tells_nothing(client, assignments):
    known = assignments[0].application.candidate.email
    answers = []
    for email in (known, "nobody@nowhere.example"):
        posted = {"email": email.upper(), "reason": "My sister"}
        answers.append(client.post(reverse("admin:reviews_conflict_add"), posted, follow=True))
    assert [answer.redirect_chain for answer in answers] == [[(CONFLICTS, 302)]] * 2
    assert set(Conflict.objects.values_list("email", flat=True)) == {known, "nobody@nowhere.example"}
    assert "declared that already" in client.post(reverse("admin:reviews_conflict_add"), posted).text
    conflict = Conflict.objects.get(email=known)
    url = reverse("admin:reviews_conflict_delete", args=[conflict.pk])
    assert known in client.get(url).text
    assert Conflict.objects.count() == 2
    client.post(url)
    assert Conflict.objects.get().email == "nobody@nowhere.example"


def test_conflicts_are_ones_own(client, rita, window):
    theirs = Conflict.objects.create(
        reviewer=make_reviewer(window.program), email="x@y.example", reason="Mine", declared_at=timezone.now()
    )
    assert "x@y.example" not in client.get(CONFLICTS).text
    for name in ("change", "delete", "history"):
        url = reverse(f"admin:reviews_conflict_{name}", args=[theirs.pk])
        assert (client.get(url).status_code, client.post(url).status_code) == (404, 404)
    assert Conflict.objects.exists()


def test_who_is_no_reviewer_has_no_desk(client, window, assignments):
    save = reverse("admin:reviews_save", args=[assignments[0].pk])
    for user, expected in (
        (make_recruiter(window.program), {403, 404}),
        (make_user(is_staff=True), {403, 404}),
        (make_user(), {302}),
    ):
        client.force_login(user)
        for url in (page_of(assignments[0]), reverse("admin:reviews_recuse", args=[assignments[0].pk])):
            assert {
                client.get(url).status_code,
                client.post(url).status_code,
                client.post(save).status_code,
            } <= expected
    administrator = make_user(is_staff=True, is_superuser=True)
    client.force_login(administrator)
    assert client.post(reverse("admin:reviews_assignment_add"), {"reviewer": administrator.pk}).status_code == 403
    assert client.post(reverse("admin:reviews_assignment_delete", args=[assignments[0].pk])).status_code in (302, 403)
    assert Assignment.objects.count() == 5
    assert listed(client) == []
    assert client.get(page_of(assignments[0])).status_code == 404


def test_pages_of_files_are_lazy_and_described(client, rita):
    program = make_program(asks=("document",))
    make_criterion(program)
    make_reviewer_of(rita, window := make_window(program))
    application = make_application_with_file(client, window)
    client.force_login(rita)
    image = make_pages(application.documents.get())[1]
    page = client.get(page_of(make_assignment(application, rita))).text
    for text in ('loading="lazy"', 'width="600"', 'height="800"', "page 1", f"/pages/{image.pk}/"):
        assert text in page, text
