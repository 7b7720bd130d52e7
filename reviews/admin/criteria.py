"""The rubric of a program, one page a criterion. The list and its order are on the program's page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.admin.listed import ListedMixin, Removal
from programs.admin.pages import page
from programs.admin.rows import programs_run
from programs.models import Program
from reviews import rubric
from reviews.models import Criterion

ANCHORS = ["anchor_1", "anchor_2", "anchor_3", "anchor_4"]


class CriterionForm(forms.ModelForm):
    """`program` is the one that an “Add” link names. The weight of what was scored is shown and stays."""

    program: Program | None = None

    class Meta:
        model = Criterion
        fields = ["title", "guidance", "weight", "position", *ANCHORS]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.instance.program = self.program
        elif rubric.is_scored(self.instance):
            self.fields["weight"].disabled = True
            self.fields["weight"].help_text = _(
                "It has been scored, and those scores count with this weight. To weigh it otherwise, retire it and add another."
            )

    def clean_weight(self) -> int:
        weight = self.cleaned_data["weight"]
        if self.instance.pk:
            rubric.check_weight(criterion=self.instance, weight=weight)
        return weight


@admin.register(Criterion)
class CriterionAdmin(ListedMixin, admin.ModelAdmin):
    """For the recruiters of the program."""

    form = CriterionForm
    list_display = ["title", "program", "weight", "position", "retired_at"]
    list_select_related = ["program"]
    search_fields = ["title", "program__name"]
    show_facets = admin.ShowFacets.NEVER
    anchor = "rubric"
    told_restored = gettext_lazy("“%(row)s” is scored again.")
    told_retired = gettext_lazy("This is retired: nobody scores it.")
    removal = Removal(
        ask_retire=gettext_lazy(
            "It has been scored, so it is retired: nobody scores it any more, and the reviews that are in keep it. "
            "You can take it up again."
        ),
        ask_delete=gettext_lazy("Nobody has scored it, so it is deleted. That can't be undone."),
        retired=gettext_lazy("“%(row)s” is retired: nobody scores it any more, and the reviews that are in keep it."),
        deleted=gettext_lazy("“%(row)s” is deleted. Nobody had scored it."),
    )
    fieldsets = [
        (None, {"fields": ["title", "guidance", "weight", "position"]}),
        (gettext_lazy("What a score looks like"), {"fields": ANCHORS}),
    ]

    # --- The form ---

    def get_form(self, request: HttpRequest, obj: Criterion | None = None, **kwargs: Any) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, **kwargs)
        form.program = obj.program if obj else self.program_asked_for(request)
        return form

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        """A criterion of the program that the link names; without one, the choice of a program."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        program = self.program_asked_for(request)
        if program is None:
            context = {"title": _("Add criterion"), "programs": programs_run(request)}
            return page(self, request, "admin/reviews/criterion/choose.html", **context)
        title = _("Add criterion: %(program)s") % {"program": program}
        return super().add_view(request, form_url, {"title": title, "program": program, "subtitle": None})

    def save_model(self, request: HttpRequest, obj: Criterion, form: forms.ModelForm, change: bool) -> None:
        rubric.save_criterion(criterion=obj)
