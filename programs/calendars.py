"""A window as a calendar file: when it opens and when it closes, at its own zone's clock."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from programs.adverts import public_address
from programs.models import Window
from programs.text import one_line
from programs.times import happens_twice

REMIND = timedelta(days=1)  # before a window closes


def window_calendar(window: Window, *, at: datetime) -> bytes:
    """The .ics of a window of `Window.objects.advertised()` with what is true at the instant `at`.

    An event keeps its UID for ever and its SEQUENCE grows with every change, so that a calendar which knew an older
    date moves it.
    """
    calendar = Calendar.new(
        prodid="-//Pinterns//Windows//EN", method="PUBLISH", name=one_line(str(window)), uid=_uid(f"window-{window.pk}")
    )
    names = {"program": window.program.name, "season": window.season}
    opens = _event(window, "opens", window.opens_at, _("%(program)s, %(season)s: applications open") % names, at)
    closes = _event(window, "closes", window.closes_at, _("%(program)s, %(season)s: applications close") % names, at)
    reminder = Alarm()
    reminder.add("action", "DISPLAY")
    reminder.add("trigger", -REMIND)
    reminder.add("description", closes["summary"])
    closes.add_component(reminder)
    for event in (opens, closes):
        calendar.add_component(event)
    calendar.add_missing_timezones(
        first_date=window.opens_at.date() - timedelta(days=366), last_date=window.closes_at.date() + timedelta(days=366)
    )
    return calendar.to_ical()


def _event(window: Window, what: str, moment: datetime, summary: str, at: datetime) -> Event:
    """An event without length: the instant is all that matters, and it keeps nobody's day busy."""
    event = Event()
    event.add("uid", _uid(f"window-{window.pk}-{what}"))
    event.add("sequence", len(window.changes.all()))
    event.add("dtstamp", window.last_changed(at) or window.program.changed_at)
    # A local time that clocks show twice is the first of both to every calendar (RFC 5545), whichever was meant.
    event.add("dtstart", moment.astimezone(UTC if happens_twice(moment, window.zone) else window.zone))
    event.add("summary", one_line(summary))
    event.add("url", public_address(window.program.get_absolute_url()))
    event.add("transp", "TRANSPARENT")
    return event


def _uid(name: str) -> str:
    return f"{name}@{urlsplit(settings.SITE_URL).hostname}"
