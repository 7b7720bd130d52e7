"""“My data”: a person's own page of all that is held about them, the same as a file, and what they can have removed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications import erasure
from applications.models import Application, DataExport
from applications.my_data import my_data
from applications.my_data_export import ask_for_export
from applications.private import private_file
from applications.workflow import Status


@never_cache
@login_required
@require_safe
def my_data_page(request: HttpRequest) -> HttpResponse:
    """All that is held about the reader."""
    context = {
        "title": _("My data"),
        "data": my_data(request.user),
        "export": DataExport.objects.filter(user=request.user).first(),
        "session_ends": request.session.ends_at,
    }
    return render(request, "applications/my_data.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """Has the same made as a file; who comes back from signing in finds the button on the page once more."""
    if request.method == "POST":
        ask_for_export(user=request.user)
    return redirect(reverse("my_data") + "#export")


@never_cache
@login_required
@require_safe
def download(request: HttpRequest) -> HttpResponseBase:
    """The file that was made: a ZIP with data.json and the documents. Where there is none, the page that offers one."""
    made = DataExport.objects.filter(user=request.user).exclude(made_at=None).first()
    if made is None:
        return redirect(reverse("my_data") + "#export")
    name = f"pinterns-my-data-{made.made_at:%Y-%m-%d}.zip"
    return private_file(made.file.name, name=name, content_type="application/zip", download=True)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_drafts(request: HttpRequest) -> HttpResponse:
    """Names the drafts that were never sent, and deletes those that were named."""
    if request.method == "POST":
        deleted = erasure.delete_drafts(candidate=request.user, references=request.POST.getlist("draft"))
        text = ngettext("%(count)d draft is deleted.", "%(count)d drafts are deleted.", deleted) % {"count": deleted}
        if deleted:
            messages.success(request, text)
        else:
            messages.warning(request, _("Nothing was deleted: there was no draft of yours left."))
        return redirect("my_data")
    drafts = Application.objects.filter(candidate=request.user, status=Status.DRAFT).select_related("window__program")
    if not drafts:
        return redirect("my_data")
    return render(request, "applications/delete_drafts.html", {"title": _("Delete my drafts"), "drafts": drafts})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_erasure(request: HttpRequest) -> HttpResponse:
    """Tells what erasure means, then notes that it is wanted."""
    if request.method == "POST":
        erasure.ask_for_erasure(user=request.user)
        messages.success(request, _("We have noted that you want your data erased. A letter confirms it."))
        return redirect("my_data")
    context = {"title": _("Ask us to erase my data"), "days": erasure.ERASED_AFTER.days}
    return render(request, "applications/ask_for_erasure.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_back_erasure(request: HttpRequest) -> HttpResponse:
    """Forgets that erasure was asked for; who comes back from signing in finds the button on the page once more."""
    if request.method == "POST":
        erasure.take_back_erasure(user=request.user)
        messages.success(request, _("We keep your data. A letter confirms it."))
    return redirect("my_data")
