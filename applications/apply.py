"""The page on which a candidate fills in, saves and sends. Every post saves first, valid or not, then does what was asked."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.staff import has_admin_access
from accounts.statements import Statement
from applications import autosave, resume, typed
from applications.both import both_page
from applications.carry_over import earlier_for, first_draft, labels_of, told_in
from applications.differences import names_to_keep, with_saved
from applications.documents import Upload, in_draft, receive, text_of, why_not_kept
from applications.drafts import DraftChanged, NotEditable, note_saved, save_draft
from applications.edits import edit_by
from applications.form import ApplicationForm, Draft
from applications.form_page import form_page, why_shut
from applications.inspection import Unreadable
from applications.models import Answer, Application, Document, Extension
from applications.posted import number, seen_version
from applications.services import Incomplete, NotSent, SentAlready, submit
from applications.workflow import Status
from programs.kinds import Known
from programs.models import Program, Window
from programs.qualify import recall
from programs.times import day

_SAVE, _SEND, _REMOVE = "save", "send", "remove-document"
_USE = "use"  # what a file offers
_LEAVE_SAVED = "leave-saved"  # of two versions, the one that is saved stays as it is

# What pages and posts of the form ask for each time.
_PUBLISHED = Window.objects.published().filter(program__published=True)
_WINDOWS = Statement(lambda reader, slug: Extension.beside(_PUBLISHED.filter(program__slug=slug), reader))
_SAVED = Statement(lambda candidate, window: Application.objects.filter(candidate=candidate, window=window))
_FILES = Statement(lambda application: Document.objects.filter(application=application, in_draft=True).only("sha256"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """The application form of a program's window."""
    if not request.user.is_authenticated:
        return _signed_out(request, slug)
    at = timezone.now()
    window = _window(_WINDOWS.rows(request.user.pk, slug), number(request.POST, "window"), at)
    if window is None:
        return redirect(get_object_or_404(Program, published=True, slug=slug))
    if request.method == "POST":
        return _post(request, window, at)
    application = _saved(request.user, window)
    if window.state(at) == Window.State.SCHEDULED:
        return redirect(window.program)
    if application and not application.can_edit(at):
        return redirect(application)
    waiting = typed.waiting(request, window)
    if waiting:
        form = ApplicationForm(window=window, draft=waiting.draft, documents=in_draft(application), lenient=False)
        notice = _(
            "You are back, and what you typed is here. Check that it is saved before you go on. A file that you had "
            "just chosen has to be chosen again."
        )
        return form_page(
            request, window, application, form, at, notice=notice, unsaved=True, version=waiting.seen_version
        )
    if application is None and window.state(at) != Window.State.OPEN:
        return form_page(request, window, None, ApplicationForm(window=window, draft={}), at, read_only=True)
    known = recall(request.session, at=at)
    # A file that was uploaded before anything was saved makes an application whose draft is empty.
    draft = application and application.draft
    draft = draft or first_draft(window=window, name=request.user.name, known=known)
    form = ApplicationForm(window=window, draft=draft, documents=in_draft(application), lenient=False)
    # After a send that was refused, and whenever somebody asks, the saved answers are judged as sending judges them.
    checked = "check" in request.GET and application is not None
    before = _told_before(request.user, form, application, known)
    notice = _what_changed(application)
    return form_page(request, window, application, form, at, notice=notice, before=before, checked=checked)


def _window(known: Iterable[Window], named: int, at: datetime) -> Window | None:
    """Of the `known` windows of one program that of the id for which the form was made, else the one that matters now; as
    the reader has it."""
    windows = Extension.applied(known)
    return windows.get(named) or next((one.program.window_at(at, windows.values()) for one in windows.values()), None)


def _saved(candidate: User, window: Window) -> Application | None:
    """What the candidate has sent or saved for `window`."""
    application = _SAVED.first(candidate.pk, window.pk)
    if application:
        application.window = window
    return application


def _told_before(user: User, form: ApplicationForm, application: Application | None, known: Known) -> dict:
    """What the page says of answers given before: those of “Where do I qualify?” in it, and an earlier application's."""
    if application and application.status != Status.DRAFT:
        return {}
    told = labels_of(form, told_in(form, known).keys())
    return {"told": told, "earlier": None if application else earlier_for(form, candidate=user)}


def _what_changed(application: Application | None) -> str:
    """Tells a draft that what is asked has been edited since it was saved."""
    if application and any(
        requirement.changed_at > application.draft_saved_at for requirement in application.program.active_requirements()
    ):
        return _(
            "What this program asks has changed since you last saved. Look through your answers before you send them."
        )
    return ""


def _signed_out(request: HttpRequest, slug: str) -> HttpResponse:
    """To the door and back; what was posted waits meanwhile."""
    if request.POST.get("action") == autosave.ACTION:
        return autosave.signed_out()
    if request.method == "POST":
        typed.keep(request, slug)
    return redirect_to_login(request.get_full_path())


def _post(request: HttpRequest, window: Window, at: datetime) -> HttpResponse:
    """Saves, then does what was asked. What is saved already, save_draft() reads and locks; before it, only few ask."""
    action, _colon, target = request.POST.get("action", _SAVE).partition(":")
    if action == _LEAVE_SAVED:
        typed.forget(request, window)
        return redirect(window.program.apply_url)
    posted = dict(request.POST.lists())
    blank = ApplicationForm(window=window, draft=posted)
    if typed.is_of_another(request):
        why = _("This page belongs to another account than the one that is signed in now.")
        return _refused(request, window, None, blank, at, why)
    edit = edit_by(blank, action, target)
    draft = blank.select({**posted, **edit.changes})
    if kept := names_to_keep(request.POST):
        saved = _saved(request.user, window)
        draft = with_saved(draft, saved.draft if saved else {}, kept)
    if action == _USE:
        draft = _use_suggestions(request, _saved(request.user, window), blank, draft, target)
    uploads, refused = _receive(request, blank)
    removed = [
        section.requirement.pk
        for section in blank.requirements
        if f"{_REMOVE}:{section.requirement.pk}" == request.POST.get("action")
    ]
    try:
        application = save_draft(
            candidate=request.user,
            window=window,
            draft=draft,
            uploads=uploads,
            removed=removed,
            seen_version=seen_version(request.POST),
            sending=action == _SEND and not refused,
            at=at,
        )
    except NotEditable as error:
        return _refused(request, window, _saved(request.user, window), blank, at, str(error))
    except DraftChanged as error:
        if action == autosave.ACTION:
            return autosave.changed(error.application, at)
        return both_page(request, error.application, draft, at)
    typed.forget(request, window)
    if action == autosave.ACTION:
        return autosave.saved(application, why_shut(window, application, at), at)
    if refused:
        form = ApplicationForm(window=window, draft=draft, documents=in_draft(application), lenient=False)
        return form_page(request, window, application, form, at, refused=refused)
    if action == _SEND:
        return _send(request, application, max(number(request.POST, "revision"), 0), at)
    focus = f"requirement-{target}" if action == _REMOVE else edit.focus
    return redirect(f"{window.program.apply_url}#{focus}" if focus else window.program.apply_url)


def _use_suggestions(
    request: HttpRequest, application: Application | None, form: ApplicationForm, draft: Draft, requirement_id: str
) -> Draft:
    """The draft with what was ticked among the offers of a file; tells what was filled in."""
    texts = [text_of(kept) for pk, kept in in_draft(application).items() if str(pk) == requirement_id]
    offered = resume.suggestions(texts[0], form) if texts else []
    draft, filled = resume.use(draft, offered, request.POST.getlist(f"use-{requirement_id}"))
    if filled:
        told = _("Filled in from your file: %(fields)s. Look it through before you send.")
        messages.success(request, told % {"fields": ", ".join(filled)})
    else:
        messages.warning(request, _("Nothing was filled in. Tick what you want to use; only empty fields are filled."))
    return draft


def _refused(
    request: HttpRequest, window: Window, application: Application | None, form: ApplicationForm, at: datetime, why: str
) -> HttpResponse:
    """Nothing typed is lost: it stays on the page or comes back with it, though it can be neither saved nor sent."""
    if request.POST.get("action") == autosave.ACTION:
        return autosave.refused(why)
    return form_page(request, window, application, form, at, notice=why, can_send=False, unsaved=True)


def _receive(request: HttpRequest, form: ApplicationForm) -> tuple[list[Upload], dict[int, str]]:
    """The files of this post that can be kept, and for each of the others why not, by the requirement's id."""
    uploads, refused = [], {}
    for section in form.requirements:
        file = request.FILES.get(section.form.add_prefix("file")) if section.is_document else None
        if file is None:
            continue
        try:
            uploads.append(receive(section.requirement, file))
        except (Unreadable, OSError) as error:
            refused[section.requirement.pk] = why_not_kept(error)
    return uploads, refused


def _send(request: HttpRequest, application: Application, revision: int, at: datetime) -> HttpResponse:
    """Always ends in a redirect, so that reloading and the back button post nothing again."""
    try:
        submit(application=application, revision=revision, at=at)
    except NotSent as error:
        note_saved(application)
        return _not_sent(request, application, error)
    sentence = _("Your application is in. We'll write by %(day)s.")
    messages.success(request, sentence % {"day": day(application.window.decide_by)})
    return redirect(application)


def _not_sent(request: HttpRequest, application: Application, error: NotSent) -> HttpResponse:
    """Why it was not sent is told on the form, or on the page of what was sent before."""
    form_url = application.program.apply_url
    if isinstance(error, Incomplete):
        return redirect(f"{form_url}?check#missing")
    if isinstance(error, SentAlready):
        application.refresh_from_db(fields=["status", "sent", "draft"])
        if not has_unsent_changes(application):
            return redirect(application)
        kept = _("%(reason)s What you typed here is saved as changes that are not sent yet.")
        messages.warning(request, kept % {"reason": error})
    else:
        messages.warning(request, str(error))
    return redirect(form_url)


def has_unsent_changes(application: Application, answers: Iterable[Answer] | None = None) -> bool:
    """Whether the working copy of a sent application differs from what was sent, files included.

    `answers` are those that were sent, with their documents, for who has read them already.
    """
    if application.status != Status.SUBMITTED:
        return False
    if application.draft != application.sent:
        return True
    if answers is None:
        answers = application.answers.select_related("document")
    sent_files = {answer.document.sha256 for answer in answers if answer.document}
    return sent_files != {document.sha256 for document in _FILES.rows(application.pk)}


def runs(request: HttpRequest, program: Program) -> bool:
    """Whether the reader decides in `program` and has shown what the admin asks of staff, a second factor included."""
    return has_admin_access(request) and program.is_run_by(request.user)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD"])
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of a program as candidates will see it, for its recruiters, whatever the state of its windows."""
    program = get_object_or_404(Program, slug=slug)
    if not runs(request, program):
        raise Http404
    at = timezone.now()
    known = Extension.beside(program.windows.all(), request.user.pk)
    window = _window(known, number(request.GET, "window"), at) or Window(
        program=program, opens_at=at, closes_at=at, decide_by=at.date()
    )
    return form_page(request, window, None, ApplicationForm(window=window, draft={}), at, preview=True)
