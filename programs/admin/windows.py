"""Windows in the admin: read here, changed on the pages of window_pages.py alone."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.export import Column, ExportMixin
from programs import services
from programs.admin import seasons
from programs.admin.pages import badge, change_url, moment, page
from programs.admin.rows import OwnRowsMixin, is_in_use, programs_run
from programs.admin.timeline import timeline_page
from programs.admin.window_forms import NewWindowForm
from programs.admin.window_pages import BY_NAME, history, possible
from programs.models import Window
from programs.times import day


class ProgramFilter(admin.SimpleListFilter):
    """The programs that the reader runs."""

    title = gettext_lazy("program")
    parameter_name = "program"
    lookup = "program"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(str(program.pk), program.name) for program in programs_run(request)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        known = {value for value, _label in self.lookup_choices}
        return queryset.filter(**{self.lookup: self.value()}) if self.value() in known else queryset


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return Window.State.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.in_state(self.value(), at=timezone.now()) if self.value() in Window.State.values else queryset


class SeasonFilter(admin.SimpleListFilter):
    title = gettext_lazy("season")
    parameter_name = "season"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        seasons = Window.objects.filter(program__in=programs_run(request)).order_by("season")
        return [(season, season) for season in seasons.values_list("season", flat=True).distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        known = {value for value, _label in self.lookup_choices}
        return queryset.filter(season=self.value()) if self.value() in known else queryset


@admin.register(Window)
class WindowAdmin(ExportMixin, OwnRowsMixin, admin.ModelAdmin):
    list_display = ["season", "program", "shown_state", "opens", "closes", "places", "decision"]
    list_filter = [ProgramFilter, StateFilter, SeasonFilter]
    list_select_related = ["program"]
    ordering = ["-opens_at"]
    search_fields = ["season", "program__name"]
    show_facets = admin.ShowFacets.NEVER
    export_columns = [
        Column(gettext_lazy("program"), attrgetter("program.name"), joins=("program",)),
        Column(gettext_lazy("season"), attrgetter("season")),
        Column(gettext_lazy("state"), lambda window: window.state(timezone.now()).label),
        Column(gettext_lazy("opens"), attrgetter("opens_at")),
        Column(gettext_lazy("closes"), attrgetter("closes_at")),
        Column(gettext_lazy("time zone"), attrgetter("time_zone")),
        Column(gettext_lazy("capacity"), attrgetter("capacity")),
        Column(gettext_lazy("taken"), attrgetter("taken")),
        Column(gettext_lazy("decision by"), attrgetter("decide_by")),
        Column(gettext_lazy("reviews for each application"), attrgetter("reviews_needed")),
    ]

    def get_urls(self) -> list:
        def view(function: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(lambda request, *args, **kwargs: function(self, request, *args, **kwargs))

        return [
            path("list/", self.admin_site.admin_view(super().changelist_view), name="programs_window_list"),
            path("next-season/", view(seasons.next_season_page), name="programs_window_next_season"),
            path("drafts/", view(seasons.drafts_page), name="programs_window_drafts"),
            path("<path:object_id>/do/<str:name>/", self.admin_site.admin_view(self.do), name="programs_window_do"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("state"))
    def shown_state(self, window: Window) -> str:
        state = window.state(timezone.now())
        return badge(state, state.label)

    @admin.display(description=gettext_lazy("opens"), ordering="opens_at")
    def opens(self, window: Window) -> str:
        return moment(window.opens_at, window.zone)

    @admin.display(description=gettext_lazy("closes"), ordering="closes_at")
    def closes(self, window: Window) -> str:
        return moment(window.closes_at, window.zone)

    @admin.display(description=gettext_lazy("taken"), ordering="taken")
    def places(self, window: Window) -> str:
        return f"{window.taken} / {window.capacity}" if window.capacity is not None else str(window.taken)

    @admin.display(description=gettext_lazy("decision by"), ordering="decide_by")
    def decision(self, window: Window) -> str:
        return day(window.decide_by)

    # --- Pages ---

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """The timeline; the plain list where something is searched or filtered, and at an address of its own."""
        return super().changelist_view(request, extra_context) if request.GET else timeline_page(self, request)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        """A new intake, through the service that refuses what makes no sense."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        programs = programs_run(request)
        form = NewWindowForm(request.POST or None, programs=programs, initial={"program": request.GET.get("program")})
        if request.method == "POST" and form.is_valid():
            window = form.window()
            try:
                services.schedule_window(window=window, by=request.user, reason=form.cleaned_data["reason"])
            except ValidationError as error:
                show(form, error)
            else:
                self.log_addition(request, window, [{"added": {}}])
                messages.success(
                    request, _("The window is scheduled.") if window.published else _("The draft is kept.")
                )
                return redirect(change_url(window))
        context = {"title": _("Add window"), "form": form, "verb": _("Schedule it")}
        return page(self, request, "admin/form.html", **context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """The window as it is, what can be done to it now, and what was done."""
        window = self.own_row(request, object_id, "view")
        at = timezone.now()
        context = {
            "title": str(window),
            "parents": (window.program,),
            "window": window,
            "state": window.state(at),
            "deeds": possible(window, at) if self.has_change_permission(request, window) else [],
            "history": history(window),
            "followers": window.program.followers.count(),
            "can_delete": self.has_delete_permission(request, window),
        }
        return page(self, request, "admin/programs/window/window.html", **context)

    def do(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Confirms one of the deeds and does it; what the service refuses is said on the form."""
        window = self.own_row(request, object_id, "change")
        if name not in BY_NAME:
            raise Http404
        deed = BY_NAME[name]
        form = deed.form(request.POST if request.method == "POST" else None, window=window)
        if request.method == "POST" and form.is_valid():
            try:
                deed.service(window=window, by=request.user, **form.cleaned_data)
            except ValidationError as error:
                show(form, error)
            else:
                messages.success(request, deed.done)
                return redirect(change_url(window))
        at = timezone.now()
        context = {
            "title": f"{deed.verb}: {window}",
            "parents": (window.program, window),
            "form": form,
            "verb": deed.verb,
            "tells": deed.tells,
            "window": window,
            "state": window.state(at),
            "impossible": deed not in possible(window, at),
        }
        return page(self, request, "admin/programs/window/do.html", **context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """Deletes a window to which nobody has begun to apply, and no other."""
        window = self.own_row(request, object_id, "delete")
        refused = is_in_use(window)
        if request.method == "POST" and not refused:
            try:
                with transaction.atomic():
                    self.log_deletions(request, [window])
                    window.delete()
            except ProtectedError:  # somebody began to apply at this very moment
                refused = True
            else:
                messages.success(request, _("The window is deleted."))
                return redirect(change_url(window.program))
        context = {"title": _("Delete %(window)s?") % {"window": window}, "parents": (window.program, window)}
        context |= {"window": window, "refused": refused}
        return page(self, request, "admin/programs/window/delete.html", **context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return redirect(change_url(self.own_row(request, object_id, "view")))


def show(form: Form, error: ValidationError) -> None:
    """Puts what a service refused at the fields it names, where the form has them, else on top of the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
