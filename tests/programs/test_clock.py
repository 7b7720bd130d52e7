"""Clocks: nights on which they are set forward or back, zones at the ends of the day, midnight, leap day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.timezone import make_aware
from icalendar import Calendar

from applications.follow_letters import tell_followers
from applications.models import Offer
from letters.models import Letter
from programs.admin.window_forms import LocalTimesForm
from programs.following import follow
from programs.models import Office, Window
from programs.templatetags.times import deadline
from programs.times import happens_twice, instant, when
from tests.factories import make_program, make_user, make_window

SKIPPED, TWICE = "is skipped", "happens twice"
NO_TIMES = [
    ("America/Los_Angeles", "2027-03-14T02:30", SKIPPED),
    ("America/Los_Angeles", "2027-11-07T01:30", TWICE),
    ("America/Toronto", "2027-03-14T02:00", SKIPPED),
    ("Africa/Cairo", "2027-04-30T00:00", SKIPPED),  # the midnight of a day that begins at one
    ("America/Havana", "2027-11-07T00:00", TWICE),  # the midnight that comes twice
    ("Australia/Lord_Howe", "2027-10-03T02:15", SKIPPED),  # by half an hour
    ("Australia/Lord_Howe", "2027-04-04T01:45", TWICE),
    ("Europe/Dublin", "2027-10-31T01:30", TWICE),  # whose winter time is the exception
    ("Pacific/Apia", "2011-12-30T12:00", SKIPPED),  # the day that Samoa left out
]
ZONES = [
    "America/Los_Angeles",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
]


def at(text: str, zone: str) -> datetime:
    return instant(datetime.fromisoformat(text), ZoneInfo(zone))


def forms_with_local_times() -> list[type[LocalTimesForm]]:
    found, more = [], [LocalTimesForm]
    while more:
        more = [subclass for form in more for subclass in form.__subclasses__()]
        found += [form for form in more if form.local_times]
    return found


@pytest.mark.parametrize("form", forms_with_local_times(), ids=lambda form: form.__name__)
@pytest.mark.parametrize(("zone", "local", "says"), NO_TIMES)
def test_no_form_takes_a_time_that_clocks_skip_or_show_twice(form, zone, local, says):
    class InZone(form):
        """The same form, wherever its zone comes from, without its other fields."""

        zone = ZoneInfo("UTC")

        def __init__(self, data):
            forms.Form.__init__(self, data)
            self.fields = {name: self.fields[name] for name in self.local_times}

        def clean(self):
            return LocalTimesForm.clean(self)

    InZone.zone = ZoneInfo(zone)
    filled = InZone(dict.fromkeys(form.local_times, local))
    filled.is_valid()
    for name in form.local_times:
        assert says in filled.errors[name][0]
    good = InZone(dict.fromkeys(form.local_times, "2027-06-01T12:00"))
    good.is_valid()
    assert not set(form.local_times) & set(good.errors)


def test_control_djangos_make_aware_takes_every_such_time():
    assert all(make_aware(datetime.fromisoformat(local), ZoneInfo(zone)) for zone, local, _says in NO_TIMES)


@pytest.mark.django_db
def test_no_form_of_the_admin_takes_times_in_another_way(rf):
    request = rf.get("/", {"kind": "statement"})  # of which kind a new requirement is
    request.user = make_user(is_staff=True, is_superuser=True)
    for model_admin in admin.site._registry.values():
        if type(model_admin).add_view is admin.ModelAdmin.add_view and model_admin.has_add_permission(request):
            fields = model_admin.get_form(request).base_fields.values()
            taken = [field for field in fields if isinstance(field, (forms.DateTimeField, forms.SplitDateTimeField))]
            assert not taken, model_admin


# --- States ----------------------------------------------------------------------------------------------------------
def states(window: Window, moments: list[datetime]) -> list[str]:
    """By both rules, which have to agree."""
    found = [window.state(moment) for moment in moments]
    for moment, state in zip(moments, found, strict=True):
        assert Window.objects.in_state(state, at=moment).filter(pk=window.pk).exists()
    return [str(state) for state in found]


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("opens", "closes"),
    [
        ("2027-02-01T00:00", "2027-03-01T00:00"),
        ("2028-02-29T00:00", "2028-03-01T00:00"),  # leap day alone
        ("2027-03-01T00:00", "2027-04-01T00:00"),  # clocks are set forward in it, or back
        ("2027-12-31T00:00", "2028-01-01T00:00"),
    ],
)
def test_a_window_that_ends_at_midnight_is_open_until_the_last_moment_of_the_day_before(zone, opens, closes):
    last_day = date.fromisoformat(closes[:10]) - timedelta(days=1)
    window = make_window(opens_at=at(opens, zone), closes_at=at(closes, zone), time_zone=zone, decide_by=last_day)
    tick = timedelta(microseconds=1)
    moments = [window.opens_at - tick, window.opens_at, window.closes_at - tick, window.closes_at]
    assert states(window, moments) == ["scheduled", "open", "open", "closed"]
    assert (window.closes_at - tick).astimezone(window.zone).date() == last_day
    assert window.opens_at.astimezone(window.zone).isoformat()[:16] == opens
    with pytest.raises(ValidationError, match="before the window closes"):
        window.clean_beside([])  # the closing day is that of the midnight itself
    window.decide_by += timedelta(days=1)
    window.clean_beside([])


@pytest.mark.parametrize(
    ("zone", "answer_by", "ends"),
    [
        ("Pacific/Apia", date(2028, 2, 29), "2028-02-29T11:00"),
        ("America/Los_Angeles", date(2028, 2, 28), "2028-02-29T08:00"),
        ("Africa/Cairo", date(2027, 4, 29), "2027-04-29T22:00"),  # the next day begins at one
        ("America/Havana", date(2027, 11, 6), "2027-11-07T04:00"),  # its midnight comes twice: the first ends the day
    ],
)
def test_the_last_day_of_an_offer_ends_with_the_day_at_its_office(zone, answer_by, ends):
    offer = Offer(office=Office(time_zone=zone), answer_by=answer_by)
    assert offer.ends_at == datetime.fromisoformat(ends).replace(tzinfo=UTC)


# --- The same instant everywhere -------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "closes", "told"),
    [
        ("America/Los_Angeles", "2027-11-07T08:30", "Sunday 7 November 2027, 01:30 Pacific Daylight Time"),
        ("America/Los_Angeles", "2027-11-07T09:30", "Sunday 7 November 2027, 01:30 Pacific Standard Time"),
        ("America/Los_Angeles", "2027-03-14T10:00", "Sunday 14 March 2027, 03:00 Pacific Time"),
        ("Pacific/Apia", "2028-02-29T10:59", "Tuesday 29 February 2028, 23:59 Samoa Time"),
        ("Asia/Kathmandu", "2027-12-31T18:15", "Saturday 1 January 2028, 00:00 Nepal Time"),
    ],
)
def test_page_letter_and_calendar_tell_the_same_instant(client, zone, closes, told):
    closes_at = datetime.fromisoformat(closes).replace(tzinfo=UTC)
    opens_at = closes_at - timedelta(days=20)
    window = make_window(make_program(), opens_at=opens_at, closes_at=closes_at, time_zone=zone)
    follow(program=window.program, email="ada@example.org", at=opens_at - timedelta(days=1))
    tell_followers(at=closes_at - timedelta(days=9))

    assert when(closes_at, window.zone) == told
    assert told in Letter.objects.get().body
    shown = f'<time datetime="{closes_at.isoformat()}" data-zone="{zone}">{told}</time>'
    assert shown in deadline(closes_at, window.zone)  # as every page tells it
    calendar = Calendar.from_ical(client.get(f"{window.program.get_absolute_url()}{window.pk}.ics").text)
    assert max(event.start.astimezone(UTC) for event in calendar.events) == closes_at


def test_what_clocks_show_twice_is_known():
    los_angeles = ZoneInfo("America/Los_Angeles")
    hours = [datetime(2027, 11, 7, hour, 30, tzinfo=UTC) for hour in range(7, 11)]
    assert [happens_twice(hour, los_angeles) for hour in hours] == [False, True, True, False]
    assert not happens_twice(datetime(2027, 3, 14, 10, tzinfo=UTC), los_angeles)
