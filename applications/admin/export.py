"""The table of applications: what recruiters take out. Apps above add columns of theirs with add_columns()."""

import logging
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, F, OuterRef, Prefetch, Subquery, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat
from django.db.models.sql.compiler import SQLCompiler
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.export import Column, ExportMixin
from applications.access import record_export
from applications.admin.filters import ProgramFilter, WindowFilter
from applications.models import Answer, Application, OfficeChoice
from applications.workflow import Status
from programs.admin.rows import programs_run, windows_run
from programs.models import Office, Requirement

logger = logging.getLogger(__name__)


class Joined(Aggregate):
    """A group's texts in one, a line each, in whatever order they were met."""

    function = "STRING_AGG"

    def __init__(self, text: Combinable, **extra: Any) -> None:
        super().__init__(text, Value("\n"), output_field=TextField(), **extra)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, list]:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **extra)


_CHOICES = OfficeChoice.objects.filter(application=OuterRef("pk")).order_by().values("application")
_CHOICE = Concat("position", Value(" "), "office", output_field=TextField())
_CHOSEN = Subquery(_CHOICES.annotate(chosen=Joined(_CHOICE)).values("chosen"))
_LABELS = dict(Status.choices)

COLUMNS = [
    Column(_("reference"), lambda application: application.reference),
    Column(_("program"), lambda application: application.window.program.name),
    Column(_("window"), lambda application: application.window.season),
    Column(_("status"), lambda application: _LABELS[application.status]),
    Column(_("status since"), lambda application: application.status_since),
    Column(_("submitted"), lambda application: application.submitted_at),
    Column(_("name"), lambda application: application.full_name),
    Column(_("e-mail address"), attrgetter("email"), adds={"email": F("candidate__email")}),
    Column(_("phone"), lambda application: application.phone),
    Column(_("links"), lambda application: "\n".join(application.links)),
    Column(
        _("offices, first choice first"),
        lambda application: _offices(application),
        adds={"offices": _CHOSEN},
    ),
    Column(_("requirements met"), lambda application: application.met),
    Column(_("requirements asked"), lambda application: application.asked),
]


def add_columns(*columns: Column) -> None:
    """Puts columns at the end of the table of applications; for apps that this one may not import."""
    COLUMNS.extend(columns)


def note_export(request: HttpRequest, what: str, rows: int) -> None:
    """Notes, in the log of the program and in that of who opened what, that the reader took a table about candidates out."""
    logger.info("user %s took %s of the %s out as a table", request.user.pk, rows, what)
    record_export(by=request.user, rows=rows)


class NotedExportMixin(ExportMixin):
    """For lists that tell of candidates."""

    def note_export(self, request: HttpRequest, rows: int) -> None:
        note_export(request, str(self.opts.verbose_name_plural), rows)


def columns_for(request: HttpRequest) -> list[Column]:
    """The columns of the list that is asked for: with the answers, one column each, where it is one program's.

    Those are of all requirements that were ever answered, also of a list of one window: which of them were answered in
    that one is in no index, and an empty column tells it as well.
    """
    program, window = (request.GET.get(found.parameter_name, "") for found in (ProgramFilter, WindowFilter))
    of_windows = {found.program_id for found in windows_run(request) if str(found.pk) == window}
    of_programs = {found.pk for found in programs_run(request) if str(found.pk) == program}
    programs = of_windows or of_programs
    if not programs:
        return COLUMNS
    # One by one: together, PostgreSQL looks through all answers for a requirement that has none.
    asked = [each for each in Requirement.objects.filter(program__in=programs) if each.answers.exists()]
    return [*COLUMNS, *(_answer_column(requirement) for requirement in asked)]


def with_office_names(rows: Iterable[Application]) -> Iterator[Application]:
    """The rows, each with the names of all offices by their keys: they are few, and each is chosen by thousands."""
    names = {}
    for application in rows:
        names = names or dict(Office.objects.values_list("pk", "name"))  # after the rows, so that it has all of theirs
        application.office_names = names
        yield application


def _offices(application: Application) -> str:
    chosen = (line.split() for line in (application.offices or "").splitlines())
    keys = [int(office) for _position, office in sorted(chosen, key=lambda choice: int(choice[0]))]
    return "; ".join(application.office_names[key] for key in keys)


def _answer_column(requirement: Requirement) -> Column:
    """What was answered to one requirement. All of them share the one query for the answers of a chunk."""
    fields = ("application_id", "requirement_id", "title", "kind", "parameters", "given")
    answers = Prefetch("answers", Answer.objects.only(*fields), to_attr="answers_given")

    def value(application: Application) -> str:
        found = (answer for answer in application.answers_given if answer.requirement_id == requirement.pk)
        return "\n".join(line for answer in found for line in answer.lines)

    return Column(requirement.title, value, fetches=(answers,))
