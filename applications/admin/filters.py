"""Filters of the list of applications. What a filter does not know, it ignores."""

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from applications.models import Application, PreparedDecision
from applications.workflow import TRANSITIONS, UNDECIDED, Actor, Status
from programs.admin import windows
from programs.admin.pages import badge
from programs.admin.rows import windows_run
from programs.models import Window

SENT_STATUSES = [(status.value, status.label) for status in Status if status != Status.DRAFT]


class ProgramFilter(windows.ProgramFilter):
    """By the windows of the program, which the reader's request knows: so the rows need no join."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in {value for value, _label in self.lookup_choices}:
            return queryset
        own = [window.pk for window in windows_run(request) if str(window.program_id) == self.value()]
        return queryset.filter(window__in=own)


class PreparedProgramFilter(windows.ProgramFilter):
    lookup = "application__window__program"


class WindowFilter(admin.SimpleListFilter):
    """The windows of the program that is chosen, or of all that the reader runs."""

    title = _("window")
    parameter_name = "window"
    lookup = "window"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        program = request.GET.get(ProgramFilter.parameter_name, "")
        shown = [window for window in windows_run(request) if program in ("", str(window.program_id))]
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
        states = [(value, capfirst(label)) for value, label in PreparedDecision.State.choices]
        return [*states, ("undone", _("Not done, and still to decide"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "undone":
            return queryset.undone()
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


class DecisionFilter(admin.SimpleListFilter):
    """What still waits for a decision, and was promised one for these days or for days that are over."""

    title = _("decision")
    parameter_name = "decision"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("due", _("due in 3 days")), ("overdue", _("overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        at = timezone.now()
        if self.value() == "due":
            windows = Window.objects.decision_due(at=at)
        elif self.value() == "overdue":
            windows = Window.objects.decision_overdue(at=at)
        else:
            return queryset
        return queryset.filter(window__in=windows, status__in=UNDECIDED)


def decision_mark(application: Application) -> str:
    """A badge where the promised day has come and the decision has not; else nothing."""
    state = application.window.decision_state(timezone.now()) if application.status in UNDECIDED else ""
    return badge(state, _("Overdue") if state == "overdue" else _("Due")) if state else ""
