"""The list of applications and the page of each. Nothing is written here: the buttons lead to decide.py and bulk.py."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.about import authorisation_lines
from applications.admin import bulk, decide
from applications.admin.filters import ProgramFilter, StatusFilter, VerdictFilter, WindowFilter
from applications.models import Application
from applications.prepared import prepared_of
from applications.workflow import Actor, Status, Transition, allowed, transition
from letters.models import Letter
from letters.services import retry_letter
from programs.admin.pages import badge, change_url, moment, page
from programs.admin.rows import OwnRowsMixin


def _action(transition: Transition) -> Callable[..., HttpResponse]:
    """The action of the list that takes this transition for every row that is chosen."""

    @admin.action(description=transition.verb, permissions=["decide"])
    def confirm(model_admin: "ApplicationAdmin", request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return bulk.confirm(model_admin, request, transition, queryset)

    confirm.__name__ = f"bulk_{transition.action}"
    return confirm


def _send_again(model_admin: "ApplicationAdmin", request: HttpRequest, object_id: str, letter_id: int) -> HttpResponse:
    """Puts a letter that failed back in the queue."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    application = model_admin.own_row(request, object_id, "decide")
    letter = get_object_or_404(Letter, pk=letter_id, about=application.reference)
    if retry_letter(letter, by=request.user):
        messages.success(request, _("The letter is on its way again."))
    else:
        messages.warning(request, _("Nothing was done: this letter is not failed any more."))
    return redirect(change_url(application))


@admin.register(Application)
class ApplicationAdmin(OwnRowsMixin, admin.ModelAdmin):
    """For recruiters; reviewers have a desk of their own. Drafts are their writers' business and not shown."""

    program_lookup = "window__program"
    list_display = ["reference", "full_name", "program_name", "season", "shown_status", "verdicts", "sent_when"]
    list_display_links = ["reference", "full_name"]
    list_filter = [ProgramFilter, WindowFilter, StatusFilter, VerdictFilter]
    list_select_related = ["candidate", "window__program"]
    search_fields = ["full_name", "candidate__email", "reference"]
    search_help_text = gettext_lazy("Name, e-mail address or reference")
    ordering = ["-pk"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = [_action(row) for row in bulk.TRANSITIONS]

    def program_id_of(self, row: Application) -> int:
        return row.window.program_id

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).sent().select_related(*self.list_select_related)
        return rows.defer("draft", "sent")

    # --- Who may ---

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Application | None = None) -> bool:
        return False  # nothing is typed over: a decision is the one change, and has a permission of that name

    def has_delete_permission(self, request: HttpRequest, obj: Application | None = None) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest, obj: Application | None = None) -> bool:
        """Whether the reader may decide on this application (None: on any)."""
        return request.user.has_perm("applications.change_application") and self._is_own(request, obj)

    # --- The list ---

    @admin.display(description=gettext_lazy("program"), ordering="window__program__name")
    def program_name(self, application: Application) -> str:
        return application.program.name

    @admin.display(description=gettext_lazy("window"), ordering="window__opens_at")
    def season(self, application: Application) -> str:
        return application.window.season

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def shown_status(self, application: Application) -> str:
        return badge(application.status, Status(application.status).label)

    @admin.display(description=gettext_lazy("met"), ordering="met")
    def verdicts(self, application: Application) -> str:
        kind = "all" if application.met == application.asked else "some"
        return format_html(
            '<span class="verdicts verdicts-{}">{} / {}</span>', kind, application.met, application.asked
        )

    @admin.display(description=gettext_lazy("submitted"), ordering="submitted_at")
    def sent_when(self, application: Application) -> str:
        return moment(application.submitted_at, application.window.zone)

    # --- Pages ---

    def get_urls(self) -> list:
        def view(function: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(lambda request, *args, **kwargs: function(self, request, *args, **kwargs))

        return [
            path("<path:object_id>/decide/<str:action>/", view(decide.decide_page), name="applications_decide"),
            path("bulk/<str:action>/", view(bulk.decide_many), name="applications_bulk"),
            path("bulk/offer/next/<int:window_id>/", view(bulk.move_up), name="applications_move_up"),
            path("<path:object_id>/letters/<int:letter_id>/", view(_send_again), name="applications_letter"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """What was sent, how it was judged, what became of it, and what can be done now."""
        application = self.own_row(request, object_id, "view")
        may_decide = self.has_decide_permission(request, application)
        prepared = prepared_of(application) if may_decide else None
        context = {
            "title": application.full_name,
            "application": application,
            "status_label": Status(application.status).label,
            "transitions": allowed(application.status, Actor.RECRUITER) if may_decide else [],
            "may_decide": may_decide,
            "answers": application.answers.select_related("document"),
            "authorisation": authorisation_lines(application.work_authorisation),
            "offices": [choice.office for choice in application.office_choices.select_related("office")],
            "history": list(application.history.select_related("by", "letter", "reason"))[::-1],
            "letters": Letter.objects.filter(about=application.reference).order_by("-pk"),
            "offer": getattr(application, "offer", None),
            "interview": getattr(application, "interview", None),
            "prepared": prepared,
            "prepared_verb": transition(prepared.action).verb if prepared else "",
            "may_move_up": may_decide and application.status in bulk.FREES_A_PLACE,
        }
        return page(self, request, "admin/applications/application/application.html", **context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return redirect(change_url(self.own_row(request, object_id, "view")))
