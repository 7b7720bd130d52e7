"""Decisions on many, prepared decisions and reasons in the admin."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.admin import bulk
from applications.decisions import decide
from applications.letter_texts import LetterText
from applications.models import Application, PreparedDecision, RejectionReason
from applications.prepared import apply_approved, prepare, words_of
from applications.workflow import Status
from letters.models import Letter
from letters.services import send_again
from tests.applications.decided import approve_as_read, brought_to, make_reason, prepared_for
from tests.factories import (
    make_application,
    make_office,
    make_program,
    make_recruiter,
    make_reviewer,
    make_user,
    make_window,
)

pytestmark = pytest.mark.django_db

APPLICATIONS = reverse("admin:applications_application_changelist")
LIST = reverse("admin:applications_prepareddecision_changelist")
APPLY, DISCARD = (reverse("admin:applications_prepared", args=[deed]) for deed in ("apply", "discard"))
REASONS = reverse("admin:applications_rejectionreason_changelist")


@pytest.fixture
def window():
    return make_window(make_program(asks=("confirmation",), offices=[make_office("Seattle"), make_office("Toronto")]))


@pytest.fixture
def recruiter(client, window):
    user = make_recruiter(window.program, name="Rosa Recruiter")
    client.force_login(user)
    return user


def bulk_url(action: str) -> str:
    return reverse("admin:applications_bulk", args=[action])


def choose(client, action: str, *applications: Application, **extra):
    chosen = [application.pk for application in applications]
    return client.post(APPLICATIONS, {"action": f"bulk_{action}", "_selected_action": chosen, **extra})


def as_shown(page, **extra) -> dict:
    posted = {name: page.context[name] for name in ("seen", "letter_for", "words")}
    for form in page.context["forms"]:
        posted |= {field.html_name: field.value() or "" for field in form}
    return posted | extra


def read(chosen: object, *, do: str) -> dict:
    """What the page posts on which the letters of `chosen` were read."""
    return {"chosen": chosen, "do": do, "words": words_of(PreparedDecision.objects.all())}


def told(page) -> str:
    return " ".join(str(message) for message in page.context["messages"])


# --- Many at once ---


def test_bulk_shows_each_with_its_letter_then_prepares(client, recruiter, window):
    ready = [brought_to("in_review", window, recruiter) for _number in range(2)]
    too_early, raced = brought_to("submitted", window, recruiter), brought_to("in_review", window, recruiter)
    letters = Letter.objects.count()
    page = choose(client, "reject", *ready, too_early, raced)
    assert page.context["doable"] == 3
    assert page.text.count("Thank you for the time and care") == 3
    assert "Nothing: “Reject” is not possible from “Submitted”." in page.text
    decide(application=raced, action="waitlist", by=recruiter, seen_status="in_review")
    letters += 1
    posted = as_shown(page, note="The line was drawn.", do="prepare")
    page = client.post(bulk_url("reject"), posted, follow=True)
    assert "2 decisions are prepared" in told(page)
    assert f"{raced.reference}: Not done: meanwhile Rosa Recruiter changed" in told(page)
    assert {row.application for row in PreparedDecision.objects.all()} == set(ready)
    assert set(PreparedDecision.objects.values_list("note", "state")) == {("The line was drawn.", "prepared")}
    assert Letter.objects.count() == letters


def test_apply_now_hands_the_batch_to_the_worker_and_shows_how_far_it_is(client, recruiter, window):
    ready = [brought_to("in_review", window, recruiter) for _number in range(2)]
    page = choose(client, "reject", *ready)
    page = client.post(bulk_url("reject"), as_shown(page, do="apply"), follow=True)
    assert (page.context["waiting"], page.context["done"]) == (2, 0)
    assert 'hx-trigger="every 2s"' in page.text
    decide(application=ready[0], action="waitlist", by=recruiter, seen_status="in_review")
    apply_approved()
    page = client.get(page.request["PATH_INFO"])
    assert (page.context["waiting"], page.context["done"], page.context["refused_count"]) == (0, 1, 1)
    assert "changed this application to “Waitlisted”" in page.text
    assert Application.objects.get(pk=ready[1].pk).status == Status.REJECTED


def test_bulk_offers_go_to_everybodys_first_office_after_their_letters_were_shown(client, recruiter, window):
    seattle, toronto = window.program.offices_list
    first, second, third = (brought_to("waitlisted", window, recruiter) for _number in range(3))
    second.office_choices.update(office=toronto)
    third.office_choices.all().delete()
    page = choose(client, "offer", first, second, third)
    assert not page.context["knows_terms"]
    assert "Prepare 3" not in page.text
    days = {"start_date": "2199-06-01", "answer_by": "2199-04-01"}
    page = client.post(bulk_url("offer"), as_shown(page) | days | {"do": "prepare"})  # before the letters were seen
    assert not PreparedDecision.objects.exists()
    assert page.text.count("Please answer by: 1 April 2199") == 2
    page = client.post(bulk_url("offer"), as_shown(page) | {"answer_by": "2199-05-01", "do": "prepare"})
    assert "written anew" in page.text
    page = client.post(bulk_url("offer"), as_shown(page, do="prepare"), follow=True)
    assert f"{third.reference}: They named no office" in told(page)
    offices = dict(PreparedDecision.objects.values_list("application", "office"))
    assert offices == {first.pk: seattle.pk, second.pk: toronto.pk}
    page = client.post(bulk_url("offer"), as_shown(choose(client, "offer", first)) | days | {"start_date": "x"})
    assert page.status_code == 200


def test_bulk_asks_a_reason_of_each_program_that_keeps_a_list(client, recruiter, window):
    other = make_window(make_program())
    make_recruiter(other.program)
    other.program.memberships.create(user=recruiter, role="recruiter")
    reason, elsewhere = make_reason(window.program), make_reason(other.program, "Elsewhere")
    one, two = brought_to_with(reason, window, recruiter), brought_to_with(elsewhere, other, recruiter)
    page = choose(client, "reject", one, two)
    page = client.post(bulk_url("reject"), as_shown(page, do="prepare"))
    assert page.text.count("Choose the reason.") == 2
    chosen = {f"reason_{each.program_id}": str(each.pk) for each in (reason, elsewhere)}
    client.post(bulk_url("reject"), as_shown(page, do="prepare") | chosen)
    assert dict(PreparedDecision.objects.values_list("application", "reason")) == {
        one.pk: reason.pk,
        two.pk: elsewhere.pk,
    }


def brought_to_with(reason: RejectionReason, window, recruiter) -> Application:
    assert reason.program_id == window.program_id
    return brought_to("in_review", window, recruiter)


def test_bulk_turns_pages_and_keeps_what_was_typed(client, recruiter, window, monkeypatch):
    monkeypatch.setattr("applications.admin.bulk.PER_PAGE", 2)
    applications = [brought_to("in_review", window, recruiter) for _number in range(5)]
    page = choose(client, "reject", *applications)
    assert (len(page.context["rows"]), page.context["doable"]) == (2, 5)
    page = client.post(bulk_url("reject"), as_shown(page, note="Kept") | {"page": "3"})
    assert len(page.context["rows"]) == 1
    assert "Kept" in page.text
    client.post(bulk_url("reject"), as_shown(page, do="prepare"))
    assert PreparedDecision.objects.count() == 5


def test_bulk_return_needs_a_reason(client, recruiter, window):
    application = brought_to("rejected", window, recruiter)
    page = choose(client, "return", application)
    page = client.post(bulk_url("return"), as_shown(page, do="apply"))
    assert "Say why" in page.text
    client.post(bulk_url("return"), as_shown(page, do="apply", note="Wrong list."))
    apply_approved()
    assert Letter.objects.get(kind="reject").status == Letter.Status.HELD_BACK


def test_bulk_leaves_other_programs_alone_and_survives_nonsense(client, recruiter, window):
    own, foreign = make_application(window), make_application()
    assert client.post(APPLICATIONS, {"action": "bulk_review", "_selected_action": "x"}).status_code == 400
    page = choose(client, "review", own, foreign)
    assert [row.application for row in page.context["rows"]] == [own]
    nonsense = f"{own.pk}:submitted:1 {foreign.pk}:submitted:1 x:y : 1:2 {'9' * 40}:submitted:1 \x00 ٣:submitted:1"
    client.post(bulk_url("review"), {"seen": nonsense, "do": "apply", "page": "\x00", "words": page.context["words"]})
    apply_approved()
    assert Application.objects.get(pk=own.pk).status == Status.IN_REVIEW
    assert Application.objects.get(pk=foreign.pk).status == Status.SUBMITTED
    for seen in ("", "nonsense", "1:in_review:1"):
        assert client.post(bulk_url("reject"), {"seen": seen, "do": "apply"}).status_code in (200, 302, 409)
    assert client.post(bulk_url("interview"), {"seen": ""}).status_code == 404
    assert client.get(bulk_url("reject")).status_code == 302


def test_bulk_takes_no_more_than_it_can(client, recruiter, window, monkeypatch):
    monkeypatch.setattr("applications.admin.bulk.MOST_ROWS", 1)
    page = choose(client, "review", make_application(window), make_application(window))
    assert "choose at most 1 applications" in told(client.get(page.url))


# --- The list, the preview and the batch ---


def prepared_ones(window, recruiter, number: int) -> list[PreparedDecision]:
    applications = [brought_to("in_review", window, recruiter) for _number in range(number)]
    prepare(applications=applications, action="reject", by=recruiter)
    return list(PreparedDecision.objects.waiting().filter(application__in=applications).order_by("pk"))


def test_the_list_is_filtered_and_a_batch_is_looked_through_and_applied(client, recruiter, window):
    first, second, third = prepared_ones(window, recruiter, 3)
    for query, found in {
        "state=prepared": 3,
        "state=done": 0,
        "decision=reject": 3,
        "decision=offer": 0,
        f"window={window.pk}": 3,
        f"program={window.program_id}": 3,
        f"q={first.application.reference}": 1,
        "state=nonsense&decision=nonsense": 3,
    }.items():
        assert len(client.get(f"{LIST}?{query}").context["cl"].result_list) == found, query
    Application.objects.filter(pk=second.application_id).update(status="waitlisted")
    chosen = [first.pk, second.pk]
    page = client.post(LIST, {"action": "apply", "_selected_action": chosen})
    assert page.text.count("Thank you for the time and care") == 2
    assert "1 application has changed since" in page.text
    assert not PreparedDecision.objects.exclude(state="prepared").exists()
    page = client.post(APPLY, read(page.context["chosen"], do="apply"), follow=True)
    assert page.context["total"] == 2
    assert set(PreparedDecision.objects.waiting()) == {third}
    page = client.post(APPLY, read(first.pk, do="apply"), follow=True)
    assert "somebody has applied or discarded them" in told(page)


def write_words(window, body: str) -> None:
    window.program.letter_templates.update_or_create(kind="reject", defaults={"subject": "About you", "body": body})


def test_words_that_were_changed_after_the_preview_do_not_go_unseen(client, recruiter, window):
    [prepared] = prepared_ones(window, recruiter, 1)
    page = client.post(LIST, {"action": "apply", "_selected_action": [prepared.pk]})
    posted = {name: page.context[name] for name in ("chosen", "words")}
    write_words(window, "Dear {name}, written anew.\n")
    turned = client.post(APPLY, posted)
    assert turned.context["words"] == posted["words"], "turning a page is not having read the one before"
    page = client.post(APPLY, {**posted, "do": "apply"})
    assert page.status_code == 409
    assert "words of these letters have changed" in page.text
    assert "written anew." in page.text
    assert not PreparedDecision.objects.approved().exists()
    window.program.letter_templates.create(kind="offer", subject="Another", body="kind of letter")
    posted = {name: page.context[name] for name in ("chosen", "words")}
    assert client.post(APPLY, {**posted, "do": "apply"}).status_code == 302
    assert PreparedDecision.objects.approved().get() == prepared


def test_words_of_ones_own_go_whatever_the_template_says_by_now(client, recruiter, window):
    prepared = prepared_for(brought_to("in_review", window, recruiter), recruiter, letter=LetterText("No", "Dear Ada"))
    page = client.post(LIST, {"action": "apply", "_selected_action": [prepared.pk]})
    write_words(window, "Dear {name}, written anew.\n")
    posted = {name: page.context[name] for name in ("chosen", "words")}
    assert client.post(APPLY, {**posted, "do": "apply"}).status_code == 302


def test_words_that_were_read_and_approved_stay_until_the_batch_is_done(client, recruiter, window):
    write_words(window, "Dear {name}, as it was.\n")
    prepared_ones(window, recruiter, 2)
    approve_as_read(PreparedDecision.objects.all(), by=recruiter)
    template = window.program.letter_templates.get()
    words_url = reverse("admin:applications_words", args=[window.program_id, "reject"])
    seen = {"seen": template.changed_at.isoformat()}
    posted = {"subject": "About you", "body": "Dear {name}, written anew.\n", **seen}
    page = client.post(words_url, posted)
    assert "being written at this moment" in page.text
    assert "written anew." in page.text, "nothing typed is lost"
    back_url = reverse("admin:applications_lettertemplate_delete", args=[template.pk])
    assert "being written at this moment" in client.post(back_url, seen, follow=True).text
    assert client.post(words_url.replace("reject", "receipt"), {**posted, "seen": ""}).status_code == 302
    assert apply_approved() == 2
    assert {letter.body for letter in Letter.objects.filter(kind="reject")} == {"Dear Ada Example, as it was.\n"}
    assert client.post(words_url, posted).status_code == 302


def test_words_that_change_between_preparing_and_applying_leave_it_prepared(client, recruiter, window, monkeypatch):
    page = choose(client, "reject", brought_to("in_review", window, recruiter))
    prepares = bulk.prepare

    def prepare_while_somebody_writes(**terms):
        outcomes = prepares(**terms)
        write_words(window, "Dear {name}, written anew.\n")
        return outcomes

    monkeypatch.setattr(bulk, "prepare", prepare_while_somebody_writes)
    page = client.post(bulk_url("reject"), as_shown(page, do="apply"), follow=True)
    assert "prepared, but not applied" in page.text
    assert PreparedDecision.objects.get().state == "prepared"


@pytest.mark.parametrize("do", ["prepare", "apply"])
def test_bulk_shows_words_that_were_changed_meanwhile_before_anything_is_done(client, recruiter, window, do):
    write_words(window, "Dear {name}, as it was.\n")
    page = choose(client, "reject", brought_to("in_review", window, recruiter))
    write_words(window, "Dear {name}, written anew.\n")
    page = client.post(bulk_url("reject"), as_shown(page, note="Kept", do=do))
    assert page.status_code == 409
    assert "words of these letters have changed" in page.text
    assert "written anew." in page.text
    assert "Kept" in page.text
    assert not PreparedDecision.objects.exists()
    assert client.post(bulk_url("reject"), as_shown(page, do=do)).status_code == 302
    assert PreparedDecision.objects.count() == 1


def test_a_batch_tells_what_became_of_its_letters(client, recruiter, window, settings):
    settings.LETTER_DELAY_MINUTES = 10
    prepared = prepared_ones(window, recruiter, 5)
    earlier = Application.objects.get(pk=prepared[0].application_id)
    batch = approve_as_read(PreparedDecision.objects.all(), by=recruiter)
    url = reverse("admin:applications_batch", args=[batch])
    page = client.get(url)
    assert page.context["letter_total"] == 0
    assert page.context["look_again"] == "every 2s"
    apply_approved()
    page = client.get(url)
    assert page.context["letters"]["later"] == page.context["letter_total"] == 5
    assert re.fullmatch(r"load delay:(59\d|60[01])s", page.context["look_again"]), "when the delay is over"
    assert "The first leaves on" in page.text

    # One is taken back and rejected again by hand: that letter is not the batch's.
    for action in ("return", "reject"):
        earlier.refresh_from_db()
        decide(application=earlier, action=action, by=recruiter, seen_status=earlier.status, note="Looked again.")
    letters = [each.application.history.get(action="reject").letter for each in prepared[1:]]
    now = timezone.now()
    Letter.objects.filter(pk=letters[0].pk).update(send_after=now)
    Letter.objects.filter(pk=letters[1].pk).update(status="sent", sent_at=now)
    Letter.objects.filter(pk__in=[letters[2].pk, letters[3].pk]).update(status="failed")
    send_again(letter=Letter.objects.get(pk=letters[3].pk), to="ada@example.net", by=recruiter)
    page = client.get(url)
    counted = {name: count for name, count in page.context["letters"].items() if name != "next_at"}
    assert counted == {"later": 0, "leaving": 1, "sent": 2, "failed": 1, "held_back": 1}
    assert page.context["look_again"] == "every 2s"
    Letter.objects.filter(pk=letters[0].pk).update(status="sent", sent_at=now)
    page = client.get(url)
    assert "All is settled" in page.text
    assert "hx-trigger" not in page.text


def test_a_batch_takes_as_many_queries_with_30_rows_as_with_one(client, recruiter, window):
    def count(number: int) -> int:
        prepared_ones(window, recruiter, number)
        batch = approve_as_read(PreparedDecision.objects.all(), by=recruiter)
        apply_approved()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("admin:applications_batch", args=[batch])).context["total"] == number
        return len(queries)

    first = count(1)
    assert count(30) == first


def test_discarding_asks_first_and_leaves_the_application_alone(client, recruiter, window):
    first, second = prepared_ones(window, recruiter, 2)
    delete = reverse("admin:applications_prepareddecision_delete", args=[first.pk])
    for answer in (client.get(delete), client.post(delete, {"post": "yes"})):
        assert "Discard 1 decision" in answer.text
    page = client.post(LIST, {"action": "discard", "_selected_action": [first.pk, second.pk]})
    assert PreparedDecision.objects.count() == 2
    page = client.post(DISCARD, {"chosen": page.context["chosen"], "do": "discard"}, follow=True)
    assert "2 prepared decisions are gone" in told(page)
    assert not PreparedDecision.objects.exists()
    assert Application.objects.get(pk=first.application_id).status == Status.IN_REVIEW


def test_what_is_applied_is_neither_changed_nor_deleted_in_the_admin(client, recruiter, window):
    administrator = make_user(is_staff=True, is_superuser=True)
    for user in (recruiter, administrator):
        client.force_login(user)
        [prepared] = prepared_ones(window, recruiter, 1)
        client.post(APPLY, read(prepared.pk, do="apply"))
        apply_approved()
        assert client.post(reverse("admin:applications_prepareddecision_delete", args=[prepared.pk])).status_code == 403
        assert client.post(reverse("admin:applications_prepareddecision_add")).status_code == 403
        client.post(reverse("admin:applications_prepareddecision_change", args=[prepared.pk]), {"state": "prepared"})
        client.post(LIST, {"action": "delete_selected", "_selected_action": prepared.pk, "post": "yes"})
        client.post(DISCARD, {"chosen": prepared.pk, "do": "discard"})
        prepared.refresh_from_db()
        assert prepared.state == "done"


def test_nobody_but_the_programs_recruiters_knows_of_prepared_decisions(client, recruiter, window):
    first, second = prepared_ones(window, recruiter, 2)
    client.post(APPLY, read(second.pk, do="apply"))
    second.refresh_from_db()
    application = reverse("admin:applications_application_change", args=[first.application_id])
    urls = [
        reverse("admin:applications_prepareddecision_change", args=[first.pk]),
        reverse("admin:applications_prepareddecision_delete", args=[first.pk]),
        reverse("admin:applications_prepareddecision_history", args=[first.pk]),
        reverse("admin:applications_batch", args=[second.batch]),
        application,
    ]
    stranger, reviewer = make_recruiter(make_program()), make_reviewer(window.program)
    for user in (stranger, reviewer, make_user(is_staff=True)):
        client.force_login(user)
        for url in urls:
            assert client.get(url).status_code in (403, 404), (user, url)
        for url in (APPLY, DISCARD):
            client.post(url, read(first.pk, do=url.rstrip("/").rpartition("/")[2]))
            page = client.post(url, {"chosen": first.pk})
            assert page.status_code == 403 or not page.context["rows"]
        page = client.get(LIST)
        assert page.status_code == 403 or first.application.reference not in page.text
    client.force_login(first.application.candidate)
    assert client.get(LIST).status_code == 302
    first.refresh_from_db()
    assert first.state == "prepared"


@pytest.mark.parametrize("nonsense", ["", "x", "\x00", "9" * 40, "-1"])
def test_nonsense_is_no_error(client, recruiter, window, nonsense):
    for url in (APPLY, DISCARD):
        assert client.post(url, {"chosen": nonsense, "page": nonsense}).status_code == 200
        assert client.post(url, {"chosen": nonsense, "do": "apply"}).status_code in (200, 302)
        assert client.get(url).status_code == 302
    assert client.get(reverse("admin:applications_prepared", args=["delete"])).status_code == 404


def test_pages_take_as_many_queries_with_30_rows_as_with_one(client, recruiter, window):
    make_reason(window.program, "Unused")

    def counts() -> list[int]:
        prepared = list(PreparedDecision.objects.waiting())
        chosen = " ".join(str(each.pk) for each in prepared)
        seen = " ".join(f"{each.application_id}:in_review:1" for each in prepared)
        calls = [
            lambda: client.get(f"{LIST}?state=prepared"),
            lambda: client.post(APPLY, {"chosen": chosen}),
            lambda: client.post(bulk_url("reject"), {"seen": seen}),
            lambda: client.post(
                bulk_url("offer"), {"seen": seen, "start_date": "2199-06-01", "answer_by": "2199-04-01"}
            ),
            lambda: client.get(REASONS),
        ]
        found = []
        for call in calls:
            with CaptureQueriesContext(connection) as queries:
                assert call().status_code == 200
            found.append(len(queries))
        return found

    prepared_for(brought_to("in_review", window, recruiter), recruiter, "waitlist")
    before = counts()
    for number in range(29):
        prepared_for(brought_to("in_review", window, recruiter), recruiter, "waitlist")
        make_reason(window.program, f"Unused {number}")
    assert counts() == before
    assert max(before) <= 16, before


# --- Reasons ---


def test_reasons_are_kept_by_the_recruiters_of_their_program(client, recruiter, window):
    add = reverse("admin:applications_rejectionreason_add")
    foreign = make_reason(make_program(), "Elsewhere")
    client.post(add, {"program": window.program_id, "text": "Too little own work"})
    reason = RejectionReason.objects.get(program=window.program_id)
    page = client.post(add, {"program": foreign.program_id, "text": "Not mine"})
    assert page.status_code == 200
    page = client.post(add, {"program": window.program_id, "text": "Too little own work"})
    assert "has that reason already" in page.text
    make_reason(window.program, "Second")
    change = reverse("admin:applications_rejectionreason_change", args=[reason.pk])
    page = client.post(change, {"text": "Second"})
    assert "has that reason already" in page.text
    client.post(change, {"text": "Little own work", "program": foreign.program_id})
    reason.refresh_from_db()
    assert (reason.text, reason.program_id) == ("Little own work", window.program_id)
    assert foreign.text not in client.get(REASONS).text
    foreign_page = reverse("admin:applications_rejectionreason_change", args=[foreign.pk])
    assert client.get(foreign_page).status_code == 404
    client.force_login(make_reviewer(window.program))
    for url in (REASONS, add, change):
        assert client.get(url).status_code == 403


def test_a_given_reason_keeps_its_words_and_is_retired_instead_of_deleted(client, recruiter, window):
    given, unused = make_reason(window.program), make_reason(window.program, "Unused")
    application = brought_to("in_review", window, recruiter)
    decide(application=application, action="reject", by=recruiter, seen_status="in_review", reason=given)
    client.post(reverse("admin:applications_rejectionreason_change", args=[given.pk]), {"text": "Rewritten"})
    for reason, word in ((given, "Retire it"), (unused, "Delete it")):
        delete = reverse("admin:applications_rejectionreason_delete", args=[reason.pk])
        assert word in client.get(delete).text
        client.post(delete)
    found = RejectionReason.objects.get()
    assert (found.pk, found.text, found.retired_at is None) == (given.pk, given.text, False)
    client.post(REASONS, {"action": "take_up", "_selected_action": given.pk})
    found.refresh_from_db()
    assert found.retired_at is None
