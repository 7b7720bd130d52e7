"""The list of applications and the page of each. Nothing is written here: the buttons lead to decide.py, bulk.py, letters.py and files.py."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.export import Column
from accounts.long_lists import LongListMixin
from applications.about import authorisation_lines
from applications.access import record_access
from applications.admin import bulk, decide, files, letters
from applications.admin.export import NotedExportMixin, columns_for, read_lines
from applications.admin.figure_filters import LetterFilter, ReachedFilter, SentFilter
from applications.admin.filters import (
    DecisionFilter,
    ProgramFilter,
    StatusFilter,
    VerdictFilter,
    WindowFilter,
    decision_mark,
)
from applications.models import Access, Answer, Application, PageImage, Tally
from applications.prepared import prepared_of
from applications.retention import kept_until
from applications.search import searched
from applications.tallies import by_name
from applications.workflow import Actor, Status, Transition, allowed, transition
from programs.admin.pages import badge, change_url, moment, page, program_edge
from programs.admin.queue import queue_of
from programs.admin.rows import OwnRowsMixin, WindowsByKey, windows_run
from programs.models import Retention


def _action(transition: Transition) -> Callable[..., HttpResponse]:
    """The action of the list that takes this transition for every row that is chosen."""

    @admin.action(description=transition.verb, permissions=["decide"])
    def confirm(model_admin: "ApplicationAdmin", request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return bulk.confirm(model_admin, request, transition, queryset)

    confirm.__name__ = f"bulk_{transition.action}"
    return confirm


# What the list shows of a row; the rest of it is some thousand bytes and a dozen values to convert.
_SHOWN = ["window_id", "reference", "full_name", "status", "met", "asked", "submitted_at"]


@admin.register(Application)
class ApplicationAdmin(NotedExportMixin, LongListMixin, OwnRowsMixin, admin.ModelAdmin):
    """For recruiters; reviewers have a desk of their own. Drafts are their writers' business and not shown."""

    program_lookup = "window__program"
    list_display = ["reference", "full_name", "program_name", "season", "shown_status", "verdicts", "sent_when"]
    list_display_links = ["reference", "full_name"]
    sortable_by = ["reference", "full_name", "verdicts", "sent_when"]
    list_filter = [ProgramFilter, WindowFilter, StatusFilter, VerdictFilter, DecisionFilter]
    list_filter += [SentFilter, ReachedFilter, LetterFilter]
    list_select_related = ["window__program"]
    search_fields = ["search_text"]
    search_help_text = gettext_lazy("Name, e-mail address or reference")
    ordering = ["-pk"]
    actions = [_action(row) for row in bulk.TRANSITIONS]
    export_permission = "applications.export_application"

    def program_id_of(self, row: Application) -> int:
        return row.window.program_id

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).sent().select_related(*self.list_select_related)
        return rows.defer("draft", "sent", "search_text")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        return searched(queryset, search_term), False  # no row twice: nothing is joined

    def of_programs_run(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        return rows.filter(window__in=[window.pk for window in windows_run(request)])  # by an index, without a join

    def read_rows(self, request: HttpRequest, rows: QuerySet) -> list[Application]:
        windows, page = WindowsByKey(request), list(rows.select_related(None).only(*_SHOWN))
        for application in page:
            application.window = windows[application.window_id]
        return page

    def least_number(self, request: HttpRequest, filters: dict[str, list[str]]) -> int:
        if not filters:
            return sum(
                window.taken for window in windows_run(request)
            )  # by what was sent, of which no row is ever deleted
        if list(filters) == [StatusFilter.parameter_name]:
            now = by_name(windows_run(request), Tally.What.NOW)[Tally.What.NOW]
            return sum(now[status] for status in filters[StatusFilter.parameter_name])
        return 0

    def read_export(self, request: HttpRequest, rows: QuerySet, columns: list[Column]) -> Iterator[Any]:
        return read_lines(request, rows, columns)

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

    def get_export_columns(self, request: HttpRequest) -> list[Column]:
        return columns_for(request)

    # --- The list ---

    @admin.display(description=gettext_lazy("program"))
    def program_name(self, application: Application) -> str:
        return program_edge(application.program)

    @admin.display(description=gettext_lazy("window"))
    def season(self, application: Application) -> str:
        return application.window.season

    @admin.display(description=gettext_lazy("status"))
    def shown_status(self, application: Application) -> str:
        shown = badge(application.status, Status(application.status).label)
        return SafeString(f"{shown} {decision_mark(application)}")

    @admin.display(description=gettext_lazy("met"), ordering="met")
    def verdicts(self, application: Application) -> str:
        kind = "all" if application.met == application.asked else "some"
        return SafeString(f'<span class="verdicts verdicts-{kind}">{application.met} / {application.asked}</span>')

    @admin.display(description=gettext_lazy("submitted"), ordering="submitted_at")
    def sent_when(self, application: Application) -> str:
        return moment(application.submitted_at, application.window.zone)

    # --- Pages ---

    def own_row(self, request: HttpRequest, object_id: str, permission: str) -> Application:
        """Every page about an application begins here, so that none is opened without a note of it."""
        application = super().own_row(request, object_id, permission)
        record_access(by=request.user, application_id=application.pk, what=Access.What.PAGE)
        return application

    def get_urls(self) -> list:
        def view(function: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(lambda request, *args, **kwargs: function(self, request, *args, **kwargs))

        return [
            path("<path:object_id>/decide/<str:action>/", view(decide.decide_page), name="applications_decide"),
            path("<path:object_id>/letters/<int:letter_id>/", view(letters.try_again), name="applications_letter"),
            path(
                "<path:object_id>/letters/<int:letter_id>/again/",
                view(letters.again_page),
                name="applications_letter_again",
            ),
            path(
                "<path:object_id>/files/<int:document_id>/pages/",
                view(files.pages_again),
                name="applications_pages_again",
            ),
            path("<path:object_id>/pages/<int:image_id>/", view(files.page_image), name="applications_page_image"),
            path("bulk/<str:action>/", view(bulk.decide_many), name="applications_bulk"),
            path("bulk/offer/next/<int:window_id>/", view(bulk.move_up), name="applications_move_up"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """What was sent, how it was judged, what became of it, and what can be done now."""
        application = self.own_row(request, object_id, "view")
        prefetch_related_objects([application], "office_choices__office")
        may_decide = self.has_decide_permission(request, application) and not application.anonymised_at
        # Those that the reader may see: of the programs that they run, or all. What is anonymous has no others.
        same = {"candidate": application.candidate_id} if application.candidate_id else {"pk": application.pk}
        others = self.get_queryset(request).filter(**same).exclude(pk=application.pk)
        blind = request.GET.get("reading") == "blind"
        prepared = prepared_of(application) if may_decide else None
        context = {
            "title": application.full_name or _("Made anonymous"),
            "application": application,
            "status_label": Status(application.status).label,
            "transitions": allowed(application.status, Actor.RECRUITER) if may_decide else [],
            "may_decide": may_decide,
            "answers": self._answers(application, blind=blind),
            "blind": blind,
            "authorisation": authorisation_lines(application.work_authorisation),
            "offices": [choice.office for choice in application.office_choices.all()],
            "consents": list(application.consents.all()),
            "kept_until": kept_until(application, Retention.objects.months_by_country()),
            "history": list(application.history.select_related("by", "letter", "reason"))[::-1],
            "letters": letters.letters_of(application),
            "offer": getattr(application, "offer", None),
            "interview": getattr(application, "interview", None),
            "prepared": prepared,
            "prepared_verb": transition(prepared.action).verb if prepared else "",
            "may_move_up": may_decide and application.status in bulk.FREES_A_PLACE,
            "queue": queue_of(self, request, application),
            "others": others.order_by("-submitted_at"),
        }
        return page(self, request, "admin/applications/application/application.html", **context)

    @staticmethod
    def _answers(application: Application, *, blind: bool) -> QuerySet[Answer]:
        """The answers with the pages of their files as `document.shown_pages`."""
        pages = Prefetch("document__page_images", PageImage.objects.filter(blind=blind), to_attr="shown_pages")
        return application.answers.select_related("document").prefetch_related(pages)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return redirect(change_url(self.own_row(request, object_id, "view")))
