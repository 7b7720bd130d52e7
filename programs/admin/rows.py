"""Row by row: the admin shows and takes from everybody the programs that they run, and nothing else."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import PROTECT, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import User
from accounts.statements import Statement
from programs.models import Membership, Program, Window

# Every page of the admin asks them.
_PROGRAMS = Statement(lambda role, user: Program.objects.of_member(role, user))
_WINDOWS = Statement(lambda *programs: Window.objects.filter(program__in=programs))


def programs_run(request: HttpRequest) -> list[Program]:
    """The programs in which the reader decides, in order; one query for a request."""
    if not hasattr(request, "programs_run"):
        request.programs_run = _programs_run_by(request.user)
    return request.programs_run


def _programs_run_by(user: User) -> list[Program]:
    """Program.objects.run_by(), of which the statement for whoever is no administrator is kept."""
    if user.is_active and user.is_staff and not user.is_superuser:
        return _PROGRAMS.rows(Membership.Role.RECRUITER.value, user.pk)
    return list(Program.objects.run_by(user))


def windows_run(request: HttpRequest) -> list[Window]:
    """The windows of those programs, each with its program; one query for a request."""
    if not hasattr(request, "windows_run"):
        programs = {program.pk: program for program in programs_run(request)}
        request.windows_run = _WINDOWS.rows(*programs) if programs else []
        for window in request.windows_run:
            window.program = programs[window.program_id]
    return request.windows_run


class WindowsByKey(dict[int, Window]):
    """The windows that the reader's request knows, by their keys; one that was added just now is read by itself."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__((window.pk, window) for window in windows_run(request))

    def __missing__(self, key: int) -> Window:
        return self.setdefault(key, Window.objects.select_related("program").get(pk=key))


def is_in_use(row: Model) -> bool:
    """Whether rows that may not lose it refer to `row`, whichever app they are of: then it can't be deleted."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: row}).exists()
        for relation in row._meta.get_fields(include_hidden=True)  # those without a name to come back by, too
        if relation.auto_created and not relation.concrete and relation.on_delete is PROTECT
    )


class OwnRowsMixin:
    """For a ModelAdmin whose rows belong to a program, found under `program_lookup`.

    Django asks has_*_permission() for its own pages; every page of ours gets its row from own_row(), which asks too.
    """

    program_lookup = "program"

    def program_id_of(self, row: Model) -> int:
        return row.program_id

    def _is_own(self, request: HttpRequest, row: Model | None) -> bool:
        return row is None or self.program_id_of(row) in {program.pk for program in programs_run(request)}

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        if request.user.is_active and request.user.is_superuser:
            return rows
        return self.of_programs_run(request, rows)

    def of_programs_run(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        """Those of `rows` that belong to the programs in which the reader decides."""
        return rows.filter(**{f"{self.program_lookup}__in": [program.pk for program in programs_run(request)]})

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_view_permission(request, obj) and self._is_own(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_own(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_own(request, obj)

    def own_ids(self, request: HttpRequest, ids: list[int]) -> list[int]:
        """Those of `ids` that are the reader's, by number. For thousands: the programs are compared here, since SQLite
        plans a long list of ids together with a condition on another table as a loop within a loop."""
        found = self.model._base_manager.filter(pk__in=ids).order_by("pk")
        run = {program.pk for program in programs_run(request)}
        return [pk for pk, program in found.values_list("pk", self.program_lookup) if program in run]

    def own_row(self, request: HttpRequest, object_id: str, permission: str) -> Any:
        """The row of that id, for somebody who has `permission` on it. Raises Http404 or PermissionDenied."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not getattr(self, f"has_{permission}_permission")(request, row):
            raise PermissionDenied
        return row

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        if object_id is not None:
            self.own_row(request, object_id, "view")  # Django would send everybody home with a message
        return super().changeform_view(request, object_id, form_url, extra_context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        self.own_row(request, object_id, "view")
        return super().history_view(request, object_id, extra_context)
