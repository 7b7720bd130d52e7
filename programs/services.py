"""What recruiters do to programs' windows and requirements. Every function leaves a trace of who, when and why."""

from collections.abc import Callable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from programs.models import Program, Requirement, Window, WindowChange
from programs.times import when

_RECORDED = (
    *("season", "opens_at", "closes_at", "time_zone", "capacity", "decide_by"),
    *("published", "reviews_needed", "blind_reading"),
)


def _facts(window: Window) -> dict:
    """What a WindowChange keeps of a window, before and after."""
    values = {name: getattr(window, name) for name in _RECORDED}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}


def schedule_window(*, window: Window, by: User, reason: str = "", at: datetime | None = None) -> Window:
    """Saves a new window, as the admin's form filled it in.

    Raises ValidationError when it closes before it opens, overlaps another one of its program, repeats a season, or
    promises decisions for a day before it closes.
    """
    with transaction.atomic():
        Program.objects.select_for_update().get(pk=window.program_id)  # overlaps are judged one window at a time
        window.full_clean()
        window.save()
        WindowChange.objects.create(
            window=window,
            action=WindowChange.Action.CREATED,
            by=by,
            at=at or timezone.now(),
            reason=reason,
            after=_facts(window),
        )
    return window


def _change(
    window: Window, action: WindowChange.Action, *, by: User, reason: str, at: datetime | None, edit: Callable
) -> Window:
    """Applies `edit(window, now)` to the locked row and records it.

    The row is locked before the time is read: whoever got a place before has an earlier time than the one written here.
    """
    if not reason.strip():
        raise ValidationError(_("Say why, for those who read the window's history later."))
    with transaction.atomic():
        Program.objects.select_for_update().get(pk=window.program_id)
        window = Window.objects.select_for_update().select_related("program").get(pk=window.pk)
        before = _facts(window)
        now = at or timezone.now()
        edit(window, now)
        window.full_clean()
        window.save(update_fields=_RECORDED)
        WindowChange.objects.create(
            window=window, action=action, by=by, at=now, reason=reason.strip(), before=before, after=_facts(window)
        )
    return window


def _refuse_draft(window: Window) -> None:
    if not window.published:
        raise ValidationError(
            _("This window is not published, so it can be neither opened nor closed. Publish or reschedule it.")
        )


def publish(*, window: Window, by: User, reason: str, at: datetime | None = None) -> Window:
    """Shows a window to candidates: it opens at its time, at once when that has come.

    Raises ValidationError when it is published already, or when its closing is over.
    """

    def edit(window: Window, now: datetime) -> None:
        if window.published:
            raise ValidationError(_("This window is published already."))
        if window.closes_at <= now:
            raise ValidationError(
                _("Its closing time, %(time)s, is over, so nobody could apply. Reschedule it before you publish it.")
                % {"time": when(window.closes_at, window.zone)}
            )
        window.published = True

    return _change(window, WindowChange.Action.PUBLISHED, by=by, reason=reason, at=at, edit=edit)


def open_now(*, window: Window, by: User, reason: str, at: datetime | None = None) -> Window:
    """Opens a scheduled window at once. Raises ValidationError when it has opened already, or is not published."""

    def edit(window: Window, now: datetime) -> None:
        _refuse_draft(window)
        if window.state(now) != Window.State.SCHEDULED:
            raise ValidationError(
                _("This window opened on %(time)s already.") % {"time": when(window.opens_at, window.zone)}
            )
        window.opens_at = now

    return _change(window, WindowChange.Action.OPENED, by=by, reason=reason, at=at, edit=edit)


def close_now(*, window: Window, by: User, reason: str, at: datetime | None = None) -> Window:
    """Closes a running window at once. Raises ValidationError when it is closed, not open yet or not published."""

    def edit(window: Window, now: datetime) -> None:
        _refuse_draft(window)
        state = window.state(now)
        if state == Window.State.CLOSED:
            raise ValidationError(
                _("This window closed on %(time)s already.") % {"time": when(window.closes_at, window.zone)}
            )
        if state == Window.State.SCHEDULED:
            raise ValidationError(
                _("This window would close before it opens, on %(time)s. Reschedule it instead.")
                % {"time": when(window.opens_at, window.zone)}
            )
        window.closes_at = now

    return _change(window, WindowChange.Action.CLOSED, by=by, reason=reason, at=at, edit=edit)


def extend(
    *,
    window: Window,
    closes_at: datetime,
    decide_by: date | None = None,
    by: User,
    reason: str,
    at: datetime | None = None,
) -> Window:
    """Moves the closing time later, and the promised day where `decide_by` gives one; a closed window runs again.

    Raises ValidationError for a time that is not later, and for one that is after the promised day.
    """

    def edit(window: Window, now: datetime) -> None:
        _refuse_draft(window)
        if closes_at <= max(now, window.closes_at):
            raise ValidationError(
                _("An extension ends in the future and later than now set, %(time)s. To end sooner, close the window.")
                % {"time": when(window.closes_at, window.zone)}
            )
        window.closes_at, window.decide_by = closes_at, decide_by or window.decide_by

    return _change(window, WindowChange.Action.EXTENDED, by=by, reason=reason, at=at, edit=edit)


def reschedule(
    *,
    window: Window,
    opens_at: datetime,
    closes_at: datetime,
    decide_by: date | None = None,
    by: User,
    reason: str,
    at: datetime | None = None,
) -> Window:
    """Moves both times of a window that has not opened, and the promised day where `decide_by` gives one.

    Raises ValidationError when it has opened, or for an opening in the past; what is not published may have any times.
    """

    def edit(window: Window, now: datetime) -> None:
        state = window.state(now)
        if state not in (Window.State.SCHEDULED, Window.State.DRAFT):
            raise ValidationError(_("This window has opened: its opening time is history. Extend or close it."))
        if state == Window.State.SCHEDULED and opens_at <= now:
            raise ValidationError(_("The new opening time is in the past. To open at once, use “Open now”."))
        window.opens_at, window.closes_at, window.decide_by = opens_at, closes_at, decide_by or window.decide_by

    return _change(window, WindowChange.Action.RESCHEDULED, by=by, reason=reason, at=at, edit=edit)


def resize(*, window: Window, capacity: int | None, by: User, reason: str, at: datetime | None = None) -> Window:
    """Changes how many applications the window takes; None: no limit. Raises ValidationError below what is taken."""

    def edit(window: Window, now: datetime) -> None:
        if capacity is not None and capacity < window.taken:
            raise ValidationError(
                _("%(taken)d places are taken already, so the capacity cannot be %(capacity)d.")
                % {"taken": window.taken, "capacity": capacity}
            )
        window.capacity = capacity

    return _change(window, WindowChange.Action.RESIZED, by=by, reason=reason, at=at, edit=edit)


def edit_details(
    *,
    window: Window,
    season: str,
    decide_by: date,
    reviews_needed: int,
    blind_reading: bool,
    by: User,
    reason: str,
    at: datetime | None = None,
) -> Window:
    """Changes the season's name, the promised day, and how applications are read.

    Raises ValidationError for a season that the program has, and for a promise before the closing day.
    """

    def edit(window: Window, now: datetime) -> None:
        window.season, window.decide_by = season, decide_by
        window.reviews_needed, window.blind_reading = reviews_needed, blind_reading

    return _change(window, WindowChange.Action.EDITED, by=by, reason=reason, at=at, edit=edit)


def save_requirement(*, requirement: Requirement, at: datetime | None = None) -> Requirement:
    """Saves a new or edited requirement; drafts begun before are told that what is asked has changed."""
    requirement.changed_at = at or timezone.now()
    requirement.save()
    return requirement
