"""Filters that lead from a figure of the home or the reports to the applications behind it. Nonsense is ignored."""

from datetime import date, datetime, time, timedelta

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.admin.filters import SENT_STATUSES
from applications.models import StatusChange
from letters.models import Letter
from programs import times
from programs.admin.rows import windows_run


class SentFilter(admin.SimpleListFilter):
    """The day on which it was sent, in the zone in which most of the reader's windows are announced."""

    title = _("sent")
    parameter_name = "sent"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        self.zone = times.usual_zone(windows_run(request))
        today = timezone.now().astimezone(self.zone).date()
        chosen = self._day()
        shown = [(today.isoformat(), _("today")), ((today - timedelta(days=1)).isoformat(), _("yesterday"))]
        if chosen and chosen.isoformat() not in dict(shown):
            shown.append((chosen.isoformat(), times.day(chosen)))
        return shown

    def _day(self) -> date | None:
        try:
            return date.fromisoformat(self.value() or "")
        except ValueError:
            return None

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        day = self._day()
        if day is None or not 2000 <= day.year <= 2200:
            return queryset
        begins, ends = (datetime.combine(it, time.min, tzinfo=self.zone) for it in (day, day + timedelta(days=1)))
        return queryset.filter(submitted_at__gte=begins, submitted_at__lt=ends)


class ReachedFilter(admin.SimpleListFilter):
    """What an application has ever come to, whatever became of it: what the funnels count."""

    title = _("ever reached")
    parameter_name = "reached"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return SENT_STATUSES

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in dict(SENT_STATUSES):
            return queryset
        changes = StatusChange.objects.stood().filter(application=OuterRef("pk"), to_status=self.value())
        return queryset.filter(Exists(changes))


class LetterFilter(admin.SimpleListFilter):
    title = _("letters")
    parameter_name = "letters"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(Letter.Status.QUEUED.value, _("one waits")), (Letter.Status.FAILED.value, _("one did not arrive"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        return queryset.filter(Exists(Letter.objects.filter(about=OuterRef("reference"), status=self.value())))
