"""The public pages: the board of programs, and one page for each."""

from collections import defaultdict
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_safe

from accounts.statements import Statement
from programs.adverts import job_posting
from programs.cards import home_card, program_card
from programs.follow_views import is_following
from programs.models import Office, Program, Window

_ON_BOARD = (
    "name",
    "slug",
    "summary",
    "hue",
    "picture",
    "picture_width",
    "picture_height",
    "picture_waits",
    "picture_alt",
)
_PROGRAMS = Statement(lambda: Program.objects.filter(published=True).only(*_ON_BOARD))
# Those of hidden programs, too: to leave them out takes a join that costs more than these few rows.
_WINDOWS = Statement(lambda: Window.objects.published().order_by())
# An office comes once for each of its programs.
_OFFICES = Statement(lambda: Office.objects.annotate(program_id=F("programs")).only("name", "slug"))
_PROGRAM = Statement(lambda slug: Program.objects.filter(published=True, slug=slug))
_WINDOWS_OF = Statement(lambda pk: Window.objects.published().filter(program=pk).order_by())

_STATES = [Window.State.OPEN, Window.State.SCHEDULED, Window.State.FULL, Window.State.CLOSED]


def _board(at: datetime) -> list[Program]:
    """The published programs with the names of their offices by slug, as `office_names`, and with the window that matters
    now, as `current_window` and `state`.

    Rows are put together here: prefetching makes a manager and a queryset for each program, which was a third of the page.
    """
    programs, names, windows = _PROGRAMS.rows(), defaultdict(dict), defaultdict(list)
    for office in _OFFICES.rows():
        names[office.program_id][office.slug] = office.name
    for window in _WINDOWS.rows():
        windows[window.program_id].append(window)
    for program in programs:
        program.office_names = names[program.pk]
        program.current_window = program.window_at(at, windows[program.pk])
        program.state = program.current_window.state(at) if program.current_window else Window.State.CLOSED
    return programs


def _chips(name: str, choices: list[tuple[str, str]], chosen: dict[str, str]) -> list[dict]:
    """Links that choose one value of the filter `name` and keep the other filter; the chosen one takes itself off."""
    chips, home = [], reverse("home")
    for value, label in choices:
        active = chosen.get(name) == value
        query = {key: kept for key, kept in chosen.items() if key != name} | ({} if active else {name: value})
        chips.append(
            {
                "label": label,
                "active": active,
                "url": f"{home}?{urlencode(query)}" if query else home,
            }
        )
    return chips


@require_safe
@gzip_page
@conditional_page
def home(request: HttpRequest) -> HttpResponse:
    """What can be applied for today, then what opens soon, then the rest."""
    board = _board(timezone.now())
    offices = {slug: name for program in board for slug, name in program.office_names.items()}
    known = {"office": set(offices), "state": set(_STATES)}
    chosen = {name: request.GET[name] for name, values in known.items() if request.GET.get(name) in values}
    shown = [
        program
        for program in board
        if chosen.get("state", program.state) == program.state
        and ("office" not in chosen or chosen["office"] in program.office_names)
    ]
    context = {
        "open_programs": [program for program in shown if program.state == Window.State.OPEN],
        "soon_programs": [program for program in shown if program.state == Window.State.SCHEDULED],
        "other_programs": [
            program for state in (Window.State.FULL, Window.State.CLOSED) for program in shown if program.state == state
        ],
        "chips_office": _chips("office", sorted(offices.items()), chosen),
        "chips_state": _chips("state", [(state.value, state.label) for state in _STATES], chosen),
        "filtered": bool(chosen),
        "card": home_card(),
    }
    return render(request, "programs/home.html", context)


@require_safe
@gzip_page
@conditional_page
def program(request: HttpRequest, slug: str) -> HttpResponse:
    """One program: what one does, what is asked, the window, and where to apply."""
    found = _PROGRAM.first(slug)
    if found is None:
        raise Http404
    asked = found.active_requirements()
    at = timezone.now()
    window = found.window_at(at, _WINDOWS_OF.rows(found.pk))
    can_apply = bool(window) and window.state(at) == Window.State.OPEN
    context = {
        "program": found,
        "window": window,
        "state": window.state(at) if window else Window.State.CLOSED,
        "mandatory": [requirement for requirement in asked if requirement.mandatory],
        "preferred": [requirement for requirement in asked if not requirement.mandatory],
        "can_apply": can_apply,
        "apply_url": found.apply_url,
        "following": is_following(request, found),
        "title": _("%(program)s internship") % {"program": found.name},
        "card": program_card(found),
        "job_posting": job_posting(found, window, asked) if can_apply else None,
    }
    return render(request, "programs/program.html", context)
