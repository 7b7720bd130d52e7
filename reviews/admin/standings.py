"""Where applications stand, for recruiters: the windows to rank, each with its panel and its ranking."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application
from programs.admin.pages import page
from programs.admin.rows import OwnRowsMixin, programs_run
from programs.models import Window
from reviews.admin import export, panel, ranking
from reviews.models import Standing


@admin.register(Standing)
class StandingAdmin(OwnRowsMixin, admin.ModelAdmin):
    """Figures that services keep: nobody adds, changes or deletes them."""

    program_lookup = "window__program"

    def program_id_of(self, row: Standing) -> int:
        return row.window.program_id

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("window__program")

    # --- Who may ---

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Standing | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Standing | None = None) -> bool:
        return False

    def has_assign_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("reviews.assign_assignment")

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("applications.export_application")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("applications.change_application")

    def own_window(self, request: HttpRequest, window_id: int, *permissions: str) -> Window:
        """The window of that id, for somebody who may see rankings and runs its program, and has all `permissions` too.

        Raises PermissionDenied, or Http404 for the windows of others.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        programs = {program.pk: program for program in programs_run(request)}
        window = Window.objects.filter(pk=window_id, program__in=programs).first()
        if window is None:
            raise Http404
        if not all(getattr(self, f"has_{permission}_permission")(request) for permission in permissions):
            raise PermissionDenied
        window.program = programs[window.program_id]
        return window

    # --- Pages ---

    def get_urls(self) -> list:
        def view(function: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(lambda request, *args, **kwargs: function(self, request, *args, **kwargs))

        return [
            path("window/<int:window_id>/", view(ranking.ranking), name="reviews_ranking"),
            path("window/<int:window_id>/ranking.csv", view(export.ranking_file), name="reviews_ranking_file"),
            path("window/<int:window_id>/effect/", view(ranking.effect), name="reviews_effect"),
            path("window/<int:window_id>/panel/", view(panel.panel), name="reviews_panel"),
            path("window/<int:window_id>/spread/", view(panel.spread), name="reviews_spread"),
            path(
                "window/<int:window_id>/reviewers/<int:application_id>/",
                view(panel.reviewers),
                name="reviews_reviewers",
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """The windows of the reader's programs, with how far the reviews of each are."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        windows = Window.objects.filter(program__in=programs_run(request)).select_related("program")
        sent = Application.objects.sent().filter(window__in=windows).order_by().values("window")
        counts = {
            row["window"]: row
            for row in sent.annotate(
                applications=Count("pk"),
                scored=Count("pk", filter=Q(standing__score__isnull=False)),
                reviews=Sum("standing__done"),
            )
        }
        at = timezone.now()
        rows = [(window, window.state(at), counts[window.pk]) for window in windows if window.pk in counts]
        return page(self, request, "admin/reviews/ranking/windows.html", title=_("Ranking"), rows=rows)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """A standing has no page of its own: who reads the application tells what it is made of."""
        standing = self.own_row(request, object_id, "view")
        return redirect("admin:reviews_reviewers", standing.window_id, standing.application_id)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return self.change_view(request, object_id)
