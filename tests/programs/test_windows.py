"""Windows: their state at every instant, and what recruiters may do to them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from programs import services
from programs.models import Window, WindowChange
from tests.factories import make_program, make_user, make_window

pytestmark = pytest.mark.django_db
OPENS, CLOSES = datetime(2027, 2, 1, 9, tzinfo=UTC), datetime(2027, 3, 1, 9, tzinfo=UTC)
TICK = timedelta(milliseconds=1)


@pytest.mark.parametrize("capacity", [None, 0, 1, 5])
@pytest.mark.parametrize("taken", [0, 1, 5])
@pytest.mark.parametrize("at", [OPENS - TICK, OPENS, OPENS + TICK, CLOSES - TICK, CLOSES, CLOSES + TICK])
def test_the_state_of_a_row_and_of_a_queryset_are_the_same_rule(capacity, taken, at):
    if capacity is not None and taken > capacity:
        with pytest.raises(IntegrityError), transaction.atomic():
            make_window(opens_at=OPENS, closes_at=CLOSES, capacity=capacity, taken=taken)
        return
    window = make_window(opens_at=OPENS, closes_at=CLOSES, capacity=capacity, taken=taken)
    for state in Window.State:
        assert Window.objects.in_state(state, at=at).filter(pk=window.pk).exists() == (window.state(at) == state)
    assert Window.objects.open(at=at).exists() == (window.state(at) == Window.State.OPEN)


def test_a_window_takes_applications_from_its_first_instant_to_before_its_last():
    window = make_window(opens_at=OPENS, closes_at=CLOSES)
    states = [window.state(at) for at in (OPENS - TICK, OPENS, CLOSES - TICK, CLOSES)]
    assert states == ["scheduled", "open", "open", "closed"]


def test_opening_and_closing_at_once_move_the_times_and_say_who_and_why():
    recruiter = make_user(name="Rita")
    window = make_window(opens_at=OPENS, closes_at=CLOSES)
    early, late = OPENS - timedelta(days=3), OPENS + timedelta(days=3)
    services.open_now(window=window, by=recruiter, reason="Ready early", at=early)
    services.close_now(window=window, by=recruiter, reason="Enough good ones", at=late)
    window.refresh_from_db()
    assert (window.opens_at, window.closes_at) == (early, late)
    closed, opened = WindowChange.objects.all()
    assert (opened.action, opened.by, opened.reason, opened.at) == ("opened", recruiter, "Ready early", early)
    assert (closed.before["closes_at"], closed.after["closes_at"]) == (CLOSES.isoformat(), late.isoformat())


def test_extending_runs_a_closed_window_again():
    window = make_window(opens_at=OPENS, closes_at=CLOSES)
    later = CLOSES + timedelta(days=5)
    services.extend(window=window, closes_at=later, by=make_user(), reason="Storm", at=CLOSES + timedelta(days=1))
    window.refresh_from_db()
    assert window.state(CLOSES + timedelta(days=2)) == "open"


def test_raising_the_capacity_opens_a_full_window():
    window = make_window(capacity=2, taken=2)
    services.resize(window=window, capacity=3, by=make_user(), reason="One more desk")
    window.refresh_from_db()
    assert window.state(timezone.now()) == "open"


@pytest.mark.parametrize(
    ("act", "at", "says"),
    [
        (lambda w, **k: services.open_now(window=w, **k), OPENS, "already"),
        (lambda w, **k: services.close_now(window=w, **k), OPENS - TICK, "before it opens"),
        (lambda w, **k: services.close_now(window=w, **k), CLOSES, "already"),
        (lambda w, **k: services.close_now(window=w, **k), OPENS, "close before it opens"),
        (lambda w, **k: services.extend(window=w, closes_at=CLOSES, **k), OPENS, "later"),
        (lambda w, **k: services.extend(window=w, closes_at=CLOSES + TICK, **k), CLOSES + timedelta(days=9), "future"),
        (
            lambda w, **k: services.reschedule(window=w, opens_at=CLOSES, closes_at=OPENS, **k),
            OPENS - TICK,
            "before it opens",
        ),
        (lambda w, **k: services.reschedule(window=w, opens_at=OPENS, closes_at=CLOSES, **k), OPENS, "opened"),
        (lambda w, **k: services.resize(window=w, capacity=1, **k), OPENS, "taken already"),
    ],
)
def test_nonsense_is_refused_with_a_sentence_and_leaves_no_trace(act, at, says):
    window = make_window(opens_at=OPENS, closes_at=CLOSES, capacity=5, taken=3)
    with pytest.raises(ValidationError) as refused:
        act(window, by=make_user(), reason="Because", at=at)
    assert says in " ".join(refused.value.messages)
    assert not WindowChange.objects.exists()
    window.refresh_from_db()
    assert (window.opens_at, window.closes_at, window.capacity) == (OPENS, CLOSES, 5)


def test_an_action_without_a_reason_is_refused():
    with pytest.raises(ValidationError, match="Say why"):
        services.close_now(window=make_window(), by=make_user(), reason="  ")


def test_windows_of_one_program_never_overlap():
    program = make_program()
    make_window(program, opens_at=OPENS, closes_at=CLOSES, season="Summer 2027")
    after = Window(
        program=program,
        season="Fall 2027",
        opens_at=CLOSES,
        closes_at=CLOSES + timedelta(days=9),
        decide_by=date(2027, 9, 1),
    )
    services.schedule_window(window=after, by=make_user())
    overlapping = Window(
        program=program, season="Spring", opens_at=OPENS + TICK, closes_at=CLOSES, decide_by=date(2027, 9, 1)
    )
    with pytest.raises(ValidationError, match="overlap the window “Summer 2027”"):
        services.schedule_window(window=overlapping, by=make_user())
    with pytest.raises(ValidationError, match="overlap the window “Summer 2027”"):
        services.reschedule(
            window=after, opens_at=OPENS, closes_at=CLOSES, by=make_user(), reason="x", at=OPENS - timedelta(days=9)
        )
    make_window(opens_at=OPENS, closes_at=CLOSES)  # another program's windows are no matter


def test_the_database_refuses_what_the_services_refuse():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_window(opens_at=CLOSES, closes_at=OPENS)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_window(capacity=1, taken=2)
