"""Personal extensions in the admin: a list, and a page on which one is granted."""

from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.export import Column
from applications.admin.export import NotedExportMixin
from applications.admin.filters import ProgramFilter, WindowFilter
from applications.extensions import grant_extension
from applications.models import Extension
from programs.admin.pages import LocalTimeField, moment, page
from programs.admin.rows import OwnRowsMixin, programs_run
from programs.admin.window_forms import LocalTimesForm
from programs.admin.windows import show
from programs.models import Window


class ExtensionForm(LocalTimesForm):
    """Who gets more time, for which window, until when."""

    local_times = ("until",)

    window = forms.ModelChoiceField(Window.objects.none(), label=gettext_lazy("Window"))
    email = forms.EmailField(
        label=gettext_lazy("Candidate's e-mail address"),
        help_text=gettext_lazy(
            "The one that they sign in with. Whoever has no account yet gets one with their first code."
        ),
    )
    until = LocalTimeField(
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("Clock time in the window's zone; the first moment that is too late."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("For colleagues: an accommodation, a failure of ours. The candidate doesn't see it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, windows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["window"].queryset = windows

    @property
    def zone(self) -> ZoneInfo | None:
        window = self.cleaned_data.get("window")
        return window.zone if window else None


@admin.register(Extension)
class ExtensionAdmin(NotedExportMixin, OwnRowsMixin, admin.ModelAdmin):
    """Granted here, replaced by granting again, and never edited."""

    program_lookup = "window__program"
    list_display = ["candidate", "window", "until_when", "by", "granted_when", "reason"]
    list_display_links = None
    list_select_related = ["candidate", "window__program", "by"]
    list_filter = [ProgramFilter, WindowFilter]
    search_fields = ["candidate__email", "candidate__name"]
    show_facets = admin.ShowFacets.NEVER
    export_permission = "applications.export_application"  # it names candidates
    export_columns = [
        Column(gettext_lazy("candidate"), attrgetter("candidate.email"), joins=("candidate",)),
        Column(gettext_lazy("program"), attrgetter("window.program.name"), joins=("window__program",)),
        Column(gettext_lazy("window"), attrgetter("window.season")),
        Column(gettext_lazy("until"), attrgetter("until")),
        Column(gettext_lazy("granted by"), attrgetter("by"), joins=("by",)),
        Column(gettext_lazy("granted"), attrgetter("at")),
        Column(gettext_lazy("reason"), attrgetter("reason")),
    ]

    def program_id_of(self, row: Extension) -> int:
        return row.window.program_id

    def has_change_permission(self, request: HttpRequest, obj: Extension | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Extension | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("until"), ordering="until")
    def until_when(self, extension: Extension) -> str:
        return moment(extension.until, extension.window.zone)

    @admin.display(description=gettext_lazy("granted"), ordering="at")
    def granted_when(self, extension: Extension) -> str:
        return moment(extension.at, extension.window.zone)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        """Grants one, and writes to the candidate."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        windows = Window.objects.published().filter(program__in=programs_run(request)).select_related("program")
        initial = {"window": request.GET.get("window")}
        form = ExtensionForm(request.POST if request.method == "POST" else None, windows=windows, initial=initial)
        if request.method == "POST" and form.is_valid():
            facts = form.cleaned_data
            try:
                grant_extension(
                    email=facts["email"],
                    window=facts["window"],
                    until=facts["until"],
                    by=request.user,
                    reason=facts["reason"],
                )
            except ValidationError as error:
                show(form, error)
            else:
                messages.success(request, _("Granted. A letter tells them."))
                return redirect("admin:applications_extension_changelist")
        context = {"title": _("Grant a personal extension"), "form": form, "verb": _("Grant it and write to them")}
        return page(self, request, "admin/form.html", **context)
