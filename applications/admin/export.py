"""The table of applications: what recruiters take out. Apps above add columns of theirs with add_columns()."""

from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.export import Column
from applications.admin.filters import ProgramFilter, WindowFilter
from applications.models import Answer, Application
from applications.workflow import Status
from programs.admin.rows import programs_run
from programs.models import Requirement, Window

_OFFICES = ("office_choices__office",)

COLUMNS = [
    Column(_("reference"), lambda application: application.reference),
    Column(_("program"), lambda application: application.window.program.name, joins=("window__program",)),
    Column(_("window"), lambda application: application.window.season),
    Column(_("status"), lambda application: Status(application.status).label),
    Column(_("status since"), lambda application: application.status_since),
    Column(_("submitted"), lambda application: application.submitted_at),
    Column(_("name"), lambda application: application.full_name),
    Column(_("e-mail address"), lambda application: application.candidate.email, joins=("candidate",)),
    Column(_("phone"), lambda application: application.phone),
    Column(_("links"), lambda application: "\n".join(application.links)),
    Column(_("offices, first choice first"), lambda application: _offices(application), fetches=_OFFICES),
    Column(_("requirements met"), lambda application: application.met),
    Column(_("requirements asked"), lambda application: application.asked),
]


def add_columns(*columns: Column) -> None:
    """Puts columns at the end of the table of applications; for apps that this one may not import."""
    COLUMNS.extend(columns)


def columns_for(request: HttpRequest) -> list[Column]:
    """The columns of the list that is asked for: with the answers, one column each, where it is one program's."""
    program, window = (request.GET.get(found.parameter_name, "") for found in (ProgramFilter, WindowFilter))
    own = programs_run(request)
    asked = Requirement.objects.filter(answers__isnull=False)
    if windows := [found for found in Window.objects.filter(program__in=own) if str(found.pk) == window]:
        asked = asked.filter(answers__application__window__in=windows)
    elif programs := [found for found in own if str(found.pk) == program]:
        asked = asked.filter(program__in=programs)
    else:
        return COLUMNS
    return [*COLUMNS, *(_answer_column(requirement) for requirement in asked.distinct())]


def _offices(application: Application) -> str:
    return "; ".join(choice.office.name for choice in application.office_choices.all())


def _answer_column(requirement: Requirement) -> Column:
    """What was answered to one requirement. All of them share the one query for the answers of a chunk."""
    fields = ("application_id", "requirement_id", "title", "kind", "parameters", "given")
    answers = Prefetch("answers", Answer.objects.only(*fields), to_attr="answers_given")

    def value(application: Application) -> str:
        found = (answer for answer in application.answers_given if answer.requirement_id == requirement.pk)
        return "\n".join(line for answer in found for line in answer.lines)

    return Column(requirement.title, value, fetches=(answers,))
