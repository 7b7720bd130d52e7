"""Prepared decisions in the admin: the list, the page on which a batch is looked through, and the batch as it is applied."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.export import Column
from applications import letter_texts, workflow
from applications.admin.bulk import MOST_ROWS, PER_PAGE
from applications.admin.export import NotedExportMixin
from applications.admin.filters import ActionFilter, PreparedProgramFilter, PreparedStateFilter, PreparedWindowFilter
from applications.letter_texts import LetterText
from applications.models import PreparedDecision
from applications.prepared import State, WordsChanged, approve, discard, letter_of, letters_of, words_of
from applications.workflow import Status, Transition
from programs.admin.pages import badge, change_url, moment, page
from programs.admin.rows import OwnRowsMixin
from programs.times import when

# The shapes and colours of the states; the words are the states' own.
BADGES = {State.PREPARED: "draft", State.APPROVED: "in_review", State.DONE: "accepted", State.REFUSED: "declined"}
MOST_TOLD = 100


@dataclass(frozen=True)
class Row:
    """One prepared decision on the page of a batch; `has_changed`: its application is not any more what was decided on."""

    prepared: PreparedDecision
    transition: Transition
    seen: Status
    letter: LetterText | None
    has_changed: bool


@admin.register(PreparedDecision)
class PreparedDecisionAdmin(NotedExportMixin, OwnRowsMixin, admin.ModelAdmin):
    """Made on the pages of applications; applied and discarded here, through the services alone."""

    program_lookup = "application__window__program"
    list_display = ["candidate", "decision", "window", "reason", "prepared_by", "prepared_when", "shown_state"]
    list_display_links = None
    list_filter = [PreparedProgramFilter, PreparedWindowFilter, ActionFilter, PreparedStateFilter]
    list_select_related = ["application__window__program", "prepared_by", "reason", "office"]
    search_fields = ["application__full_name", "application__reference"]
    search_help_text = gettext_lazy("Name or reference")
    ordering = ["-pk"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ["apply", "discard"]
    export_permission = "applications.export_application"  # it names candidates
    export_columns = [
        Column(gettext_lazy("reference"), attrgetter("application.reference")),
        Column(gettext_lazy("name"), attrgetter("application.full_name")),
        Column(gettext_lazy("program"), attrgetter("application.window.program.name")),
        Column(gettext_lazy("window"), attrgetter("application.window.season")),
        Column(gettext_lazy("decision"), lambda prepared: workflow.transition(prepared.action).target.label),
        Column(gettext_lazy("reason"), attrgetter("reason")),
        Column(gettext_lazy("office"), attrgetter("office")),
        Column(gettext_lazy("start date"), attrgetter("start_date")),
        Column(gettext_lazy("answer by"), attrgetter("answer_by")),
        Column(gettext_lazy("internal note"), attrgetter("note")),
        Column(gettext_lazy("prepared by"), attrgetter("prepared_by")),
        Column(gettext_lazy("prepared"), attrgetter("prepared_at")),
        Column(gettext_lazy("state"), lambda prepared: prepared.get_state_display()),
        Column(gettext_lazy("why not"), attrgetter("problem")),
    ]

    def program_id_of(self, row: PreparedDecision) -> int:
        return row.application.window.program_id

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).select_related(*self.list_select_related, "application__candidate")
        rows = rows.prefetch_related(letter_texts.own_words_of("application"))
        return rows.defer("application__draft", "application__sent")

    # --- Who may ---

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: PreparedDecision | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PreparedDecision | None = None) -> bool:
        """What is applied stays, as the record of its batch."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.state == State.PREPARED)

    def has_apply_permission(self, request: HttpRequest, obj: PreparedDecision | None = None) -> bool:
        return request.user.has_perm("applications.change_application") and self._is_own(request, obj)

    # --- The list ---

    @admin.display(description=gettext_lazy("application"), ordering="application__full_name")
    def candidate(self, prepared: PreparedDecision) -> str:
        application = prepared.application
        return format_html(
            '<a href="{}">{}</a> <span class="quiet figures">{}</span>',
            change_url(application),
            application.full_name,
            application.reference,
        )

    @admin.display(description=gettext_lazy("decision"), ordering="action")
    def decision(self, prepared: PreparedDecision) -> str:
        target = workflow.transition(prepared.action).target
        return badge(target, target.label)

    @admin.display(description=gettext_lazy("window"), ordering="application__window__opens_at")
    def window(self, prepared: PreparedDecision) -> str:
        return str(prepared.application.window)

    @admin.display(description=gettext_lazy("prepared"), ordering="prepared_at")
    def prepared_when(self, prepared: PreparedDecision) -> str:
        return moment(prepared.prepared_at, prepared.application.window.zone)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def shown_state(self, prepared: PreparedDecision) -> str:
        shown = badge(BADGES[prepared.state], capfirst(prepared.get_state_display()))
        if prepared.batch is None:
            return shown
        return format_html('<a href="{}">{}</a>', reverse("admin:applications_batch", args=[prepared.batch]), shown)

    @admin.action(description=gettext_lazy("Apply"), permissions=["apply"])
    def apply(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return self._choose(request, "apply", queryset)

    @admin.action(description=gettext_lazy("Discard"), permissions=["delete"])
    def discard(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return self._choose(request, "discard", queryset)

    def _choose(self, request: HttpRequest, deed: str, queryset: QuerySet) -> HttpResponse:
        chosen = list(queryset.values_list("pk", flat=True)[: MOST_ROWS + 1])
        if len(chosen) > MOST_ROWS:
            messages.warning(
                request, _("Nothing was done: choose at most %(most)d decisions at once.") % {"most": MOST_ROWS}
            )
            return redirect(request.get_full_path())
        return self._look_through(request, deed, chosen)

    # --- Pages ---

    def get_urls(self) -> list:
        view = self.admin_site.admin_view
        return [
            path("batch/<uuid:batch>/", view(self.batch_page), name="applications_batch"),
            path("chosen/<str:deed>/", view(self.chosen), name="applications_prepared"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """It is shown where it belongs: on the application's page."""
        return redirect(change_url(self.own_row(request, object_id, "view").application) + "#prepared")

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """Asks; the answer goes to `chosen`."""
        return self._look_through(request, "discard", [self.own_row(request, object_id, "delete").pk])

    def chosen(self, request: HttpRequest, deed: str) -> HttpResponse:
        """Turns the pages of what was chosen, and applies or discards it. Rows are named by id, and a decision that is
        prepared anew has a new one: what goes is what was shown."""
        if deed not in ("apply", "discard"):
            raise Http404
        may = self.has_apply_permission if deed == "apply" else self.has_delete_permission
        if not may(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._to_list()
        chosen = _numbers(request.POST.get("chosen", "").split())
        if request.POST.get("do") != deed:
            return self._look_through(request, deed, chosen)
        prepared = PreparedDecision.objects.filter(pk__in=self.own_ids(request, chosen))
        if deed == "apply":
            try:
                batch = approve(prepared=prepared, by=request.user, seen_words=request.POST.get("words", ""))
            except WordsChanged:
                return self._look_through(request, deed, chosen, notice=letter_texts.WORDS_CHANGED)
            if batch:
                return redirect("admin:applications_batch", batch)
            messages.warning(request, _("Nothing was done: somebody has applied or discarded them meanwhile."))
        else:
            count = discard(prepared=prepared, by=request.user)
            text = ngettext("%(count)d prepared decision is gone.", "%(count)d prepared decisions are gone.", count)
            messages.success(request, text % {"count": count})
        return self._to_list()

    def _to_list(self) -> HttpResponse:
        return redirect(reverse("admin:applications_prepareddecision_changelist") + "?state=prepared")

    def _look_through(self, request: HttpRequest, deed: str, chosen: list[int], *, notice: str = "") -> HttpResponse:
        """Every decision with its letter, page by page, before they go. `notice` says why they did not go (409)."""
        own = PreparedDecision.objects.waiting().filter(pk__in=self.own_ids(request, chosen)).order_by("pk")
        waiting = list(own.values_list("pk", flat=True))
        paginator = Paginator(waiting, PER_PAGE)
        shown = paginator.get_page(request.POST.get("page"))
        found = self.get_queryset(request).in_bulk(shown.object_list)
        words = words_of(own)
        verb = _("Apply") if deed == "apply" else _("Discard")
        title = ngettext(
            "%(verb)s: %(count)d prepared decision", "%(verb)s: %(count)d prepared decisions", len(waiting)
        )
        context = {
            "title": title % {"verb": verb, "count": len(waiting)},
            "deed": deed,
            "verb": verb,
            "notice": notice,
            # While pages are turned: of the first one that was seen.
            "words": words if notice else request.POST.get("words", words),
            "rows": [_row(found[pk]) for pk in shown.object_list if pk in found],
            "changed": own.exclude(
                application__status=F("seen_status"), application__revision=F("seen_revision")
            ).count(),
            "chosen": " ".join(map(str, waiting)),
            "count": len(waiting),
            "shown": shown,
            "pages": paginator.get_elided_page_range(shown.number),
        }
        template = "admin/applications/prepareddecision/look_through.html"
        return page(self, request, template, status=409 if notice else 200, **context)

    def batch_page(self, request: HttpRequest, batch: UUID) -> HttpResponse:
        """How far a batch is: its decisions, and the letters of those that are done. It looks again by itself until all
        is settled; while letters only wait for their time, when that has come."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).filter(batch=batch)
        counts: dict[str, int] = dict(rows.order_by().values_list("state").annotate(Count("pk")))
        total = sum(counts.values())
        if not total:
            raise Http404
        now = timezone.now()
        waiting, letters = counts.get(State.APPROVED, 0), letters_of(batch).progress(now)
        goes_on_at = None if waiting or letters["leaving"] else letters["next_at"]
        zone = rows.order_by()[0].application.window.zone  # whichever: to sort them for it would read them all
        refused: Any = rows.filter(state=State.REFUSED).order_by("pk")[:MOST_TOLD]
        context = {
            "title": _("Decisions sent off"),
            "batch": batch,
            "total": total,
            "settled": total - waiting,
            "done": counts.get(State.DONE, 0),
            "waiting": waiting,
            "letters": letters,
            "letter_total": sum(letters[name] for name in ("later", "leaving", "sent", "failed", "held_back")),
            "leaves_at": letters["next_at"] and when(letters["next_at"], zone),
            "look_again": _look_again(waiting, letters["leaving"], goes_on_at, now),
            "refused_count": counts.get(State.REFUSED, 0),
            "refused": refused,
        }
        return page(self, request, "admin/applications/prepareddecision/batch.html", **context)


def _look_again(decisions: int, letters: int, goes_on_at: datetime | None, now: datetime) -> str:
    """When the page of a batch is to look again, in htmx's words; empty when all is settled."""
    if decisions or letters:
        return "every 2s"
    if goes_on_at:
        return f"load delay:{ceil((goes_on_at - now).total_seconds()) + 1}s"
    return ""


def _row(prepared: PreparedDecision) -> Row:
    application = prepared.application
    has_changed = (application.status, application.revision) != (prepared.seen_status, prepared.seen_revision)
    letter = letter_of(prepared)
    return Row(prepared, workflow.transition(prepared.action), Status(prepared.seen_status), letter, has_changed)


def _numbers(texts: list[str]) -> list[int]:
    """Ids as the page wrote them; nonsense is left out."""
    return [int(text) for text in texts[:MOST_ROWS] if text.isascii() and text.isdigit() and len(text) < 19]
