"""The page on which a candidate fills in, saves and sends. Every post saves first, valid or not, then does what was asked."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.staff import has_admin_access
from applications.documents import Upload, in_draft, receive
from applications.form import ApplicationForm, Draft
from applications.inspection import Unreadable
from applications.models import Application, Extension
from applications.services import Incomplete, NotEditable, NotSent, SentAlready, save_draft, shut_sentence, submit
from applications.workflow import Status
from programs.models import Program, Window
from programs.times import day

_SAVE, _SEND, _ADD, _REMOVE = "save", "send", "add", "remove-document"


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """The application form of a program's window."""
    at = timezone.now()
    program = get_object_or_404(Program.objects.with_pages().filter(published=True), slug=slug)
    known = [window for window in program.windows.all() if window.published]
    window = _window(program, known, request.user, _number(request.POST, "window"), at)
    if window is None:
        return redirect(program)
    application = Application.objects.filter(candidate=request.user, window=window).first()
    if application:
        application.window = window
    if request.method == "POST":
        return _post(request, window, application, at)
    if window.state(at) == Window.State.SCHEDULED:
        return redirect(program)
    if application and not application.can_edit(at):
        return redirect(application)
    if application is None and window.state(at) != Window.State.OPEN:
        return _page(request, window, None, ApplicationForm(window=window, draft={}), at, read_only=True)
    draft = application.draft if application else _first_draft(request.user)
    # After a send that was refused, and whenever somebody asks, the saved answers are judged as sending judges them.
    lenient = "check" not in request.GET or application is None
    form = ApplicationForm(window=window, draft=draft, documents=in_draft(application), lenient=lenient)
    if not lenient:
        form.is_valid()
    return _page(request, window, application, form, at, notice=_what_changed(application))


def _window(program: Program, known: Iterable[Window], reader: User, named: int, at: datetime) -> Window | None:
    """Of the `known` windows that of the id for which the form was made, else the one that matters now; as the reader has it."""
    windows = Extension.objects.windows_of(reader, known)
    window = windows.get(named) or program.window_at(at, windows.values())
    if window:
        window.program = program
    return window


def _first_draft(user: User) -> Draft:
    return {"about-full_name": [user.name]}


def _what_changed(application: Application | None) -> str:
    """Tells a draft that what is asked has been edited since it was saved."""
    if application and any(
        requirement.changed_at > application.draft_saved_at for requirement in application.program.active_requirements()
    ):
        return _(
            "What this program asks has changed since you last saved. Look through your answers before you send them."
        )
    return ""


def _post(request: HttpRequest, window: Window, application: Application | None, at: datetime) -> HttpResponse:
    action, _colon, target = request.POST.get("action", _SAVE).partition(":")
    posted = dict(request.POST.lists())
    if action == _ADD:
        _add_row(posted, target)
    blank = ApplicationForm(window=window, draft=posted)
    draft = blank.select(posted)
    uploads, refused = _receive(request, blank)
    removed = [
        section.requirement.pk
        for section in blank.requirements
        if f"{_REMOVE}:{section.requirement.pk}" == request.POST.get("action")
    ]
    try:
        application = save_draft(
            candidate=request.user, window=window, draft=draft, uploads=uploads, removed=removed, at=at
        )
    except NotEditable as error:
        # Nothing typed is lost: the page comes back with it, though it can be neither saved nor sent.
        return _page(request, window, application, blank, at, notice=str(error), can_send=False)
    if refused:
        form = ApplicationForm(window=window, draft=draft, documents=in_draft(application))
        for requirement_id, reason in refused.items():
            form.refuse_upload(requirement_id, reason)
        return _page(request, window, application, form, at)
    if action == _SEND:
        return _send(request, application, max(_number(request.POST, "revision"), 0), at)
    anchor = f"#requirement-{target}" if action in (_ADD, _REMOVE) else ""
    return redirect(f"{window.program.apply_url}{anchor}")


def _number(values: QueryDict, name: str) -> int:
    """A number that a browser sent; -1, which never matches anything, for what is none."""
    posted = values.get(name, "")
    return int(posted) if posted.isascii() and posted.isdigit() and len(posted) < 19 else -1


def _add_row(posted: dict[str, list[str]], requirement_id: str) -> None:
    name = f"r{requirement_id}-rows-count"
    count = posted.get(name, ["1"])[-1] or "1"
    if count.isascii() and count.isdigit() and len(count) < 4:
        posted[name] = [str(int(count) + 1)]


def _receive(request: HttpRequest, form: ApplicationForm) -> tuple[list[Upload], dict[int, str]]:
    """The files of this post that can be kept, and for each of the others why not, by the requirement's id."""
    uploads, refused = [], {}
    for section in form.requirements:
        file = request.FILES.get(section.form.add_prefix("file")) if section.is_document else None
        if file is None:
            continue
        try:
            uploads.append(receive(section.requirement, file))
        except Unreadable as error:
            refused[section.requirement.pk] = str(error)
        except OSError:
            refused[section.requirement.pk] = _(
                "We could not store this file. Your other answers are saved; please choose it again in a minute."
            )
    return uploads, refused


def _send(request: HttpRequest, application: Application, revision: int, at: datetime) -> HttpResponse:
    """Always ends in a redirect, so that reloading and the back button post nothing again."""
    form_url = application.program.apply_url
    try:
        submit(application=application, revision=revision, at=at)
    except Incomplete:
        return redirect(f"{form_url}?check#missing")
    except SentAlready as error:
        application.refresh_from_db(fields=["status", "sent", "draft"])
        if has_unsent_changes(application):
            kept = _("%(reason)s What you typed here is saved as changes that are not sent yet.")
            messages.warning(request, kept % {"reason": error})
            return redirect(form_url)
        return redirect(application)
    except NotSent as error:
        messages.warning(request, str(error))
        return redirect(form_url)
    sentence = _("Your application is in. We'll write by %(day)s.")
    messages.success(request, sentence % {"day": day(application.window.decide_by)})
    return redirect(application)


def has_unsent_changes(application: Application) -> bool:
    """Whether the working copy of a sent application differs from what was sent, files included."""
    if application.status != Status.SUBMITTED:
        return False
    sent_files = {
        answer.document.sha256 for answer in application.answers.select_related("document") if answer.document
    }
    kept_files = {document.sha256 for document in in_draft(application).values()}
    return application.draft != application.sent or sent_files != kept_files


def _page(
    request: HttpRequest,
    window: Window,
    application: Application | None,
    form: ApplicationForm,
    at: datetime,
    *,
    notice: str = "",
    can_send: bool = True,
    read_only: bool = False,
    preview: bool = False,
) -> HttpResponse:
    state = window.state(at)
    shut = (
        state != Window.State.OPEN
        and not preview
        and not (application and application.submitted_at and state == Window.State.FULL)
    )
    context = {
        "program": window.program,
        "window": window,
        "state": state,
        "application": application,
        "form": form,
        "revision": application.revision if application else 0,
        "saved_at": application.draft_saved_at if application else None,
        "notice": notice or (shut_sentence(window, state, kept=application is not None) if shut else ""),
        "changing": bool(application and application.status == Status.SUBMITTED),
        "preview": preview,
        "read_only": read_only,
        "can_send": can_send and not shut and not preview,
    }
    return render(request, "applications/apply.html", context)


def runs(request: HttpRequest, program: Program) -> bool:
    """Whether the reader decides in `program` and has shown what the admin asks of staff, a second factor included."""
    return has_admin_access(request) and program.is_run_by(request.user)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD"])
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of a program as candidates will see it, for its recruiters, whatever the state of its windows."""
    program = get_object_or_404(Program.objects.with_pages(), slug=slug)
    if not runs(request, program):
        raise Http404
    at = timezone.now()
    window = _window(program, program.windows.all(), request.user, _number(request.GET, "window"), at) or Window(
        program=program, opens_at=at, closes_at=at, decide_by=at.date()
    )
    return _page(request, window, None, ApplicationForm(window=window, draft={}), at, preview=True)
