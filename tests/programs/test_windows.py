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


@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize("capacity", [None, 0, 1, 5])
@pytest.mark.parametrize("taken", [0, 1, 5])
@pytest.mark.parametrize("at", [OPENS - TICK, OPENS, OPENS + TICK, CLOSES - TICK, CLOSES, CLOSES + TICK])
def test_the_state_of_a_row_and_of_a_queryset_are_the_same_rule(published, capacity, taken, at):
    if capacity is not None and taken > capacity:
        with pytest.raises(IntegrityError), transaction.atomic():
            make_window(opens_at=OPENS, closes_at=CLOSES, capacity=capacity, taken=taken)
        return
    window = make_window(opens_at=OPENS, closes_at=CLOSES, capacity=capacity, taken=taken, published=published)
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
        (lambda w, **k: services.publish(window=w, **k), OPENS, "published already"),
        (lambda w, **k: services.extend(window=w, closes_at=CLOSES + timedelta(days=60), **k), OPENS, "is promised by"),
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


def test_what_is_not_published_is_neither_opened_nor_closed_nor_extended():
    window = make_window(opens_at=OPENS, closes_at=CLOSES, published=False)
    for act, extra in (
        (services.open_now, {}),
        (services.close_now, {}),
        (services.extend, {"closes_at": CLOSES + timedelta(days=1)}),
    ):
        with pytest.raises(ValidationError, match="not published"):
            act(window=window, by=make_user(), reason="x", at=OPENS - TICK, **extra)


def test_a_draft_is_rescheduled_freely_and_published_while_it_can_still_be_applied_to():
    window = make_window(opens_at=OPENS, closes_at=CLOSES, published=False)
    user, late = make_user(), CLOSES + TICK
    with pytest.raises(ValidationError, match="is over, so nobody could apply"):
        services.publish(window=window, by=user, reason="x", at=CLOSES)
    times = {"opens_at": OPENS, "closes_at": CLOSES + timedelta(days=40)}
    with pytest.raises(ValidationError, match="before the window closes"):
        services.reschedule(window=window, by=user, reason="Later", at=late, **times)
    services.reschedule(window=window, by=user, reason="Later", at=late, decide_by=date(2027, 5, 1), **times)
    services.publish(window=window, by=user, reason="Ready", at=late)
    window.refresh_from_db()
    assert (window.state(late), window.decide_by) == ("open", date(2027, 5, 1))
    assert [change.action for change in WindowChange.objects.all()] == ["published", "rescheduled"]


def test_extending_beyond_the_promise_moves_it_in_the_same_step():
    window = make_window(opens_at=OPENS, closes_at=CLOSES, decide_by=date(2027, 3, 2))
    extension = {"window": window, "closes_at": CLOSES + timedelta(days=5), "by": make_user(), "reason": "Storm"}
    with pytest.raises(ValidationError) as refused:
        services.extend(**extension, at=OPENS)
    assert "Promise that day or a later one" in refused.value.message_dict["decide_by"][0]
    services.extend(**extension, decide_by=date(2027, 3, 6), at=OPENS)
    change = WindowChange.objects.get()
    assert (change.before["decide_by"], change.after["decide_by"]) == ("2027-03-02", "2027-03-06")


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Apia", "Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize("published", [True, False])
def test_due_and_overdue_go_by_the_calendar_of_the_window_and_are_one_rule(zone, published):
    window = make_window(time_zone=zone, decide_by=date(2027, 3, 10), published=published)
    make_window(time_zone="Europe/Lisbon", decide_by=date(2027, 9, 1))
    expected = {6: "", 7: "due", 10: "due", 11: "overdue"} if published else {}
    for day in (1, 6, 7, 10, 11, 30):
        for hour in (0, 23):
            at = datetime(2027, 3, day, hour, 30, tzinfo=window.zone).astimezone(UTC)
            state = window.decision_state(at)
            if day in expected:
                assert state == expected[day]
            assert Window.objects.decision_due(at=at).filter(pk=window.pk).exists() == (state == "due")
            assert Window.objects.decision_overdue(at=at).filter(pk=window.pk).exists() == (state == "overdue")
