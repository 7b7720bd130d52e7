"""What pages write for the script that tells the reader's own time, and counts down."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from programs.templatetags.times import deadline, moment

AT, LOS_ANGELES = datetime(2027, 2, 13, 7, 59, tzinfo=UTC), ZoneInfo("America/Los_Angeles")


def test_a_moment_is_told_in_full_with_its_instant_and_room_for_the_readers_own():
    html = moment(AT, LOS_ANGELES)
    assert '<time datetime="2027-02-13T07:59:00+00:00" data-zone="America/Los_Angeles">' in html
    assert ">Friday 12 February 2027, 23:59 Pacific Time</time>" in html
    assert '<span class="own-time"></span>' in html


@pytest.mark.parametrize(
    ("before", "counted"),
    [
        (timedelta(hours=48, seconds=1), False),
        (timedelta(hours=48), True),
        (timedelta(seconds=1), True),
        (timedelta(0), False),
        (timedelta(hours=-1), False),
    ],
)
def test_the_last_48_hours_are_counted_down_by_the_servers_clock(before, counted):
    now = AT - before
    countdown = f'<span class="countdown" data-until="{AT.isoformat()}" data-now="{now.isoformat()}">'
    assert (countdown in deadline(AT, LOS_ANGELES, at=now)) == counted


def test_a_moment_has_no_more_digits_than_html_allows():
    at = datetime(2027, 2, 13, 7, 59, 0, 123456, tzinfo=UTC)
    assert '<time datetime="2027-02-13T07:59:00+00:00"' in moment(at, LOS_ANGELES)
