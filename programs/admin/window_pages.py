"""What one can do to a window, each on a page of its own that confirms, asks why, and shows what the service refuses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs import services
from programs.admin.window_forms import ChangeForm, DetailsForm, ExtendForm, RescheduleForm, ResizeForm
from programs.models import Window, WindowChange
from programs.times import day, when

State = Window.State


@dataclass(frozen=True)
class Deed:
    """`name` is its place in addresses, `verb` what the button says, `tells` what follows from it."""

    name: str
    verb: Promise
    tells: Promise
    done: Promise
    service: Callable[..., Window]
    states: frozenset[str]
    form: type[ChangeForm] = ChangeForm


_ALWAYS = frozenset(State.values)
DEEDS = [
    Deed(
        "publish",
        gettext_lazy("Publish"),
        gettext_lazy(
            "Candidates see this window from the moment you confirm. It opens at its opening time, at once if that has come."
        ),
        gettext_lazy("The window is published."),
        services.publish,
        frozenset({State.DRAFT}),
    ),
    Deed(
        "open",
        gettext_lazy("Open now"),
        gettext_lazy("Candidates can send applications from the moment you confirm, until the closing time."),
        gettext_lazy("The window is open."),
        services.open_now,
        frozenset({State.SCHEDULED}),
    ),
    Deed(
        "close",
        gettext_lazy("Close now"),
        gettext_lazy(
            "Nobody can send or change an application from the moment you confirm. Drafts are kept for their writers to read."
        ),
        gettext_lazy("The window is closed."),
        services.close_now,
        frozenset({State.OPEN, State.FULL}),
    ),
    Deed(
        "extend",
        gettext_lazy("Extend"),
        gettext_lazy("The window closes later. One that has closed runs again."),
        gettext_lazy("The window closes later."),
        services.extend,
        frozenset({State.OPEN, State.FULL, State.CLOSED}),
        ExtendForm,
    ),
    Deed(
        "reschedule",
        gettext_lazy("Reschedule"),
        gettext_lazy("Both times move. That is possible until the window has opened."),
        gettext_lazy("The window has new times."),
        services.reschedule,
        frozenset({State.DRAFT, State.SCHEDULED}),
        RescheduleForm,
    ),
    Deed(
        "resize",
        gettext_lazy("Change capacity"),
        gettext_lazy("A full window opens again when it takes more; it never takes fewer than have come."),
        gettext_lazy("The window has a new capacity."),
        services.resize,
        _ALWAYS,
        ResizeForm,
    ),
    Deed(
        "edit",
        gettext_lazy("Edit details"),
        gettext_lazy("The season's name, the day by which candidates hear from us, and how applications are read."),
        gettext_lazy("The details are changed."),
        services.edit_details,
        _ALWAYS,
        DetailsForm,
    ),
]
BY_NAME = {deed.name: deed for deed in DEEDS}


def possible(window: Window, at: datetime) -> list[Deed]:
    """What can be done to the window as it is at the instant `at`."""
    state = window.state(at)
    return [deed for deed in DEEDS if state in deed.states]


@dataclass(frozen=True)
class Entry:
    """One line of a window's history, in words: `changes` are (what, from, to)."""

    change: WindowChange
    changes: list[tuple[str, str, str]]


def history(window: Window) -> list[Entry]:
    """What was done to the window, the latest first."""
    return [_entry(change, window) for change in window.changes.select_related("by")]


def _entry(change: WindowChange, window: Window) -> Entry:
    changed = [name for name in change.after if change.before.get(name) != change.after[name]]
    return Entry(
        change,
        [
            (
                str(Window._meta.get_field(name).verbose_name),
                _in_words(name, change.before[name], window) if name in change.before else "",
                _in_words(name, change.after[name], window),
            )
            for name in changed
        ],
    )


def _in_words(name: str, value: str | int | bool | None, window: Window) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "capacity":
        return _("no limit") if value is None else str(value)
    if name in ("opens_at", "closes_at"):
        return when(datetime.fromisoformat(value), window.zone)
    return day(date.fromisoformat(value)) if name == "decide_by" else str(value)
