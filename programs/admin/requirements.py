"""What a program asks for, one page a requirement: the form of its kind is the page. Nobody types JSON."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from programs import kinds, services
from programs.admin.pages import change_url, page
from programs.admin.rows import OwnRowsMixin, is_in_use, programs_run
from programs.models import Program, Requirement


class RequirementForm(forms.ModelForm):
    """Title, weight and place of a requirement. form_for() adds the fields of its kind."""

    program: Program | None = None
    kind: type[kinds.Kind]

    class Meta:
        model = Requirement
        fields = ["title", "mandatory", "position"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.instance.program, self.instance.kind = self.program, self.kind.slug
        self.initial = {**self.instance.parameters, **self.initial}

    def save(self, commit: bool = True) -> Requirement:
        names = self.kind.ParametersForm.base_fields
        self.instance.parameters = {name: self.cleaned_data[name] for name in names}
        return super().save(commit)


def form_for(kind: type[kinds.Kind], program: Program | None) -> type[RequirementForm]:
    """One form of both halves, so that an error of the kind's own stands at its field like any other."""
    name = f"{kind.slug.capitalize()}RequirementForm"
    return type(name, (kind.ParametersForm, RequirementForm), {"kind": kind, "program": program})


@admin.register(Requirement)
class RequirementAdmin(OwnRowsMixin, admin.ModelAdmin):
    """Reached from its program's page, where the list and its order are."""

    list_display = ["title", "program", "kind", "mandatory", "position", "retired_at"]
    list_filter = ["kind", "mandatory"]
    list_select_related = ["program"]
    search_fields = ["title", "program__name"]

    def get_urls(self) -> list:
        own = [
            path("<path:object_id>/move/<str:direction>/", self._view(self.move), name="programs_requirement_move"),
            path("<path:object_id>/restore/", self._view(self.restore), name="programs_requirement_restore"),
        ]
        return own + super().get_urls()

    def _view(self, view: Any) -> Any:
        return self.admin_site.admin_view(view)

    # --- The form of the kind ---

    def _asked_for(self, request: HttpRequest) -> tuple[Program | None, type[kinds.Kind] | None]:
        """The program and the kind that an “Add” link names; None for what the reader may not add to or does not exist."""
        programs = {str(program.pk): program for program in programs_run(request)}
        slug = request.GET.get("kind", "")
        kind = kinds.get(slug) if slug in dict(kinds.choices) else None
        return programs.get(request.GET.get("program", "")), kind

    def get_form(self, request: HttpRequest, obj: Requirement | None = None, **kwargs: Any) -> type[forms.ModelForm]:
        program, kind = (obj.program, kinds.get(obj.kind)) if obj else self._asked_for(request)
        kwargs["form"] = form_for(kind, program)
        return super().get_form(request, obj, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Requirement | None = None) -> list:
        kind = kinds.get(obj.kind) if obj else self._asked_for(request)[1]
        rule = (gettext_lazy("What is asked"), {"fields": list(kind.ParametersForm.base_fields)})
        return [(None, {"fields": ["title", "mandatory", "position"]}), rule]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        program, _kind = self._asked_for(request)
        last = program.requirements.order_by("position").last()
        return {"position": last.position + 1 if last else 1}

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        program, kind = self._asked_for(request)
        if "program" in request.GET and program is None:
            raise Http404
        if program is None or kind is None:
            programs = [program] if program else programs_run(request)
            context = {"title": _("Add requirement"), "programs": programs, "kinds": kinds.choices}
            return page(self, request, "admin/programs/requirement/choose.html", **context)
        title = _("%(program)s: one more thing to ask (%(kind)s)") % {"program": program, "kind": kind.label}
        return super().add_view(request, form_url, {"title": title, "program": program, "subtitle": None})

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        obj = kwargs.get("obj")
        if obj:
            context["program"] = obj.program
            context["title"] = f"{obj.program}: {obj.title}"
            context["subtitle"] = None
            context["open_window"] = obj.program.windows.open(at=timezone.now()).first()
        return super().render_change_form(request, context, *args, **kwargs)

    # --- What is done with it ---

    def save_model(self, request: HttpRequest, obj: Requirement, form: forms.ModelForm, change: bool) -> None:
        services.save_requirement(requirement=obj)

    def _to_program(self, requirement: Requirement) -> HttpResponse:
        return redirect(f"{change_url(requirement.program)}#requirements")

    def response_post_save_add(self, request: HttpRequest, obj: Requirement) -> HttpResponse:
        return self._to_program(obj)

    def response_post_save_change(self, request: HttpRequest, obj: Requirement) -> HttpResponse:
        return self._to_program(obj)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """Confirms, then deletes what nobody answered and retires what somebody did."""
        requirement = self.own_row(request, object_id, "delete")
        if request.method == "POST":
            title = requirement.title
            self.log_change(request, requirement, _("Removed."))
            if services.remove_requirement(requirement=requirement):
                text = _("“%(title)s” is deleted. Nobody had answered it.")
            else:
                text = _("“%(title)s” is retired: it is not asked any more, and the answers that were sent keep it.")
            messages.success(request, text % {"title": title})
            return self._to_program(requirement)
        context = {
            "title": _("Remove “%(title)s”?") % {"title": requirement.title},
            "parents": (requirement.program, requirement),
            "requirement": requirement,
            "in_use": is_in_use(requirement),
            "open_window": requirement.program.windows.open(at=timezone.now()).first(),
        }
        return page(self, request, "admin/programs/requirement/remove.html", **context)

    @method_decorator(require_POST)
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks again for what was retired."""
        requirement = self.own_row(request, object_id, "change")
        if requirement.retired_at:
            requirement.retired_at = None
            services.save_requirement(requirement=requirement)
            self.log_change(request, requirement, _("Taken up again."))
        messages.success(request, _("“%(title)s” is asked again.") % {"title": requirement.title})
        return self._to_program(requirement)

    @method_decorator(require_POST)
    def move(self, request: HttpRequest, object_id: str, direction: str) -> HttpResponse:
        """One place up or down in the list of its program."""
        requirement = self.own_row(request, object_id, "change")
        if direction not in ("up", "down"):
            raise Http404
        services.move_requirement(requirement=requirement, up=direction == "up")
        return self._to_program(requirement)
