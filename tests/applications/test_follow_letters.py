"""Letters to followers: who gets which, when, and that nobody gets one twice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications import follow_letters
from applications.follow_letters import tell_followers
from letters.models import Letter
from pinterns.management.commands.worker import JOBS
from programs.following import follow, stop_following
from programs.models import Follower, Notice
from programs.services import extend, open_now
from tests.factories import make_application, make_draft, make_program, make_recruiter, make_user, make_window

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def window(now):
    """Opens tomorrow, for ten days."""
    return make_window(make_program("Data Science"), opens_at=now + DAY, closes_at=now + 11 * DAY)


def written() -> list[tuple[str, str]]:
    return list(Letter.objects.order_by("pk").values_list("kind", "to"))


def test_the_worker_does_it():
    assert tell_followers in {job for _seconds, job in JOBS}


def test_one_letter_when_it_opens_and_one_three_days_before_it_closes(window, now):
    follow(program=window.program, email="ada@example.org", at=now)
    assert [tell_followers(at=now + days * DAY) for days in (0, 1, 1, 5, 7)] == [0, 1, 0, 0, 0]
    assert [tell_followers(at=now + days * DAY) for days in (8, 8, 10, 12)] == [1, 0, 0, 0]
    assert written() == [("follow_open", "ada@example.org"), ("follow_closing", "ada@example.org")]
    opened, closing = Letter.objects.order_by("pk")
    for letter in (opened, closing):
        assert "Pacific Time" in letter.body
        assert window.season in letter.subject
        assert letter.unsubscribe_url in letter.body
        assert letter.reply_to == window.program.contact_email
        assert letter.addressee is None
    assert window.program.apply_url in closing.body


def test_opened_by_hand_it_is_told_at_once(window, now):
    follow(program=window.program, email="ada@example.org", at=now)
    open_now(window=window, by=make_recruiter(), reason="Early.", at=now + timedelta(hours=1))
    assert tell_followers(at=now + timedelta(hours=1)) == 1


def test_who_began_to_follow_while_it_was_open_hears_of_the_closing_alone(window, now):
    follow(program=window.program, email="ada@example.org", at=now + 2 * DAY)
    follow(program=window.program, email="late@example.org", at=now + 9 * DAY)  # the page has just told that it closes
    assert tell_followers(at=now + 3 * DAY) == 0
    assert tell_followers(at=now + 9 * DAY) == 1
    assert written() == [("follow_closing", "ada@example.org")]


def test_who_hears_only_at_the_end_that_it_is_open_needs_no_reminder(window, now):
    follow(program=window.program, email="ada@example.org", at=now)
    assert [tell_followers(at=now + 9 * DAY), tell_followers(at=now + 10 * DAY)] == [1, 0]
    assert written() == [("follow_open", "ada@example.org")]


def test_a_window_that_runs_again_is_told_to_those_who_came_in_between(window, now):
    follow(program=window.program, email="first@example.org", at=now)
    tell_followers(at=now + DAY)
    follow(program=window.program, email="between@example.org", at=now + 12 * DAY)
    window.decide_by = (now + 60 * DAY).date()
    window.save()
    extend(window=window, closes_at=now + 30 * DAY, by=make_recruiter(), reason="More.", at=now + 13 * DAY)
    Letter.objects.all().delete()
    assert tell_followers(at=now + 13 * DAY) == 1
    assert written() == [("follow_open", "between@example.org")]


def test_who_has_sent_is_not_reminded_and_who_only_began_is(now):
    window = make_window(make_program())
    sender, beginner, by_address = make_user(), make_user(), make_user("quiet@example.org")
    for email in (sender.email, beginner.email, "quiet@example.org"):
        follow(program=window.program, email=email, at=now)
    Follower.objects.filter(email="quiet@example.org").update(user=None)  # followed before there was an account
    make_application(window, candidate=sender)
    make_application(window, candidate=by_address)
    make_draft(window, candidate=beginner)
    Letter.objects.all().delete()
    assert tell_followers(at=window.closes_at - DAY) == 1
    assert Letter.objects.get().addressee == beginner


@pytest.mark.parametrize(
    "unfit",
    [
        {"published": False},
        {"capacity": 3, "taken": 3},
        {"opens_at": timezone.now() + 2 * DAY},
        {"closes_at": timezone.now() - timedelta(hours=1)},
    ],
    ids=["not published", "full", "not open yet", "closed"],
)
def test_nobody_is_told_of_a_window_that_takes_nothing(window, now, unfit):
    follow(program=window.program, email="ada@example.org", at=now - 3 * DAY)
    fields = {"opens_at": now - 2 * DAY, **unfit}
    type(window).objects.filter(pk=window.pk).update(**fields)
    assert tell_followers(at=now) == 0
    type(window).objects.filter(pk=window.pk).update(
        published=True, capacity=None, opens_at=now - 2 * DAY, closes_at=now + 9 * DAY
    )
    assert tell_followers(at=now) == 1  # nothing was lost meanwhile


def test_nobody_hears_of_a_program_that_is_not_shown_nor_with_a_closed_account(window, now):
    user = make_user()
    follow(program=window.program, email=user.email, at=now)
    window.program.published = False
    window.program.save()
    assert tell_followers(at=now + DAY) == 0
    window.program.published = True
    window.program.save()
    user.is_active = False
    user.save()
    assert tell_followers(at=now + DAY) == 0


def test_who_stopped_hears_nothing(window, now):
    user = make_user()
    follow(program=window.program, email=user.email, at=now)
    stop_following(program=window.program, user=user)
    assert tell_followers(at=now + DAY) == 0


def test_batches_stand_alone_and_what_breaks_off_is_gone_on_with(window, now, monkeypatch):
    monkeypatch.setattr(follow_letters, "BATCH", 4)
    for number in range(10):
        follow(program=window.program, email=f"f{number}@example.org", at=now)
    at = now + DAY
    assert tell_followers(at=at) == 4

    def dies(*args, **kwargs):
        raise KeyboardInterrupt  # between the letters and the rows that say who has them

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Notice.objects, "bulk_create", dies)
        tell_followers(at=at)
    assert Letter.objects.count() == Notice.objects.count() == 4
    assert [tell_followers(at=at) for _ in range(3)] == [4, 2, 0]
    assert sorted(to for _kind, to in written()) == [f"f{number}@example.org" for number in range(10)]


def test_queries_are_for_the_batch_and_not_for_the_row(window, now):
    counts = []
    for size in (2, 40):
        for number in range(size):
            Follower.objects.create(program=window.program, email=f"f{size}-{number}@example.org", confirmed_at=now)
        with CaptureQueriesContext(connection) as queries:
            assert tell_followers(at=now + DAY) == size
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10
