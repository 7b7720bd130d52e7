"""The admin site: Django's own, entered through our door, with one row of places instead of a second sidebar."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.staff import StaffOnly
from pinterns.admin_home import overview

# Where staff go, in the order of how often; everything else is reached from these or from the home.
PLACES = ["Application", "Standing", "PreparedDecision", "Window", "Program", "Office", "Letter", "User"]


def _refuse_nonsense(request: HttpRequest) -> None:
    """400 for what Django's lists would put into a query as it is: NUL, and chosen rows that are no numbers."""
    chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
    if "%00" in request.META["QUERY_STRING"] or not all(pk.isascii() and pk.isdigit() for pk in chosen):
        raise BadRequest("Not a list of ours.")


class PinternsAdminSite(StaffOnly, AdminSite):
    site_header = _("Pinterns")
    site_title = _("Pinterns")
    index_title = _("Recruiting")
    index_template = "admin/home.html"
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # Deleting by tens would get round the services; what may be deleted says so on its own page.
        self.disable_action("delete_selected")

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            _refuse_nonsense(request)
            return view(request, *args, **kwargs)

        return super().admin_view(update_wrapper(guarded, view), cacheable)

    def each_context(self, request: HttpRequest) -> dict:
        context = super().each_context(request)
        models = {model["object_name"]: model for app in context["available_apps"] for model in app["models"]}
        found = [models[name] for name in PLACES if name in models and models[name]["admin_url"]]
        context["places"] = [
            {
                "name": capfirst(model["name"]),
                "url": model["admin_url"],
                "is_here": request.path.startswith(model["admin_url"]),
            }
            for model in found
        ]
        return context

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return super().index(request, {**overview(request.user), **(extra_context or {})})
