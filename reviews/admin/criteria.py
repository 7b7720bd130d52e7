"""The rubric of a program, one page a criterion. The list and its order are on the program's page."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from programs.admin.pages import change_url, page
from programs.admin.rows import OwnRowsMixin, is_in_use, programs_run
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
class CriterionAdmin(OwnRowsMixin, admin.ModelAdmin):
    """For the recruiters of the program."""

    form = CriterionForm
    list_display = ["title", "program", "weight", "position", "retired_at"]
    list_select_related = ["program"]
    search_fields = ["title", "program__name"]
    show_facets = admin.ShowFacets.NEVER
    fieldsets = [
        (None, {"fields": ["title", "guidance", "weight", "position"]}),
        (gettext_lazy("What a score looks like"), {"fields": ANCHORS}),
    ]

    def get_urls(self) -> list:
        view = self.admin_site.admin_view
        own = [
            path("<path:object_id>/move/<str:direction>/", view(self.move), name="reviews_criterion_move"),
            path("<path:object_id>/restore/", view(self.restore), name="reviews_criterion_restore"),
        ]
        return own + super().get_urls()

    # --- The form ---

    def _asked_for(self, request: HttpRequest) -> Program | None:
        """The program that an “Add” link names; None for one that the reader does not run or that does not exist."""
        programs = {str(program.pk): program for program in programs_run(request)}
        return programs.get(request.GET.get("program", ""))

    def get_form(self, request: HttpRequest, obj: Criterion | None = None, **kwargs: Any) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, **kwargs)
        form.program = obj.program if obj else self._asked_for(request)
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        last = Criterion.objects.active().filter(program=self._asked_for(request)).last()
        return {"position": last.position + 1 if last else 1}

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        """A criterion of the program that the link names; without one, the choice of a program."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        program = self._asked_for(request)
        if program is None and "program" in request.GET:
            raise Http404
        if program is None:
            context = {"title": _("Add criterion"), "programs": programs_run(request)}
            return page(self, request, "admin/reviews/criterion/choose.html", **context)
        title = _("Add criterion: %(program)s") % {"program": program}
        return super().add_view(request, form_url, {"title": title, "program": program, "subtitle": None})

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        obj = kwargs.get("obj")
        if obj:
            context |= {"program": obj.program, "title": f"{obj.program}: {obj.title}", "subtitle": None}
        return super().render_change_form(request, context, *args, **kwargs)

    # --- What is done with it ---

    def save_model(self, request: HttpRequest, obj: Criterion, form: forms.ModelForm, change: bool) -> None:
        rubric.save_criterion(criterion=obj)

    def _to_program(self, criterion: Criterion) -> HttpResponse:
        return redirect(f"{change_url(criterion.program)}#rubric")

    def response_post_save_add(self, request: HttpRequest, obj: Criterion) -> HttpResponse:
        return self._to_program(obj)

    def response_post_save_change(self, request: HttpRequest, obj: Criterion) -> HttpResponse:
        return self._to_program(obj)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """Confirms, then deletes what nobody scored and retires what somebody did."""
        criterion = self.own_row(request, object_id, "delete")
        if request.method == "POST":
            title = criterion.title
            self.log_change(request, criterion, _("Removed."))
            if rubric.remove_criterion(criterion=criterion):
                text = _("“%(title)s” is deleted. Nobody had scored it.")
            else:
                text = _("“%(title)s” is retired: nobody scores it any more, and the reviews that are in keep it.")
            messages.success(request, text % {"title": title})
            return self._to_program(criterion)
        context = {
            "title": _("Remove “%(title)s”?") % {"title": criterion.title},
            "parents": (criterion.program, criterion),
            "criterion": criterion,
            "in_use": is_in_use(criterion),
        }
        return page(self, request, "admin/reviews/criterion/remove.html", **context)

    @method_decorator(require_POST)
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lets what was retired be scored again."""
        criterion = self.own_row(request, object_id, "change")
        if criterion.retired_at:
            rubric.restore_criterion(criterion=criterion)
            self.log_change(request, criterion, _("Taken up again."))
        messages.success(request, _("“%(title)s” is scored again.") % {"title": criterion.title})
        return self._to_program(criterion)

    @method_decorator(require_POST)
    def move(self, request: HttpRequest, object_id: str, direction: str) -> HttpResponse:
        """One place up or down in the list of its program."""
        criterion = self.own_row(request, object_id, "change")
        if direction not in ("up", "down"):
            raise Http404
        rubric.move_criterion(criterion=criterion, up=direction == "up")
        return self._to_program(criterion)
