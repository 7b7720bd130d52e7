"""The files that a reviewer looks at: pictures of pages, and once identity is shown the file itself.

Each is found by way of the reader's own assignment, so an address that was guessed or kept opens nothing.
"""

from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from applications.access import record_access
from applications.models import Access
from applications.private import private_file
from reviews import reading


def page_image(model_admin: admin.ModelAdmin, request: HttpRequest, object_id: str, image_id: int) -> HttpResponseBase:
    """One page as a picture, under a name that tells the application's reference and no more."""
    assignment = model_admin.own_row(request, object_id, "review")
    image = get_object_or_404(reading.page_images(assignment), pk=image_id)
    name = f"{assignment.application.reference}-{image.number}.jpg"
    return private_file(image.file.name, name=name, content_type="image/jpeg", download=False)


def document(model_admin: admin.ModelAdmin, request: HttpRequest, object_id: str, public_id: UUID) -> HttpResponseBase:
    """The file as it was sent."""
    assignment = model_admin.own_row(request, object_id, "review")
    found = get_object_or_404(reading.documents(assignment), public_id=public_id)
    record_access(by=request.user, application_id=assignment.application_id, what=Access.What.FILE)
    return private_file(found.file.name, name=found.name, content_type=found.content_type, download=True)
