"""Whatever candidates, recruiters, reviewers and the worker do, in whatever order: each kept figure equals a recount."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, Q
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from applications import tallies
from applications.models import Application, OfficeChoice, StatusChange, Tally
from applications.services import withdraw
from applications.tallies import fold, kept_figures, recount, true_figures
from applications.workflow import UNDECIDED, Status
from programs.models import Window
from reviews.models import Assignment, Review
from tests.factories import make_application
from tests.pinterns.season import DEEDS, Season, lived
from tests.reviews.test_figures_hold import wrong as wrong_in_reviews

pytestmark = pytest.mark.django_db


def counted_otherwise(window: Window) -> dict[str, Counter]:
    """Some of the figures as the database counts them, row by row."""
    sent = Application.objects.sent().filter(window=window).order_by()
    changes = StatusChange.objects.stood().filter(application__window=window).order_by()
    choices = OfficeChoice.objects.filter(application__in=sent).order_by()
    rejected = changes.filter(
        application__status=Status.REJECTED, to_status=Status.REJECTED, at=F("application__status_since")
    )
    number = Count("application", distinct=True)
    return {
        "now": Counter(sent.values_list("status", flat=True)),
        "reached": Counter(dict(changes.values_list("to_status").annotate(number))),
        "sent": Counter(tallies.quarter(at) for at in sent.values_list("submitted_at", flat=True)),
        "rejected": Counter({str(reason or ""): n for reason, n in rejected.values_list("reason").annotate(number)}),
        "named": Counter(map(str, choices.values_list("office", flat=True))),
        "first": Counter(map(str, choices.filter(Q(position=1)).values_list("office", flat=True))),
        **counted_of_reviews(window),
    }


def counted_of_reviews(window: Window) -> dict[str, Counter]:
    given = Assignment.objects.filter(application__window=window)
    reviews = Review.objects.filter(assignment__in=given.active(), submitted_at__isnull=False)
    waiting = given.active().waiting().filter(application__status__in=UNDECIDED)
    early = Application.objects.filter(window=window, status__in=[Status.SUBMITTED, Status.IN_REVIEW])
    return {
        "assigned": Counter(map(str, given.active().values_list("reviewer", flat=True))),
        "recused": Counter(map(str, given.filter(recused_at__isnull=False).values_list("reviewer", flat=True))),
        "waiting": Counter(map(str, waiting.values_list("reviewer", flat=True))),
        "read_by": Counter(
            map(str, early.filter(standing__assigned__gt=0).values_list("standing__assigned", flat=True))
        ),
        "compared": Counter(
            str(review.assignment.reviewer_id)
            for review in reviews.select_related("assignment__application__standing")
            if review.assignment.application.standing.done > 1
        ),
    }


def wrong(window: Window) -> dict:
    """Every kept figure that a recount does not find."""
    kept, true = kept_figures(window.pk), true_figures(window.pk)
    found = {key: (kept[key], true[key]) for key in kept | true if kept[key] != true[key]}
    for what, expected in counted_otherwise(window).items():
        counts = {name or value: n for (kind, name, value), n in kept.items() if kind == what and n}
        if what == "rejected":
            counts = {name: n for (kind, name, _value), n in kept.items() if kind == what and n}
        if counts != {name: n for name, n in expected.items() if n}:
            found[what] = (counts, expected)
    taken = Application.objects.sent().filter(window=window).count()
    if Window.objects.get(pk=window.pk).taken != taken:
        found["taken"] = taken
    if told := wrong_in_reviews():
        found["reviews"] = told
    return found


def test_after_a_season_of_everything_each_figure_equals_a_recount():
    season = Season()
    became = lived(season, [(deed, seed) for seed in range(3) for deed in DEEDS])
    assert wrong(season.window) == {}
    assert {deed for deed, end in became if end == "done"} == set(DEEDS)


def test_after_any_season_each_figure_equals_a_recount():
    season = Season()

    @settings(
        max_examples=6,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 999)), min_size=15, max_size=30))
    def live(deeds):
        with transaction.atomic():
            lived(season, deeds)
            assert wrong(season.window) == {}
            transaction.set_rollback(True)

    live()


@pytest.mark.parametrize("forgotten", ["count_moves", "chosen"])
def test_control_a_figure_that_is_not_moved_is_found(monkeypatch, forgotten):
    season = Season()
    monkeypatch.setattr(tallies, forgotten, lambda *args, **kwargs: Counter())
    lived(season, [("send", 1), ("newcomer", 2)])
    monkeypatch.undo()
    assert wrong(season.window) != {}
    assert recount(season.window.pk) > 0
    assert wrong(season.window) == {}


def test_control_a_figure_that_is_moved_outside_is_found():
    season = Season()
    Tally.objects.create(window=season.window, what="now", name="offer", number=1)
    assert wrong(season.window) != {}


def test_folding_changes_no_figure_and_leaves_few_rows():
    season = Season()
    for _number in range(12):
        make_application(season.window)
    before, rows = kept_figures(season.window.pk), Tally.objects.count()
    assert fold() > 30
    assert kept_figures(season.window.pk) == before
    assert Tally.objects.count() < rows / 2
    assert fold() == 0


def test_a_decision_that_is_undone_moves_nothing():
    season = Season()
    before = kept_figures(season.window.pk)
    application = Application.objects.first()
    with pytest.raises(RuntimeError), transaction.atomic():
        withdraw(application=application)
        raise RuntimeError
    assert kept_figures(season.window.pk) == before


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_is_counted_during_a_recount_is_counted_once(monkeypatch):
    season, counting = Season(), tallies.true_figures
    sent = Application.objects.select_related("window__program", "candidate").first()

    def somebody_else_withdraws(window_id):
        figures = counting(window_id)
        with ThreadPoolExecutor(1) as others:
            others.submit(withdraw_and_leave, sent).result()
        return figures

    monkeypatch.setattr(tallies, "true_figures", somebody_else_withdraws)
    assert recount(season.window.pk) == 0
    monkeypatch.undo()
    assert kept_figures(season.window.pk)["now", "withdrawn", 0] == 1
    assert wrong(season.window) == {}


def withdraw_and_leave(application: Application) -> None:
    try:
        withdraw(application=application)
    finally:
        connection.close()
