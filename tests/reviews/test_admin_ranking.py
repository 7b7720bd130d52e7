"""The ranking of a window in the admin: who stands where, a line drawn in it, its effect, and what is prepared from it."""

import importlib
from datetime import date

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.models import Application, OfficeChoice, PreparedDecision, RejectionReason
from applications.tallies import kept_figures, recount, true_figures
from reviews.models import Assignment, Standing
from reviews.ranking import counts
from tests.factories import make_office, make_program, make_recruiter, make_reviewer, make_user
from tests.reviews.desk import make_assignment
from tests.reviews.panels import make_panel, read_by, sent_to

pytestmark = pytest.mark.django_db

TERMS = {"start_date": "2199-06-01", "answer_by": "2199-05-01"}


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


@pytest.fixture
def ranked(window, panel):
    """Five in review, with the scores 4.00, 3.50, 3.50, 2.00 and 1.00 in this order, two reviews each."""
    applications = sent_to(window, 5, status="in_review", asked=4, met=3)
    for application, score in zip(applications, ("4.00", "3.50", "3.50", "2.00", "1.00"), strict=True):
        for reader in panel[:2]:
            read_by(application, reader, score)
    return applications


def prepared() -> dict[int, str]:
    return dict(PreparedDecision.objects.waiting().values_list("application", "action"))


def look(client, window, asked: dict | None = None):
    """The page of the ranking, when its figures know of the rows that a test has written itself."""
    recount(window.pk)
    return client.get(url("ranking", window.pk), asked)


def see(client, window, **drawn):
    """The page of the effect."""
    return client.get(url("effect", window.pk), drawn)


def prepare_as_shown(client, page, **typed):
    """What a browser posts from the page of the effect."""
    return client.post(
        page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"],
        {"seen": page.context["effect"].fingerprint, "note": "", **typed},
        follow=True,
    )


# --- The ranking ---


def test_the_best_come_first_and_equals_share_a_rank(client, recruiter, window, ranked, panel):
    [unread] = sent_to(window)
    [waiting] = sent_to(window, status="in_review")
    Assignment.objects.create(application=waiting, reviewer=panel[2], assigned_at=timezone.now())
    page = look(client, window)
    rows = page.context["rows"]
    assert [row.application for row in rows[:5]] == ranked
    assert [row.rank for row in rows[:5]] == [1, 2, 2, 4, 5]
    assert page.context["not_read"] == 2
    assert unread not in [row.application for row in rows]
    assert ranked[0].full_name in page.text
    assert "2 × Yes" in " ".join(page.text.split())
    assert rows[0].offices == [window.program.offices.get()]


def test_who_has_no_score_comes_last_and_is_not_in_the_ranks(client, recruiter, window, ranked, panel):
    [waiting] = sent_to(window, status="in_review")
    make_assignment(waiting, panel[2])
    rows = look(client, window).context["rows"]
    assert [(row.application, row.rank) for row in rows[4:]] == [(ranked[4], 5), (waiting, None)]


def test_the_figures_above_it_are_a_recount(client, recruiter, window, ranked, panel):
    sent_to(window)
    for status in ("in_review", "rejected"):
        make_assignment(*sent_to(window, status=status), panel[2])
    sent_to(make_panel(3)[0], status="in_review")  # of another window
    Application.objects.filter(pk=ranked[0].pk).update(status="rejected")
    context = look(client, window).context
    assert [(value, number) for value, _label, number in context["filters"]] == [("in_review", 5), ("rejected", 2)]
    assert (context["total"], context["not_read"]) == (7, 2)


def test_the_figures_of_before_are_counted_by_the_migration(client, recruiter, window, ranked, panel):
    make_assignment(*sent_to(window), panel[2])
    uncounted, [reader, *_rest] = make_panel(3)
    make_assignment(*sent_to(uncounted), reader)
    recount(window.pk)
    expected = counts(window)
    migration = importlib.import_module("reviews.migrations.0005_ranked_and_scored")
    migration.forget(apps, None)
    assert counts(window) != expected
    migration.count(apps, None)
    assert counts(window) == expected
    assert kept_figures(window.pk) == true_figures(window.pk)
    assert not kept_figures(uncounted.pk)  # it is left for those that nobody has counted at all


def test_a_wide_spread_is_said(client, recruiter, window, panel):
    [application] = sent_to(window, status="in_review")
    read_by(application, panel[0], "1.50", recommendation="no")
    assert not look(client, window).context["rows"][0].standing.is_wide
    read_by(application, panel[1], "3.50")
    page = look(client, window)
    assert "2.00 wide" in page.text
    assert page.context["rows"][0].recommendations == [("Yes", 1), ("No", 1)]


def test_it_is_filtered_by_status_and_paged(client, recruiter, window, ranked, monkeypatch):
    monkeypatch.setattr("reviews.admin.ranking.ROWS", 2)
    page = look(client, window, {"page": "2"})
    assert [row.application for row in page.context["rows"]] == ranked[2:4]
    for nonsense in ("x", "-1", "99", "9" * 40):
        assert look(client, window, {"page": nonsense}).status_code == 200
    ranked[3].status = "waitlisted"
    ranked[3].save()
    page = look(client, window, {"status": "waitlisted"})
    assert [(row.application, row.rank) for row in page.context["rows"]] == [(ranked[3], 4)]
    assert look(client, window, {"status": "nonsense"}).context["only"] == ""


def test_the_queries_do_not_grow(client):
    counts = []
    for number in (1, 30):
        window, [reader, other, *_rest] = make_panel()
        client.force_login(make_recruiter(window.program))
        applications = sent_to(window, number, status="in_review")
        for application in applications:
            read_by(application, reader, "3.00")
            read_by(application, other, "2.00")
        recount(window.pk)
        with CaptureQueriesContext(connection) as captured:
            client.get(url("ranking", window.pk))
        counts.append(len(captured))
        with CaptureQueriesContext(connection) as captured:
            page = see(client, window, offer=number)
        counts.append(len(captured))
        with CaptureQueriesContext(connection) as captured:
            prepare_as_shown(client, page, **TERMS)
        counts.append(len(captured))
        assert len(prepared()) == number
        PreparedDecision.objects.all().delete()
    assert counts[:3] == counts[3:]
    assert counts[0] <= 14


@pytest.mark.postgres
def test_a_page_is_read_from_an_index_in_its_order(window):
    with connection.cursor() as cursor:
        # A table of a few rows would be read as a whole, and sorted.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        plan = Standing.objects.ranked(window)[:100].explain()
    assert "Index Scan using standing_best_first" in plan
    assert "Sort" not in plan


# --- The effect ---


def test_a_line_shows_its_effect_and_changes_nothing(client, recruiter, window, ranked):
    page = see(client, window, offer=1, waitlist=2, reject_rest="on")
    effect = page.context["effect"]
    assert [fate.application for fate in effect.of("offer")] == ranked[:1]
    assert [fate.application for fate in effect.of("waitlist")] == ranked[1:3]
    assert [fate.application for fate in effect.of("reject")] == ranked[3:]
    assert effect.offers_by_office == [(window.program.offices.get(), 1)]
    assert "Prepare 5 decisions" in " ".join(page.text.split())
    assert not PreparedDecision.objects.exists()


def test_a_line_passes_over_what_is_decided_or_has_no_score(client, recruiter, window, ranked, panel):
    ranked[0].status = "rejected"
    ranked[0].save()
    [unread] = sent_to(window, status="in_review")
    Assignment.objects.create(application=unread, reviewer=panel[2], assigned_at=timezone.now())
    effect = see(client, window, offer=1, reject_rest="on").context["effect"]
    assert [fate.application for fate in effect.of("offer")] == [ranked[1]]
    assert [fate.application for fate in effect.of("reject")] == ranked[2:]


def test_a_mark_goes_before_the_line(client, recruiter, window, ranked):
    marks = {f"mark-{ranked[0].pk}": "reject", f"mark-{ranked[4].pk}": "offer", "mark-x": "offer", "mark-": "reject"}
    effect = see(client, window, offer=1, **marks).context["effect"]
    assert [fate.application for fate in effect.of("offer")] == [ranked[1], ranked[4]]
    assert [fate.application for fate in effect.of("reject")] == [ranked[0]]


def test_the_waitlist_moves_up_by_a_line_among_its_own(client, recruiter, window, ranked):
    for application in ranked[2:4]:
        application.status = "waitlisted"
        application.save()
    page = see(client, window, offer=1, status="waitlisted")
    assert [fate.application for fate in page.context["effect"].fates] == [ranked[2]]
    prepare_as_shown(client, page, **TERMS)
    assert prepared() == {ranked[2].pk: "offer"}


def test_what_is_not_possible_is_said(client, recruiter, window, ranked):
    ranked[0].status = "waitlisted"
    ranked[0].save()
    OfficeChoice.objects.filter(application=ranked[1]).delete()
    page = see(client, window, waitlist=1, **{f"mark-{ranked[1].pk}": "offer"})
    assert "“Put on the waitlist” is not possible: it is “Waitlisted”." in page.text
    assert "It names no office." in page.text
    assert "Prepare 0" not in " ".join(page.text.split())


def test_reviews_that_are_missing_are_told(client, recruiter, window, panel):
    [application] = sent_to(window, status="in_review")
    read_by(application, panel[0], "4.00")
    text = " ".join(see(client, window, offer=1).text.split())
    assert "1 of them would be decided before all of its reviews are in." in text


@pytest.mark.parametrize("drawn", [{}, {"offer": "-1"}, {"offer": "many"}, {"waitlist": "9" * 30}, {"offer": "0"}])
def test_no_line_leads_back_with_a_sentence(client, recruiter, window, ranked, drawn):
    page = client.get(url("effect", window.pk), drawn, follow=True)
    assert page.redirect_chain == [(url("ranking", window.pk), 302)]
    assert "Nothing is marked yet" in page.text or "The line can't be drawn so" in page.text.replace("&#x27;", "'")


# --- Prepared ---


def test_what_was_seen_is_prepared(client, recruiter, window, ranked):
    reason = RejectionReason.objects.create(program=window.program, text="Too little craft")
    RejectionReason.objects.create(program=make_program(), text="Of others")
    page = see(client, window, offer=1, waitlist=1, reject_rest="on")
    assert page.context["form"].reasons == {str(reason.pk): reason}
    typed = TERMS | {f"reason_{window.program_id}": reason.pk, "note": "The line of today"}
    page = prepare_as_shown(client, page, **typed)
    assert "5 decisions are prepared." in page.text
    assert list(prepared().values()) == ["offer", "waitlist", "reject", "reject", "reject"]
    offer = PreparedDecision.objects.get(action="offer")
    assert (offer.office, offer.start_date, offer.answer_by) == (
        window.program.offices.get(),
        date(2199, 6, 1),
        date(2199, 5, 1),
    )
    assert (offer.prepared_by, offer.note, offer.seen_status) == (recruiter, "The line of today", "in_review")
    assert set(PreparedDecision.objects.filter(action="reject").values_list("reason", flat=True)) == {reason.pk}
    for application in ranked:
        application.refresh_from_db()
        assert application.status == "in_review"
    page = look(client, window)
    assert "Prepared: Offer" in page.text
    assert "Instead of: Offer" in see(client, window, waitlist=1).text


def test_each_is_offered_the_office_they_would_like_best(client, recruiter, window, ranked):
    lisbon = make_office("Lisbon")
    window.program.offices.add(lisbon)
    OfficeChoice.objects.filter(application=ranked[1]).update(office=lisbon)
    prepare_as_shown(client, see(client, window, offer=3), **TERMS)
    offices = dict(PreparedDecision.objects.values_list("application", "office__name"))
    assert offices[ranked[1].pk] == "Lisbon"
    assert offices[ranked[0].pk] == offices[ranked[2].pk] != "Lisbon"


def test_terms_and_reasons_are_asked_for(client, recruiter, window, ranked):
    RejectionReason.objects.create(program=window.program, text="Too little craft")
    page = see(client, window, offer=1, reject_rest="on")
    page = prepare_as_shown(client, page, start_date="2199-01-01", answer_by="2199-02-01")
    assert set(page.context["form"].errors) == {"start_date", f"reason_{window.program_id}"}
    page = prepare_as_shown(client, page, start_date="2199-01-01", answer_by="2001-02-01")
    assert "That day is over" in page.text
    assert not prepared()


def test_a_ranking_that_has_changed_is_shown_anew(client, recruiter, window, panel, ranked):
    page = see(client, window, offer=2)
    read_by(ranked[1], panel[2], "1.00")
    page = prepare_as_shown(client, page, **TERMS)
    assert page.status_code == 409
    assert "The ranking has changed since you looked" in page.text
    assert [fate.application for fate in page.context["effect"].of("offer")] == [ranked[0], ranked[2]]
    assert 'value="2199-06-01"' in page.text
    assert not prepared()
    prepare_as_shown(client, page, **TERMS)
    assert set(prepared()) == {ranked[0].pk, ranked[2].pk}


@pytest.mark.parametrize("seen", ["", "nonsense", "x" * 500])
def test_what_was_not_seen_is_not_prepared(client, recruiter, window, ranked, seen):
    page = see(client, window, waitlist=2)
    assert prepare_as_shown(client, page, seen=seen).status_code == 409
    assert not prepared()


def test_others_prepare_nothing(client, window, ranked):
    marks = {f"mark-{ranked[0].pk}": "reject"}
    users = {make_recruiter(make_program()): 404, make_reviewer(window.program): 403, make_user(): 302}
    for user, status in users.items():
        client.force_login(user)
        assert see(client, window, **marks).status_code == status
        assert client.post(url("effect", window.pk) + f"?mark-{ranked[0].pk}=reject").status_code == status
    assert not prepared()


def test_marks_reach_no_other_window(client, recruiter, window, ranked):
    other, [reader, *_rest] = make_panel()
    [foreign] = sent_to(other, status="in_review")
    read_by(foreign, reader, "4.00")
    page = see(client, window, waitlist=1, **{f"mark-{foreign.pk}": "reject"})
    assert [fate.application for fate in page.context["effect"].fates] == ranked[:1]
