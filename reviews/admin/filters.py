"""Filters of the list of reviews. What a filter does not know, it ignores."""

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs.models import Membership, Program, ProgramQuerySet, Window
from reviews.models import Assignment
from reviews.panel import READABLE
from reviews.reading import is_in, review_of
from reviews.reviewing import still_to_write


class State(models.TextChoices):
    """How far a reviewer is with one application."""

    WAITING = "waiting", _("Waiting for you")
    BEGUN = "begun", _("Begun")
    IN = "handed_in", _("Handed in")
    OVER = "over", _("No longer needed")


def state_of(assignment: Assignment) -> State:
    """The state of one row; StateFilter is the same rule for many."""
    if is_in(assignment):
        return State.IN
    if assignment.application.status not in READABLE:
        return State.OVER
    return State.BEGUN if review_of(assignment) else State.WAITING


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return State.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case State.WAITING:
                return still_to_write(queryset).not_begun()
            case State.BEGUN:
                return still_to_write(queryset).exclude(review=None)
            case State.IN:
                return queryset.done()
            case State.OVER:
                return queryset.waiting().exclude(application__status__in=READABLE)
        return queryset


def _programs_read(request: HttpRequest) -> ProgramQuerySet:
    """Those whose applications the reader may be given: to look for what they were given would read all of that."""
    return Program.objects.filter(memberships__user=request.user.pk, memberships__role=Membership.Role.REVIEWER)


class ProgramFilter(admin.SimpleListFilter):
    """The programs that the reader reviews for."""

    title = _("program")
    parameter_name = "program"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in _programs_read(request).values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        known = {value for value, _label in self.lookup_choices}
        return queryset.filter(application__window__program=self.value()) if self.value() in known else queryset


class WindowFilter(admin.SimpleListFilter):
    """The windows of those programs that have opened."""

    title = _("window")
    parameter_name = "window"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        opened = Window.objects.published().filter(opens_at__lte=timezone.now())
        found = opened.filter(program__in=_programs_read(request)).select_related("program")
        return [(str(window.pk), str(window)) for window in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        known = {value for value, _label in self.lookup_choices}
        return queryset.filter(application__window=self.value()) if self.value() in known else queryset
