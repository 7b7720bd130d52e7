"""What a program asks for, one page a requirement: the form of its kind is the page. Nobody types JSON."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs import kinds, services
from programs.admin.listed import ListedMixin, Removal
from programs.admin.pages import page
from programs.admin.rows import programs_run
from programs.models import Program, Requirement, Window


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
class RequirementAdmin(ListedMixin, admin.ModelAdmin):
    """Reached from its program's page, where the list and its order are."""

    list_display = ["title", "program", "kind", "mandatory", "position", "retired_at"]
    list_filter = ["kind", "mandatory"]
    list_select_related = ["program"]
    search_fields = ["title", "program__name"]
    anchor = "requirements"
    told_restored = gettext_lazy("“%(row)s” is asked again.")
    told_retired = gettext_lazy("This is retired: nobody is asked for it.")
    removal_template = "admin/programs/requirement/remove.html"
    removal = Removal(
        ask_retire=gettext_lazy(
            "It has been answered, so it is retired: nobody is asked for it any more, and what was sent keeps it. "
            "You can take it up again."
        ),
        ask_delete=gettext_lazy("Nobody has answered it, so it is deleted. That can't be undone."),
        retired=gettext_lazy("“%(row)s” is retired: it is not asked any more, and the answers that were sent keep it."),
        deleted=gettext_lazy("“%(row)s” is deleted. Nobody had answered it."),
    )

    # --- The form of the kind ---

    @staticmethod
    def _kind_asked_for(request: HttpRequest) -> type[kinds.Kind] | None:
        """The kind that an “Add” link names; None for one that does not exist."""
        slug = request.GET.get("kind", "")
        return kinds.get(slug) if slug in dict(kinds.choices) else None

    def get_form(self, request: HttpRequest, obj: Requirement | None = None, **kwargs: Any) -> type[forms.ModelForm]:
        program = obj.program if obj else self.program_asked_for(request)
        kwargs["form"] = form_for(kinds.get(obj.kind) if obj else self._kind_asked_for(request), program)
        return super().get_form(request, obj, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Requirement | None = None) -> list:
        kind = kinds.get(obj.kind) if obj else self._kind_asked_for(request)
        rule = (gettext_lazy("What is asked"), {"fields": list(kind.ParametersForm.base_fields)})
        return [(None, {"fields": ["title", "mandatory", "position"]}), rule]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        program, kind = self.program_asked_for(request), self._kind_asked_for(request)
        if program is None or kind is None:
            programs = [program] if program else programs_run(request)
            context = {"title": _("Add requirement"), "programs": programs, "kinds": kinds.choices}
            return page(self, request, "admin/programs/requirement/choose.html", **context)
        title = _("%(program)s: one more thing to ask (%(kind)s)") % {"program": program, "kind": kind.label}
        return super().add_view(request, form_url, {"title": title, "program": program, "subtitle": None})

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        if obj := kwargs.get("obj"):
            context["open_window"] = _open_window(obj)
        return super().render_change_form(request, context, *args, **kwargs)

    # --- What is done with it ---

    def save_model(self, request: HttpRequest, obj: Requirement, form: forms.ModelForm, change: bool) -> None:
        services.save_requirement(requirement=obj)

    def restore_row(self, row: Requirement) -> None:
        row.retired_at = None
        services.save_requirement(requirement=row)

    def get_removal_context(self, row: Requirement) -> dict[str, Any]:
        return {"open_window": _open_window(row)}


def _open_window(requirement: Requirement) -> Window | None:
    """A window in which candidates are asked for it now."""
    return requirement.program.windows.open(at=timezone.now()).first()
