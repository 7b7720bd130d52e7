"""What the form's page says about saving, and what it is answered when it saves by itself: a state, a line for people,
and the words of the button beside it. That button always posts the whole form; what it leads to depends on the state."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django.http import JsonResponse
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from applications.models import Application

ACTION = "autosave"  # the value of the field "action" with which the page saves by itself


def at_opening(application: Application | None, at: datetime, *, unsaved: bool) -> dict[str, str]:
    """The state and the line with which the form opens; `unsaved`: what it shows is not on the server."""
    if unsaved:
        return {"saved_state": "not-saved", "saved_line": _("Not saved yet")}
    if application is None:
        return {"saved_state": "none", "saved_line": _("Not saved yet")}
    return {"saved_state": "saved", "saved_line": saved_line(application, at)}


def saved_line(application: Application, at: datetime) -> str:
    """“Saved 14:03 PST”, or “Saved on 3 March”: the bar of a phone has no room for both."""
    instant, zone = application.draft_saved_at, application.window.zone
    if _is_another_day(instant, zone, at):
        return _("Saved on %(day)s") % {"day": _day(instant.astimezone(zone))}
    return _("Saved %(time)s") % {"time": clock(instant, zone, at)}


def changed_line(application: Application, at: datetime) -> str:
    """Why the draft in a tab is not the one that is saved."""
    time = clock(application.draft_saved_at, application.window.zone, at)
    return _("This was changed in another tab or device at %(time)s.") % {"time": time}


def clock(instant: datetime, zone: ZoneInfo, at: datetime) -> str:
    """The time of `instant` in `zone`, for who reads it at `at`: “14:03 PST”, or “14:03 PST, 3 March” on another day."""
    local = instant.astimezone(zone)
    locale = to_locale(get_language() or "en")
    time = f"{format_datetime(local, 'HH:mm', locale=locale)}\N{NO-BREAK SPACE}{local.tzname()}"
    return f"{time}, {_day(local)}" if _is_another_day(instant, zone, at) else time


def _is_another_day(instant: datetime, zone: ZoneInfo, at: datetime) -> bool:
    return instant.astimezone(zone).date() != at.astimezone(zone).date()


def _day(local: datetime) -> str:
    return format_datetime(local, "d MMMM", locale=to_locale(get_language() or "en"))


def saved(application: Application, shut: str, at: datetime) -> JsonResponse:
    """It is on the server. `shut`: why it can't be sent any more, where that is so."""
    line = saved_line(application, at)
    return JsonResponse(
        {
            "state": "not-open" if shut else "saved",
            "line": f"{line}. {shut}" if shut else line,
            "button": _("Save"),
            "version": application.draft_version,
        }
    )


def changed(application: Application, at: datetime) -> JsonResponse:
    """Another tab or device was there first; the page posts itself to see both."""
    line = _("Not saved. %(why)s") % {"why": changed_line(application, at)}
    return JsonResponse({"state": "not-taken", "line": line, "button": _("Look at both")}, status=409)


def refused(why: str) -> JsonResponse:
    """Nothing can be saved here any more."""
    line = _("Not saved. %(why)s") % {"why": why}
    return JsonResponse({"state": "not-taken", "line": line, "button": _("Save")}, status=409)


def signed_out() -> JsonResponse:
    """The session is over; the page posts itself to be signed in again, and comes back filled in."""
    line = _("Not saved: you are signed out. It is kept here until you sign in again.")
    return JsonResponse({"state": "not-signed-in", "line": line, "button": _("Sign in again")}, status=401)


def away() -> JsonResponse:
    """The database is away for a moment; the page sends the same answers again soon."""
    line = _("Not saved yet: our database is away for a moment. It is kept here and sent again soon.")
    return JsonResponse({"state": "not-reached", "line": line, "button": _("Save")}, status=503)
