"""The page that shows what was typed here beside what another tab or device saved meanwhile."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from applications import autosave, typed
from applications.differences import differences, posted_again
from applications.form import Draft
from applications.models import Application


def both_page(request: HttpRequest, application: Application, draft: Draft, at: datetime) -> HttpResponse:
    """For a post that saved nothing: `draft` is what it held, `application` has what is saved. One chooses and posts again."""
    context = {
        "program": application.program,
        "window": application.window,
        "changed": autosave.changed_line(application, at),
        "saved_at": autosave.clock(application.draft_saved_at, application.window.zone, at),
        "differences": differences(application.window, draft, application.draft),
        "hidden": posted_again(draft, application.draft),
        "version": application.draft_version,
        "revision": application.revision,
        "owner": typed.mark(request),
        "chose_a_file": bool(request.FILES),
    }
    return render(request, "applications/both.html", context, status=409)
