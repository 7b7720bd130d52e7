"""What the form answers while it is being filled in. Nothing here writes: the same check that sending makes judges what
was typed so far, and fragments of the page carry what it says. htmx asks; without JavaScript nobody does."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from applications.documents import in_draft
from applications.edits import OFFICE_MOVES, edit_by, section_with_rows
from applications.form import ApplicationForm, Draft, storable
from applications.models import Application
from applications.progress import progress_of
from programs.models import Window

# A redirect to the sign-in page would be swapped into the form.
_SIGNED_OUT = 401


@never_cache
@require_POST
def live(request: HttpRequest, slug: str, window_id: int) -> HttpResponse:
    """How far one is, what each requirement says and what is wrong at which field. With `?check`, after a send that was
    refused, empty fields are told too."""
    if not request.user.is_authenticated:
        return HttpResponse(status=_SIGNED_OUT)
    window = _window(slug, window_id)
    application = Application.objects.filter(candidate=request.user, window=window).first()
    form = ApplicationForm(window=window, draft=_posted(request), documents=in_draft(application), lenient=False)
    form.is_valid()
    checked = "check" in request.GET
    context = {"form": form, "progress": progress_of(form), "checked": checked}
    if not checked:
        form.soften()
    return render(request, "applications/_live.html", context)


@never_cache
@require_POST
def edit(request: HttpRequest, slug: str, window_id: int) -> HttpResponse:
    """The part of the form that a button inside it changes (applications.edits), and where the focus belongs."""
    if not request.user.is_authenticated:
        return HttpResponse(status=_SIGNED_OUT)
    window, posted = _window(slug, window_id), _posted(request)
    action, _colon, target = request.POST.get("action", "").partition(":")
    made = edit_by(ApplicationForm(window=window, draft=posted), action, target)
    form = ApplicationForm(window=window, draft={**posted, **made.changes})
    context = {"form": form, "program": window.program, "window": window}
    if action in OFFICE_MOVES:
        response = render(request, "applications/_ranked.html", context)
    elif section := section_with_rows(form, target):
        response = render(request, "applications/_rows.html", {**context, "section": section})
    else:
        raise Http404
    return trigger_client_event(response, "edited", {"focus": made.focus}, after="settle")


def _window(slug: str, window_id: int) -> Window:
    """Whatever its state: one may finish typing in a window that has shut."""
    known = Window.objects.published().filter(program__slug=slug, program__published=True)
    return get_object_or_404(known.select_related("program"), pk=window_id)


def _posted(request: HttpRequest) -> Draft:
    return {name: [storable(text) for text in texts] for name, texts in request.POST.lists()}
