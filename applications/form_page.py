"""The form as a page: what it shows of the draft, its judgement, its saving and its window."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from applications import autosave, typed
from applications.drafts import shut_sentence
from applications.form import ApplicationForm
from applications.models import Application
from applications.progress import progress_of
from applications.resume import add_suggestions
from applications.workflow import Status
from programs.models import Window


def form_page(
    request: HttpRequest,
    window: Window,
    application: Application | None,
    form: ApplicationForm,
    at: datetime,
    *,
    notice: str = "",
    before: dict | None = None,
    checked: bool = False,
    refused: dict[int, str] | None = None,
    can_send: bool = True,
    read_only: bool = False,
    preview: bool = False,
    unsaved: bool = False,
    version: int | None = None,
) -> HttpResponse:
    """The application form of `window` as it is at the instant `at`; `application` None: nothing is saved yet.

    `before` is what was told before (_before.html); with `checked`, empty fields are told too; `refused` is, by the
    requirement's id, why a file was not kept. `unsaved`: what the form shows is not on the server; `version`: of which
    saved draft that is a change.
    """
    add_suggestions(form)
    shut = "" if preview else why_shut(window, application, at)
    can_send = can_send and not shut and not preview
    if version is None and application:
        version = application.draft_version
    context = {
        "program": window.program,
        "window": window,
        "state": window.state(at),
        "application": application,
        "form": form,
        **_judged(form, checked=checked, refused=refused or {}, can_send=can_send),
        "revision": application.revision if application else 0,
        "draft_version": version or 0,
        "owner": typed.mark(request),
        "closes_in": int((window.closes_at - at).total_seconds()),
        "notice": notice or shut,
        "before": before or {},
        "changing": bool(application and application.status == Status.SUBMITTED),
        "preview": preview,
        "read_only": read_only,
        "can_send": can_send,
        **autosave.at_opening(application, at, unsaved=unsaved),
    }
    return render(request, "applications/apply.html", context)


def why_shut(window: Window, application: Application | None, at: datetime) -> str:
    """Why nothing can be sent to `window` at the instant `at`; empty while it can be."""
    state = window.state(at)
    has_place = bool(application and application.submitted_at)
    if state == Window.State.OPEN or (state == Window.State.FULL and has_place):
        return ""
    return shut_sentence(window, state, kept=application is not None)


def _judged(form: ApplicationForm, *, checked: bool, refused: dict[int, str], can_send: bool) -> dict:
    """What the page tells of a strict form; a lenient one, which nobody can send, is only shown."""
    if form.lenient:
        return {"checked": False}
    form.is_valid()
    progress = progress_of(form)
    if not checked:
        form.soften()
    for requirement_id, reason in refused.items():
        form.refuse_upload(requirement_id, reason)
    missing = bool(form.missing)
    return {
        "checked": checked and missing,
        "told_missing": missing and (checked or bool(refused)),
        "progress": progress if can_send else None,
    }
