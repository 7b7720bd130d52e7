"""The table of applications: what recruiters take out. Apps above add columns of theirs with add_columns()."""

import logging
from collections import defaultdict, namedtuple
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, F, Func, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat
from django.db.models.sql.compiler import SQLCompiler
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.export import CHUNK, Column, ExportMixin
from applications.access import record_export
from applications.admin.filters import ProgramFilter, WindowFilter
from applications.models import Answer, OfficeChoice
from applications.workflow import Status
from programs.admin.rows import WindowsByKey, programs_run, windows_run
from programs.models import Office, Requirement

logger = logging.getLogger(__name__)


class Joined(Aggregate):
    """A group's texts in one, a line each, in whatever order they were met."""

    function = "STRING_AGG"

    def __init__(self, text: Combinable, **extra: Any) -> None:
        super().__init__(text, Value("\n"), output_field=TextField(), **extra)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, list]:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **extra)


class Told(Func):
    """An instant in the words of safe_cell(), by the database: Python takes a quarter of the table's time to read two of them."""

    function = "TO_CHAR"
    template = """%(function)s(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"')"""
    output_field = TextField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, list]:
        return self.as_sql(compiler, connection, template="SUBSTR(%(expressions)s, 1, 19) || 'Z'", **extra)


_CHOICES = OfficeChoice.objects.filter(application=OuterRef("pk")).order_by().values("application")
_CHOICE = Concat("position", Value(" "), "office", output_field=TextField())
_CHOSEN = Subquery(_CHOICES.annotate(chosen=Joined(_CHOICE)).values("chosen"))

# What a line of the table is made of: see read_lines().
_FIELDS = ["pk", "window_id", "status", "reference", "full_name", "phone", "links", "met", "asked"]
_BESIDE = ["window", "status_label", "named", "answers"]
COLUMNS = [
    Column(_("reference"), attrgetter("reference")),
    Column(_("program"), attrgetter("window.program.name")),
    Column(_("window"), attrgetter("window.season")),
    Column(_("status"), attrgetter("status_label")),
    Column(_("status since"), attrgetter("told_since"), adds={"told_since": Told("status_since")}),
    Column(_("submitted"), attrgetter("told_submitted"), adds={"told_submitted": Told("submitted_at")}),
    Column(_("name"), attrgetter("full_name")),
    Column(_("e-mail address"), attrgetter("email"), adds={"email": F("candidate__email")}),
    Column(_("phone"), attrgetter("phone")),
    Column(_("links"), lambda line: "\n".join(line.links)),
    Column(_("offices, first choice first"), lambda line: line.named(line.offices), adds={"offices": _CHOSEN}),
    Column(_("requirements met"), attrgetter("met")),
    Column(_("requirements asked"), attrgetter("asked")),
]


def add_columns(*columns: Column) -> None:
    """Puts columns at the end of the table of applications, each with what it `adds`; for apps that this one may not import."""
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


def read_lines(request: HttpRequest, rows: QuerySet, columns: list[Column]) -> Iterator[Any]:
    """The lines of the table: of each row the fields that are told and what the columns add, in a tuple with names.

    An object of the model for each row would take most of the time. Beside them a line has its `window`, its
    `status_label`, what names its offices, and its answers by requirement where a column tells of those.
    """
    adds = {name: added for column in columns for name, added in column.adds.items()}
    names = [*_FIELDS, *adds]
    Line = namedtuple("Line", [*names, *_BESIDE])
    windows, labels = WindowsByKey(request), {value: str(label) for value, label in Status.choices}
    with_answers = any(isinstance(column, AnswerColumn) for column in columns)
    named = None
    found = rows.annotate(**adds).values_list(*names).iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        named = named or _naming_offices()  # after the first rows, so that it knows all of theirs
        answers = _answers([values[0] for values in chunk]) if with_answers else {}
        for values in chunk:
            key, window, status = values[:3]
            yield Line(*values, windows[window], labels[status], named, answers.get(key, {}))


def _naming_offices() -> Callable[[str | None], str]:
    """What names the offices of a _CHOSEN text. They are few, and each choice of them is that of hundreds."""
    names = dict(Office.objects.values_list("pk", "name"))

    @lru_cache(maxsize=1000)
    def named(chosen: str | None) -> str:
        choices = (choice.split() for choice in (chosen or "").splitlines())
        keys = [int(office) for _position, office in sorted(choices, key=lambda choice: int(choice[0]))]
        return "; ".join(names[key] for key in keys)

    return named


class AnswerColumn(Column):
    """What was answered to one requirement. All of them share the one query for the answers of a chunk."""


def _answer_column(requirement: Requirement) -> AnswerColumn:
    def value(line: Any) -> str:
        answer = line.answers.get(requirement.pk)
        return "\n".join(answer.lines) if answer else ""

    return AnswerColumn(requirement.title, value)


def _answers(applications: list[int]) -> dict[int, dict[int, Answer]]:
    """The answers of those applications, by application and requirement."""
    found: dict[int, dict[int, Answer]] = defaultdict(dict)
    answers = Answer.objects.filter(application__in=applications)
    for answer in answers.only("application_id", "requirement_id", "title", "kind", "parameters", "given"):
        found[answer.application_id][answer.requirement_id] = answer
    return found
