"""The pages of an application's files in the admin, and having them made again where that was given up."""

from django.contrib import admin, messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from applications.models import Document, PageImage
from applications.pages import retry_pages
from applications.private import private_file
from programs.admin.pages import change_url


def page_image(model_admin: admin.ModelAdmin, request: HttpRequest, object_id: str, image_id: int) -> FileResponse:
    """A page of a document that is part of the application, as a picture; not while it is made anew."""
    application = model_admin.own_row(request, object_id, "view")
    images = PageImage.objects.filter(document__answers__application=application, document__pages_made_at__isnull=False)
    image = get_object_or_404(images, pk=image_id)
    name = f"{application.reference}-{image.number}.jpg"
    return private_file(image.file.name, name=name, content_type="image/jpeg", download=False)


def pages_again(model_admin: admin.ModelAdmin, request: HttpRequest, object_id: str, document_id: int) -> HttpResponse:
    """Puts the pages of a file, where they were given up, back to be made."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    application = model_admin.own_row(request, object_id, "decide")
    document = get_object_or_404(Document.objects.filter(answers__application=application), pk=document_id)
    if retry_pages(document):
        messages.success(request, _("The pages of “%(name)s” are being made again.") % {"name": document.name})
    else:
        messages.warning(request, _("Nothing was done: the pages of this file have not failed, or not any more."))
    return redirect(change_url(application))
