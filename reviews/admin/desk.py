"""The reviewers' desk: what waits for them, and one page per application with the rubric beside what was sent."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.export import Column
from applications.access import record_access
from applications.admin.export import NotedExportMixin
from applications.models import Access
from programs.admin.pages import badge, change_url, moment
from programs.times import day
from reviews import reading
from reviews.admin import papers, review_page
from reviews.admin.filters import ProgramFilter, State, StateFilter, WindowFilter, state_of
from reviews.admin.own import OwnReviewerMixin
from reviews.models import Assignment

DUE_DAYS = 3  # before its day a promise is close enough to be told


@admin.register(Assignment)
class AssignmentAdmin(NotedExportMixin, OwnReviewerMixin, admin.ModelAdmin):
    """A reviewer's own applications, by reference: identity is in none of its queries."""

    list_display = ["reference", "program_name", "season", "my_state", "assigned_when", "decision"]
    list_filter = [StateFilter, ProgramFilter, WindowFilter]
    search_fields = ["application__reference"]
    search_help_text = gettext_lazy("Reference")
    # What is to be written comes first, the oldest on top; below it what is in, the latest on top.
    ordering = [F("handed_in_at").desc(nulls_first=True), "assigned_at", "pk"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None
    export_permission = "reviews.view_assignment"
    # As blind as the list: nothing that tells who.
    export_columns = [
        Column(gettext_lazy("reference"), lambda assignment: assignment.application.reference),
        Column(gettext_lazy("program"), lambda assignment: assignment.application.program.name),
        Column(gettext_lazy("window"), lambda assignment: assignment.application.window.season),
        Column(gettext_lazy("my review"), lambda assignment: state_of(assignment).label),
        Column(gettext_lazy("assigned"), lambda assignment: assignment.assigned_at),
        Column(gettext_lazy("decision by"), lambda assignment: assignment.application.window.decide_by),
        Column(
            gettext_lazy("my overall score"), lambda assignment: getattr(reading.review_of(assignment), "overall", None)
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return reading.desk_of(request.user)

    # --- Who may ---

    def has_review_permission(self, request: HttpRequest, obj: Assignment | None = None) -> bool:
        """Whether the reader may review this application (None: any)."""
        return request.user.has_perm("reviews.review_assignment") and self._is_own(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Assignment | None = None) -> bool:
        return False

    # --- The list ---

    @admin.display(description=gettext_lazy("reference"), ordering="application__reference")
    def reference(self, assignment: Assignment) -> str:
        return assignment.application.reference

    @admin.display(description=gettext_lazy("program"), ordering="application__window__program__name")
    def program_name(self, assignment: Assignment) -> str:
        return assignment.application.program.name

    @admin.display(description=gettext_lazy("window"), ordering="application__window__opens_at")
    def season(self, assignment: Assignment) -> str:
        return assignment.application.window.season

    @admin.display(description=gettext_lazy("my review"))
    def my_state(self, assignment: Assignment) -> str:
        state = state_of(assignment)
        return badge(state, state.label)

    @admin.display(description=gettext_lazy("assigned"), ordering="assigned_at")
    def assigned_when(self, assignment: Assignment) -> str:
        return moment(assignment.assigned_at, assignment.application.window.zone)

    @admin.display(description=gettext_lazy("decision by"), ordering="application__window__decide_by")
    def decision(self, assignment: Assignment) -> SafeString:
        is_open = state_of(assignment) in (State.WAITING, State.BEGUN)
        hurry = hurry_of(assignment, timezone.now()) if is_open else ""
        promised = day(assignment.application.window.decide_by)
        return format_html('{} <strong class="hurry">{}</strong>', promised, hurry) if hurry else promised

    # --- Pages ---

    def own_row(self, request: HttpRequest, object_id: str, permission: str) -> Assignment:
        """Every page about an application begins here, so that none is opened without a note of it."""
        assignment = super().own_row(request, object_id, permission)
        record_access(by=request.user, application_id=assignment.application_id, what=Access.What.REVIEW)
        return assignment

    def get_urls(self) -> list:
        def view(function: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(lambda request, *args, **kwargs: function(self, request, *args, **kwargs))

        return [
            path("<path:object_id>/save/", view(review_page.save), name="reviews_save"),
            path("<path:object_id>/recuse/", view(review_page.step_back), name="reviews_recuse"),
            path("<path:object_id>/pages/<int:image_id>/", view(papers.page_image), name="reviews_page_image"),
            path("<path:object_id>/documents/<uuid:public_id>/", view(papers.document), name="reviews_document"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        return review_page.review_page(self, request, object_id)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return redirect(change_url(self.own_row(request, object_id, "view")))


def hurry_of(assignment: Assignment, at: datetime) -> str:
    """How near the day promised to candidates is: “due in 2 days”, “overdue”, or nothing while there is time."""
    window = assignment.application.window
    days = (window.decide_by - at.astimezone(window.zone).date()).days
    if days < 0:
        return _("overdue")
    if days == 0:
        return _("due today")
    return ngettext("due in %(days)d day", "due in %(days)d days", days) % {"days": days} if days <= DUE_DAYS else ""
