"""Instants and zones: how a local time that someone typed becomes an instant, and how an instant is told to people."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import format_date, format_skeleton, get_day_names, get_month_names, get_timezone_name
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from programs.models import Window


def _locale() -> str:
    return _locale_of(get_language() or "en")


_locale_of = cache(to_locale)


def zone_choices() -> list[tuple[str, str]]:
    """Every IANA zone that has a place in it, for a select box."""
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name]


def validate_zone(name: str) -> None:
    """Raises ValidationError unless `name` is an IANA time zone such as America/Los_Angeles."""
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Use one such as America/Los_Angeles."), params={"name": name}
        )


def happens_twice(at: datetime, zone: ZoneInfo) -> bool:
    """Whether clocks in `zone` show the local time of the instant `at` once more, since they are set back that night."""
    return _is_shown_twice(at.astimezone(zone))


def _is_shown_twice(local: datetime) -> bool:
    return local.replace(fold=1 - local.fold).utcoffset() != local.utcoffset()


def zone_name(zone: ZoneInfo, at: datetime) -> str:
    """The zone's name in words: “Pacific Time” for America/Los_Angeles. Where clocks show the time of `at` twice, it says
    which one is meant: “Pacific Standard Time”.
    """
    return _zone_at(at.astimezone(zone), zone, _locale())


def _zone_at(local: datetime, zone: ZoneInfo, locale: str) -> str:
    if zone.key == "UTC":  # for which the locales have no name
        return "UTC"
    variant = "generic"
    if _is_shown_twice(local):
        variant = "daylight" if local.dst() else "standard"
    return _zone_name(zone, "long", variant, locale) or local.tzname()


@cache  # of what the locale has; there are as many as zones that windows are announced in
def _zone_name(zone: ZoneInfo, width: str, variant: str, locale: str) -> str:
    return get_timezone_name(zone, width=width, zone_variant=variant, locale=locale)


def usual_zone(windows: "Iterable[Window]") -> ZoneInfo:
    """The zone in which most of `windows` are announced, UTC where there is none: in it, days are counted for them all."""
    names = Counter(window.time_zone for window in windows)
    return ZoneInfo(max(names, key=lambda name: (names[name], name), default="UTC"))


def when(at: datetime, zone: ZoneInfo) -> str:
    """An instant for people, in `zone` and with its name: “Friday 12 February 2027, 23:59 Pacific Time”."""
    return when_both_ways(at, zone)[0]


def when_both_ways(at: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """The same as when() tells it, and where there is little room: “12 Feb 2027, 23:59 PT”."""
    local, locale = at.astimezone(zone), _locale()
    names, clock = _names(locale), f"{local.hour:02}:{local.minute:02}"
    long_day = f"{names.days[local.weekday()]} {local.day} {names.months[local.month]} {local.year}"
    short_day = f"{local.day} {names.short_months[local.month]} {local.year}"
    short_zone = _zone_name(zone, "short", "generic", locale)
    return f"{long_day}, {clock} {_zone_at(local, zone, locale)}", f"{short_day}, {clock} {short_zone}"


@dataclass(frozen=True)
class _Names:
    """How a locale calls days by number (Monday is 0) and months (January is 1)."""

    days: Mapping[int, str]
    months: Mapping[int, str]
    short_months: Mapping[int, str]


@cache  # lists of applications tell a hundred instants, and Babel looks into the locale for each part of each
def _names(locale: str) -> _Names:
    months, short = (dict(get_month_names(width, locale=locale)) for width in ("wide", "abbreviated"))
    return _Names(dict(get_day_names("wide", locale=locale)), months, short)


def day(value: date) -> str:
    """A day for people: “1 March 2027”."""
    return format_date(value, "d MMMM y", locale=_locale())


def span(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """Two instants as days in `zone`, where there is little room: “9 Nov – 27 Dec 2026”."""
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    pattern = "d MMM" if first.year == last.year else "d MMM y"
    return f"{format_date(first, pattern, locale=_locale())} – {format_date(last, 'd MMM y', locale=_locale())}"


def short_day(value: date) -> str:
    """A day where there is little room: “Mar 1”."""
    return format_skeleton("MMMd", value, locale=_locale())


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The one instant (in UTC) at which clocks in `zone` show the naive `local` time.

    Raises ValidationError for a time that clocks skip or show twice when summer time begins or ends:
    make_aware() would accept both silently.
    """
    first, second = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    if first.utcoffset() != second.utcoffset():
        skipped = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local
        problem = _("is skipped") if skipped else _("happens twice")
        raise ValidationError(
            _(
                "%(local)s %(problem)s in %(zone)s, where clocks change that day. Choose a time an hour earlier or later."
            ),
            params={"local": local.strftime("%Y-%m-%d %H:%M"), "problem": problem, "zone": zone.key},
        )
    return first.astimezone(UTC)
