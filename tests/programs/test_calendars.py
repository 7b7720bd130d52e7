"""A window in somebody's calendar, read back by a parser other than the writer."""

from datetime import UTC, date, datetime, timedelta

import pytest
import vobject
from django.utils import timezone

from programs.models import WindowChange
from tests.factories import make_program, make_window

pytestmark = pytest.mark.django_db
SUMMER, WINTER = datetime(2026, 9, 1, 7, tzinfo=UTC), datetime(2027, 2, 13, 7, 59, tzinfo=UTC)


@pytest.fixture
def window(settings):
    settings.SITE_URL = "https://internships.example.org"
    return make_window(
        make_program("Data; Science, too", slug="data-science"),
        season="Summer 2027",
        opens_at=SUMMER,
        closes_at=WINTER,
        decide_by=date(2027, 4, 1),
    )


def read(client, window):
    answer = client.get(f"/programs/data-science/{window.pk}.ics")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    return vobject.readOne(answer.content.decode())


def test_opening_and_closing_stand_at_their_instants_on_the_windows_own_clock(client, window):
    opens, closes = read(client, window).vevent_list
    assert (opens.dtstart.value.astimezone(UTC), closes.dtstart.value.astimezone(UTC)) == (SUMMER, WINTER)
    assert opens.dtstart.value.isoformat() == "2026-09-01T00:00:00-07:00"
    assert closes.dtstart.value.isoformat() == "2027-02-12T23:59:00-08:00"
    assert opens.dtstart.params["X-VOBJ-ORIGINAL-TZID"] == ["America/Los_Angeles"]
    assert opens.summary.value == "Data; Science, too, Summer 2027: applications open"
    assert closes.url.value == "https://internships.example.org/programs/data-science/"
    assert closes.valarm.trigger.value == timedelta(days=-1)


def test_an_event_stays_the_same_one_when_its_date_is_moved(client, window):
    before = read(client, window).vevent_list
    window.closes_at += timedelta(days=1)
    window.save()
    WindowChange.objects.create(window=window, action="extended", at=datetime(2026, 10, 1, tzinfo=UTC))
    after = read(client, window).vevent_list
    assert [event.uid.value for event in after] == [event.uid.value for event in before]
    assert len({event.uid.value for event in after}) == 2
    assert [int(event.sequence.value) for event in before + after] == [0, 0, 1, 1]
    assert after[1].dtstart.value - before[1].dtstart.value == timedelta(days=1)


@pytest.mark.parametrize(("opens", "closes", "offered"), [(-1, 7, True), (2, 7, True), (-7, -1, False)])
def test_the_page_offers_it_while_there_is_a_date_ahead(client, opens, closes, offered):
    now = timezone.now()
    window = make_window(opens_at=now + timedelta(days=opens), closes_at=now + timedelta(days=closes))
    page = client.get(window.program.get_absolute_url()).content.decode()
    assert (f"{window.program.get_absolute_url()}{window.pk}.ics" in page) is offered
