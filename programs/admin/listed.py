"""Rows that recruiters keep in a list of a program, in the admin: removed or retired, taken up again, put in order."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from programs.admin.pages import change_url, page
from programs.admin.rows import OwnRowsMixin, is_in_use, programs_run
from programs.listed import move_listed, remove_listed
from programs.models import Program


@dataclass(frozen=True)
class Removal:
    """What is said before a row goes, where it is in use and where it is not, and afterwards; `%(row)s` is the row."""

    ask_retire: Promise
    ask_delete: Promise
    retired: Promise
    deleted: Promise


class RetiredMixin(OwnRowsMixin):
    """For a ModelAdmin whose rows are retired instead of deleted once something refers to them."""

    removal: Removal
    removal_template = "admin/remove.html"

    def get_removal_context(self, row: Model) -> dict[str, Any]:
        """What the page that asks shows besides."""
        return {}

    def to_list(self, row: Model) -> HttpResponse:
        """The answer when something was done with a row: to the list in which it stands."""
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """Confirms, then deletes what nothing refers to and retires any other row."""
        row = self.own_row(request, object_id, "delete")
        if request.method == "POST":
            name = str(row)
            self.log_change(request, row, _("Removed."))
            told = self.removal.deleted if remove_listed(row=row) else self.removal.retired
            messages.success(request, told % {"row": name})
            return self.to_list(row)
        in_use = is_in_use(row)
        context = {
            "title": _("Remove “%(row)s”?") % {"row": row},
            "row": row,
            "parents": (row.program, row),
            "in_use": in_use,
            "lead": self.removal.ask_retire if in_use else self.removal.ask_delete,
            **self.get_removal_context(row),
        }
        return page(self, request, self.removal_template, **context)


class ListedMixin(RetiredMixin):
    """For a ModelAdmin whose rows stand in order on their program's page, at `anchor`, and are added from there."""

    anchor = ""
    told_restored: Promise  # about “%(row)s”
    told_retired: Promise  # on the page of a row that is

    def in_order(self) -> QuerySet:
        """The rows that are not retired, of all programs."""
        return self.model.objects.filter(retired_at=None)

    def restore_row(self, row: Model) -> None:
        """Takes a retired row up again."""
        row.retired_at = None
        row.save(update_fields=["retired_at"])

    def to_list(self, row: Model) -> HttpResponse:
        return redirect(f"{change_url(row.program)}#{self.anchor}")

    def program_asked_for(self, request: HttpRequest) -> Program | None:
        """The program that an “Add” link names; None where it names none. Raises Http404 for one that the reader does
        not run or that does not exist."""
        if "program" not in request.GET:
            return None
        programs = {str(program.pk): program for program in programs_run(request)}
        if request.GET["program"] not in programs:
            raise Http404
        return programs[request.GET["program"]]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        last = self.in_order().filter(program=self.program_asked_for(request)).last()
        return {"position": last.position + 1 if last else 1}

    # --- Pages ---

    def get_urls(self) -> list:
        view, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("<path:object_id>/move/<str:direction>/", view(self.move), name=f"{name}_move"),
            path("<path:object_id>/restore/", view(self.restore), name=f"{name}_restore"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        if row := kwargs.get("obj"):
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_restore"
            context |= {"program": row.program, "title": f"{row.program}: {row}", "subtitle": None}
            context |= {"restore_url": reverse(name, args=[row.pk]), "retired_told": self.told_retired}
        return super().render_change_form(request, context, *args, **kwargs)

    def response_post_save_add(self, request: HttpRequest, obj: Model) -> HttpResponse:
        return self.to_list(obj)

    def response_post_save_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        return self.to_list(obj)

    @method_decorator(require_POST)
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Takes up again what was retired."""
        row = self.own_row(request, object_id, "change")
        if row.retired_at:
            self.restore_row(row)
            self.log_change(request, row, _("Taken up again."))
        messages.success(request, self.told_restored % {"row": row})
        return self.to_list(row)

    @method_decorator(require_POST)
    def move(self, request: HttpRequest, object_id: str, direction: str) -> HttpResponse:
        """One place up or down in the list of its program."""
        row = self.own_row(request, object_id, "change")
        if direction not in ("up", "down"):
            raise Http404
        move_listed(row=row, rows=self.in_order(), up=direction == "up")
        return self.to_list(row)
