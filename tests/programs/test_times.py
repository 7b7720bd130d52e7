"""Local times that people type, and times that people read."""

from datetime import UTC, date, datetime
from random import Random
from zoneinfo import ZoneInfo, available_timezones

import pytest
from babel.dates import format_datetime
from django.core.exceptions import ValidationError

from programs.times import day, instant, validate_zone, when, when_both_ways, zone_name

LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def test_a_time_is_told_in_full_and_with_its_zone():
    at = datetime(2027, 2, 13, 7, 59, tzinfo=UTC)
    assert when(at, LOS_ANGELES) == "Friday 12 February 2027, 23:59 Pacific Time"
    assert when(at, ZoneInfo("Pacific/Apia")).startswith("Saturday 13 February 2027, 20:59 ")
    assert day(date(2027, 3, 1)) == "1 March 2027"


def test_times_in_words_are_those_of_the_locale_in_every_zone():
    rng = Random(1)
    for zone in map(ZoneInfo, sorted(available_timezones())):
        at = datetime.fromtimestamp(rng.randrange(4 * 10**9), UTC)
        full = format_datetime(at, "EEEE d MMMM y, HH:mm", tzinfo=zone, locale="en")
        short = format_datetime(at, "d MMM y, HH:mm v", tzinfo=zone, locale="en")
        assert when_both_ways(at, zone) == (f"{full} {zone_name(zone, at)}", short)


def test_a_local_time_becomes_its_one_instant():
    assert instant(datetime(2027, 2, 12, 23, 59), LOS_ANGELES) == datetime(2027, 2, 13, 7, 59, tzinfo=UTC)
    assert instant(datetime(2028, 2, 29, 12, 0), ZoneInfo("Pacific/Apia")) == datetime(2028, 2, 28, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "says"), [(datetime(2027, 3, 14, 2, 30), "is skipped"), (datetime(2027, 11, 7, 1, 30), "happens twice")]
)
def test_a_time_that_clocks_skip_or_show_twice_is_refused(local, says):
    with pytest.raises(ValidationError) as refused:
        instant(local, LOS_ANGELES)
    assert says in refused.value.messages[0]


def test_a_zone_is_one_of_the_known():
    validate_zone("America/Toronto")
    with pytest.raises(ValidationError):
        validate_zone("Mars/Olympus")
