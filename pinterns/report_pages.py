"""The page of reports and their downloads: for those who run programs, of the programs that they run."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.export import csv_response
from pinterns.report_tables import REPORTS, Scope
from programs.admin.rows import programs_run
from programs.models import Window


class ScopeForm(forms.Form):
    """Whose figures: those of one window, of one program, or of all that the reader runs."""

    of = forms.ChoiceField(label=gettext_lazy("Applications of"), required=False)

    def __init__(self, *args: Any, windows: list[Window], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.windows = windows
        self.fields["of"].choices = [("", _("All programs")), *self._groups()]

    def _groups(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        for program, windows in groupby(self.windows, key=lambda window: window.program):
            whole = (f"program-{program.pk}", _("All of %(program)s") % {"program": program})
            yield str(program), [whole, *((f"window-{window.pk}", str(window)) for window in windows)]

    def scope(self) -> Scope:
        """Raises Http404 for what is none of the choices."""
        if not self.is_valid():
            raise Http404
        kind, _dash, number = self.cleaned_data["of"].partition("-")
        if not kind:
            return Scope(self.windows, {}, timezone.now())
        owner = attrgetter("program_id" if kind == "program" else "pk")
        return Scope(
            [window for window in self.windows if str(owner(window)) == number], {kind: number}, timezone.now()
        )


def _form(request: HttpRequest) -> ScopeForm:
    """The form with the windows of the programs that the reader runs. Raises PermissionDenied."""
    programs = {program.pk: program for program in programs_run(request)}
    if not (programs and request.user.has_perm("applications.view_application")):
        raise PermissionDenied
    windows = Window.objects.filter(program__in=programs).order_by("program__position", "program__name", "-opens_at")
    found = list(windows)
    for window in found:
        window.program = programs[window.program_id]
    return ScopeForm(request.GET, windows=found)


@require_safe
def reports_page(request: HttpRequest, *, site: AdminSite) -> HttpResponse:
    """All reports, one under the other."""
    form = _form(request)
    scope = form.scope()
    context = {
        **site.each_context(request),
        "title": _("Reports"),
        "crumbs": [(reverse("admin:index"), _("Home"))],
        "form": form,
        "reports": [(report, report.table(scope)) for report in REPORTS.values()],
        "may_export": request.user.has_perm("applications.export_application"),
        "query": urlencode({"of": form.cleaned_data["of"]}),
    }
    request.current_app = site.name
    return TemplateResponse(request, "admin/reports/reports.html", context)


@require_safe
def report_file(request: HttpRequest, name: str) -> HttpResponse:
    """One report as a file."""
    scope = _form(request).scope()
    if not request.user.has_perm("applications.export_application"):
        raise PermissionDenied
    if name not in REPORTS:
        raise Http404
    table = REPORTS[name].table(scope)
    return csv_response(name, table.titles, ([cell.plain for cell in row] for row in table.rows))
