"""The admin site: Django's own, entered through our door, with one row of places instead of a second sidebar."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.staff import StaffOnly


@dataclass(frozen=True)
class PlainPage:
    """A place that is no model's list: the name of its address, what the link says, and who sees it."""

    url_name: str
    label: Promise
    permission: str | None = None


# Where staff go, in the order of how often: a model's list, by the model's name, or a page of another sort. A place
# without an address or without its reader's permission is left out; everything else is reached from these.
PLACES: list[str | PlainPage] = [
    PlainPage("admin:index", _("Home")),
    "Assignment",
    "Application",
    "PreparedDecision",
    "Window",
    "Standing",
    "Program",
    "Office",
    "Letter",
    "User",
    PlainPage("admin:reports", _("Reports"), "applications.view_application"),
    PlainPage("admin:privacy", _("Privacy"), "accounts.view_erasurerequest"),
]


def _is_an_id(text: str) -> bool:
    """Whether `text` is a number that a row could have; a database refuses larger ones with an error."""
    return text.isascii() and text.isdigit() and len(text) < 19


def _refuse_nonsense(request: HttpRequest, named: dict[str, Any]) -> None:
    """Refuses what Django's pages would put into a query as it is: 404 for an id in the address that no row can have,
    400 for NUL and for chosen rows that are none."""
    ids = [str(value) for name, value in named.items() if isinstance(value, int) or name == "object_id"]
    if any(value.isdigit() and not _is_an_id(value) for value in ids):
        raise Http404
    if "%00" in request.META["QUERY_STRING"] or not all(map(_is_an_id, request.POST.getlist(ACTION_CHECKBOX_NAME))):
        raise BadRequest("Not a list of ours.")


def _refuse_outsiders(view: Callable[..., HttpResponse], request: HttpRequest, named: dict[str, Any]) -> None:
    """Raises PermissionDenied for whoever may look at no row of the model, before one is looked for: Django's page of a row's
    history looks first, and so tells which rows there are."""
    page_of = getattr(view, "__self__", None)
    if isinstance(page_of, ModelAdmin) and "object_id" in named and not page_of.has_view_or_change_permission(request):
        raise PermissionDenied


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
            _refuse_nonsense(request, kwargs)
            _refuse_outsiders(view, request, kwargs)
            try:
                return view(request, *args, **kwargs)
            except OverflowError as error:  # SQLite's, for a number in a form that no row could have as its id
                raise BadRequest("Not a choice of ours.") from error

        return super().admin_view(update_wrapper(guarded, view), cacheable)

    # The pages of this site import the admins of the apps, which register with it: they are imported when it stands.

    def get_urls(self) -> list:
        from pinterns import privacy_pages, report_pages

        reports = partial(report_pages.reports_page, site=self)
        privacy = partial(privacy_pages.privacy_page, site=self)
        erase = partial(privacy_pages.erase_page, site=self)
        return [
            path("privacy/", self.admin_view(privacy), name="privacy"),
            path("privacy/erase/<int:request_id>/", self.admin_view(erase), name="erase"),
            path("reports/", self.admin_view(reports), name="reports"),
            path("reports/<slug:name>.csv", self.admin_view(report_pages.report_file), name="reports_file"),
            *super().get_urls(),
        ]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        """The models of one app, for its page. All of them would be for a sidebar and a home that this site has not, and each
        asks for four permissions: the row of places stands instead."""
        return super().get_app_list(request, app_label) if app_label else []

    def each_context(self, request: HttpRequest) -> dict:
        admins = {model._meta.object_name: model_admin for model, model_admin in self._registry.items()}
        places = [link for place in PLACES if (link := self._link(place, admins, request))]
        home = reverse("admin:index")
        for place in places:
            # Every page is below the home, and not the home.
            place["is_here"] = request.path.startswith(place["url"]) and (place["url"] != home or request.path == home)
        return {**super().each_context(request), "places": places}

    def _link(self, place: str | PlainPage, admins: dict[str, ModelAdmin], request: HttpRequest) -> dict | None:
        """The name and address of a place; None where it is not to be shown."""
        if isinstance(place, PlainPage):
            name, url = place.label, self._address(place, request)
        else:
            model_admin = admins.get(place)
            if model_admin is None or not model_admin.has_view_or_change_permission(request):
                return None
            opts = model_admin.opts
            name, url = opts.verbose_name_plural, reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
        return {"name": capfirst(name), "url": url} if url else None

    def _address(self, place: PlainPage, request: HttpRequest) -> str | None:
        if place.permission and not request.user.has_perm(place.permission):
            return None
        try:
            return reverse(place.url_name)
        except NoReverseMatch:
            return None

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        from pinterns.admin_home import overview

        return super().index(request, {**overview(request.user), **(extra_context or {})})
