"""One file of the form by itself: uploaded at once by our script, and page one of it shown.

Answers are the part of the page that has changed. Without the script files go with “Save”, through applications/apply.py.
"""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from applications.documents import in_draft, receive, why_not_kept
from applications.drafts import NotEditable, keep_file
from applications.form import ApplicationForm
from applications.inspection import Unreadable, draw_first_page
from applications.models import Application, Document, Extension
from applications.private import private_picture
from applications.resume import add_suggestions
from programs.models import Requirement, Window


@never_cache
@require_POST
def upload(request: HttpRequest, slug: str, window_id: int, requirement_id: int) -> HttpResponse:
    """Keeps the posted `file` for one requirement, in the place of an earlier one.

    401 for who is not signed in any more: a script can't follow to the door. 422 with the reason at the field for what
    can't be kept. The same file again changes nothing.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    window, requirement = _asked(request, slug, window_id, requirement_id)
    file, refused = request.FILES.get("file"), ""
    if file is None:
        return HttpResponse(status=400)
    try:
        keep_file(candidate=request.user, window=window, upload=receive(requirement, file))
    except (Unreadable, OSError) as error:
        refused = why_not_kept(error)
    except NotEditable as error:
        refused = str(error)
    return _part(request, window, requirement, refused)


def _asked(request: HttpRequest, slug: str, window_id: int, requirement_id: int) -> tuple[Window, Requirement]:
    """The window, as the reader has it, and the requirement for a file; 404 for what is not on their form."""
    known = Window.objects.published().filter(program__slug=slug, program__published=True, pk=window_id)
    for window in Extension.windows_of(request.user, known).values():
        for requirement in window.program.active_requirements():
            if requirement.pk == requirement_id and requirement.rule.is_document:
                return window, requirement
    raise Http404


def _part(request: HttpRequest, window: Window, requirement: Requirement, refused: str) -> HttpResponse:
    """The requirement as the page has it now."""
    application = Application.objects.filter(candidate=request.user, window=window).first()
    draft = application.draft if application else {}
    form = ApplicationForm(window=window, draft=draft, documents=in_draft(application))
    if refused:
        form.refuse_upload(requirement.pk, refused)
    add_suggestions(form)
    section = next(section for section in form.requirements if section.requirement == requirement)
    status = 422 if refused else 200
    return render(request, "applications/_document.html", {"section": section, "form": form}, status=status)


@never_cache
@login_required
@require_safe
def first_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A small picture of page one of the reader's own file; a 404 for everybody else."""
    found = get_object_or_404(Document, public_id=public_id, application__candidate=request.user)
    try:
        with default_storage.open(found.file.name) as file:
            return private_picture(draw_first_page(file, content_type=found.content_type))
    except (Unreadable, FileNotFoundError) as error:
        raise Http404 from error
