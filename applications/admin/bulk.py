"""The same decision for many applications: a page that says what will happen to each, then a report of what did."""

from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import letter_texts, workflow
from applications.admin.decide import NoteForm
from applications.decisions import decide_many
from applications.letter_texts import LetterText
from applications.models import Application
from applications.workflow import Actor, Status, Transition
from programs.admin.pages import page

# One request does them all, and a person should be able to look through them.
MOST_ROWS = 500
# An offer has terms of its own for everybody, so it is made one by one.
TRANSITIONS = [row for row in workflow.TRANSITIONS if row.actor == Actor.RECRUITER and row.target != Status.OFFER]


@dataclass(frozen=True)
class Row:
    """One application on the confirmation page; `letter` is None where nothing is done or sent."""

    application: Application
    status_label: str
    possible: bool
    letter: LetterText | None


def confirm(
    model_admin: admin.ModelAdmin, request: HttpRequest, transition: Transition, queryset: QuerySet
) -> HttpResponse:
    """The page before: every row, whether it will be done, and the very letter that it gets."""
    chosen = list(queryset.prefetch_related(letter_texts.WORDS)[: MOST_ROWS + 1])
    if len(chosen) > MOST_ROWS:
        messages.warning(
            request, _("Nothing was done: choose at most %(most)d applications at once.") % {"most": MOST_ROWS}
        )
        return redirect(request.get_full_path())
    rows = [_row(application, transition) for application in chosen if _may(model_admin, request, application)]
    doable = sum(row.possible for row in rows)
    context = {
        "title": ngettext("%(verb)s: %(count)d application", "%(verb)s: %(count)d applications", doable)
        % {"verb": transition.verb, "count": doable},
        "transition": transition,
        "target_label": transition.target.label,
        "rows": rows,
        "doable": doable,
        "sample": next((row for row in rows if row.letter), None),
        "note": NoteForm(),
    }
    return page(model_admin, request, "admin/applications/application/bulk.html", **context)


def _may(model_admin: admin.ModelAdmin, request: HttpRequest, application: Application) -> bool:
    return model_admin.has_decide_permission(request, application)


def _row(application: Application, transition: Transition) -> Row:
    possible = application.status in transition.sources
    writes = possible and transition.writes
    letter = letter_texts.compose(application, transition.action) if writes else None
    return Row(application, Status(application.status).label, possible, letter)


def apply(model_admin: admin.ModelAdmin, request: HttpRequest, action: str) -> HttpResponse:
    """Takes the transition row by row, and reports row by row. Only what the confirmation page showed is done."""
    transition = next((row for row in TRANSITIONS if row.action == action), None)
    if transition is None:
        raise Http404
    if not model_admin.has_decide_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return redirect("admin:applications_application_changelist")
    note = NoteForm(request.POST)
    if not note.is_valid():
        messages.error(request, " ".join([_("Nothing was done."), *note.errors.get("note", [])]))
        return redirect("admin:applications_application_changelist")
    seen = _seen(request)
    applications = [
        application
        for application in model_admin.get_queryset(request).filter(pk__in=seen)
        if _may(model_admin, request, application)
    ]
    outcomes = decide_many(
        applications=applications, seen=seen, action=action, by=request.user, note=note.cleaned_data["note"]
    )
    context = {
        "title": _("%(verb)s: what was done") % {"verb": transition.verb},
        "target_label": transition.target.label,
        "transition": transition,
        "done": [outcome.application for outcome in outcomes if not outcome.problem],
        "refused": [outcome for outcome in outcomes if outcome.problem],
    }
    return page(model_admin, request, "admin/applications/application/report.html", **context)


def _seen(request: HttpRequest) -> dict[int, str]:
    """The status that the confirmation page showed, by the application's id; nonsense is left out."""
    pairs = [value.partition(":") for value in request.POST.getlist("seen")[:MOST_ROWS]]
    return {int(pk): status for pk, _colon, status in pairs if pk.isascii() and pk.isdigit() and len(pk) < 19}
