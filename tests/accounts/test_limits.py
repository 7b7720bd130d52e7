"""How often somebody may ask for something."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.db import connection

from accounts import limits
from accounts.limits import Limit
from accounts.models import RateLimit

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
NARROW = Limit("narrow", most=2, period=timedelta(minutes=5))
WIDE = Limit("wide", most=3, period=timedelta(minutes=10))


@pytest.mark.django_db
def test_a_limit_holds_until_its_period_ends():
    tries = [limits.count({NARROW: "ada"}, at=AT + timedelta(minutes=minute)) for minute in (0, 1, 2, 4)]
    assert tries == [True, True, False, False]
    assert limits.count({NARROW: "ada"}, at=AT + timedelta(minutes=5)), "it began with the first, not with the last"
    assert limits.count({NARROW: "grace"}, at=AT), "nobody uses up what another has"


@pytest.mark.django_db
def test_all_limits_have_to_allow_it(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert limits.count({WIDE: "network", NARROW: "network ada"}, at=AT)
    assert [limits.count({WIDE: "network", NARROW: f"network {name}"}, at=AT) for name in ("ada", "ada")] == [
        True,
        False,
    ]
    assert not limits.count({WIDE: "network", NARROW: "network grace"}, at=AT), "the fourth of its network"


@pytest.mark.django_db
def test_what_is_kept_tells_of_nobody_and_goes_when_it_ends():
    limits.count({NARROW: "203.0.113.9"}, at=AT)
    limits.count({WIDE: "203.0.113.9"}, at=AT)
    assert "203.0.113.9" not in str(list(RateLimit.objects.values()))
    assert limits.forget_ended(at=AT + timedelta(minutes=5)) == 1
    assert limits.forget_ended(at=AT + timedelta(minutes=10)) == 1


@pytest.mark.postgres  # a SQLite in memory is one for all threads, and locks whole tables
@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_once_no_more_than_allowed_are():
    limit, allowed = Limit("rush", most=5, period=timedelta(minutes=5)), []

    def ask() -> None:
        try:
            allowed.append(limits.count({limit: "ada"}, at=AT))
        finally:
            connection.close()

    threads = [Thread(target=ask) for _number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(allowed) == [False] * 15 + [True] * 5
