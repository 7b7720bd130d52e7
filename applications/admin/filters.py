"""Filters of the list of applications. What a filter does not know, it ignores."""

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from applications.models import PreparedDecision
from applications.workflow import TRANSITIONS, Actor, Status
from programs.admin import windows
from programs.admin.rows import programs_run
from programs.models import Window

SENT_STATUSES = [(status.value, status.label) for status in Status if status != Status.DRAFT]


class ProgramFilter(windows.ProgramFilter):
    lookup = "window__program"


class PreparedProgramFilter(windows.ProgramFilter):
    lookup = "application__window__program"


class WindowFilter(admin.SimpleListFilter):
    """The windows of the program that is chosen, or of all that the reader runs."""

    title = _("window")
    parameter_name = "window"
    lookup = "window"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        found = Window.objects.filter(program__in=programs_run(request)).select_related("program")
        program = request.GET.get(ProgramFilter.parameter_name, "")
        shown = [window for window in found if program in ("", str(window.program_id))]
        return [(str(window.pk), window.season if program else str(window)) for window in shown]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        known = {value for value, _label in self.lookup_choices}
        return queryset.filter(**{self.lookup: self.value()}) if self.value() in known else queryset


class PreparedWindowFilter(WindowFilter):
    lookup = "application__window"


class ActionFilter(admin.SimpleListFilter):
    title = _("decision")
    parameter_name = "decision"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(row.action, row.verb) for row in TRANSITIONS if row.actor == Actor.RECRUITER]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        known = {value for value, _label in self.lookup_choices}
        return queryset.filter(action=self.value()) if self.value() in known else queryset


class PreparedStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(value, capfirst(label)) for value, label in PreparedDecision.State.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(state=self.value()) if self.value() in PreparedDecision.State.values else queryset


class StatusFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return SENT_STATUSES

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(status=self.value()) if self.value() in dict(SENT_STATUSES) else queryset


class VerdictFilter(admin.SimpleListFilter):
    title = _("what was asked")
    parameter_name = "verdicts"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("all", _("all met")), ("some", _("not all met"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "all":
            return queryset.filter(met=F("asked"))
        return queryset.filter(met__lt=F("asked")) if self.value() == "some" else queryset
