"""The reports as tables: each is shown with bars and links, and taken out as plain values."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application
from applications.workflow import Status
from pinterns import charts, reports
from programs.admin.pages import list_url
from programs.models import Window


@dataclass(frozen=True)
class Scope:
    """What the reports are about: windows, the filters that lead to their applications, and the time it is."""

    windows: list[Window]
    filters: dict[str, object]
    at: datetime


@dataclass(frozen=True)
class Cell:
    """A value; None is not known. It is shown as a text, may lead to the list behind it, and may have a bar.

    digits: how many are shown after the point. signed: whether it is a difference. Other numbers are never negative.
    """

    value: object
    url: str = ""
    bar: str = ""
    digits: int = 0
    signed: bool = False

    @property
    def text(self) -> str:
        if self.value is None:
            return "–"
        if not isinstance(self.value, int | float):
            return str(self.value)
        sign = ("−" if self.value < 0 else "+") if self.signed else ""
        return sign + number_format(abs(self.value), self.digits, force_grouping=True)

    @property
    def plain(self) -> object:
        return round(self.value, 2) if isinstance(self.value, float) else self.value


@dataclass(frozen=True)
class Table:
    """`rows` begin with what they are about. `chart` stands beside it."""

    titles: list[str]
    rows: list[list[Cell]]
    chart: str = ""

    @property
    def labelled(self) -> list[list[tuple[str, Cell]]]:
        """The rows, each cell with its title."""
        return [list(zip(self.titles, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Step:
    """One stage of a funnel: how many ever reached it, which share of those submitted, the list of them, and a bar."""

    stage: Status
    word: str
    number: int
    percent: int
    url: str
    bar: SafeString


@dataclass(frozen=True)
class Report:
    """`tells` says in words how it is counted."""

    name: str
    title: Promise
    tells: Promise
    table: Callable[[Scope], Table]
    is_wide: bool = True


def steps(counts: Counter[str], **scope: object) -> list[Step]:
    """A funnel's stages, each with the list of applications in `scope` that ever reached it."""
    all_sent = counts[Status.SUBMITTED] or 1
    return [
        Step(
            stage,
            word,
            counts[stage],
            round(100 * counts[stage] / all_sent),
            list_url(Application, **scope, reached=stage),
            charts.bar(counts[stage] / all_sent),
        )
        for stage, (word, _meaning) in reports.STAGES.items()
    ]


def _funnel(scope: Scope) -> Table:
    counts = reports.funnel(scope.windows)
    rows = [
        [
            Cell(str(window)),
            *(
                Cell(counts[window.pk][stage], list_url(Application, window=window.pk, reached=stage))
                for stage in reports.STAGES
            ),
        ]
        for window in scope.windows
        if window.pk in counts
    ]
    whole = steps(sum(counts.values(), Counter()), **scope.filters)
    if len(rows) > 1:
        rows.append([Cell(_("All of these")), *(Cell(step.number, step.url) for step in whole)])
    chart = render_to_string("admin/_funnel.html", {"steps": whole, "caption": _("All of these")})
    return Table([_("Window"), *(str(word) for word, _meaning in reports.STAGES.values())], rows, chart)


def _stays(scope: Scope) -> Table:
    stays = reports.stays(scope.windows)
    most = max((stay.ninetieth or 0 for stay in stays), default=0)
    titles = [_("Status"), _("Median days"), _("90th percentile"), _("Stays that ended"), _("There now")]
    rows = [
        [
            Cell(str(stay.status.label)),
            Cell(stay.median, bar=charts.span(stay.median or 0, stay.ninetieth or 0, most), digits=1),
            Cell(stay.ninetieth, digits=1),
            Cell(stay.ended),
            Cell(stay.there_now, list_url(Application, **scope.filters, status=stay.status)),
        ]
        for stay in stays
    ]
    return Table(titles, rows)


def _readers(scope: Scope) -> Table:
    readers = reports.readers(scope.windows, at=scope.at)
    most = max((reader.waiting for reader in readers), default=0) or 1
    titles = [
        *(_("Reviewer"), _("Assigned"), _("In"), _("Waiting"), _("Stepped back"), _("Last 7 days")),
        *(_("Median days"), _("Mean score"), _("Panel mean"), _("Difference")),
    ]
    rows = [
        [
            Cell(reader.user.get_full_name()),
            Cell(reader.assigned),
            Cell(reader.handed_in),
            Cell(reader.waiting, bar=charts.bar(reader.waiting / most)),
            Cell(reader.recused),
            Cell(reader.lately),
            Cell(reader.median_days, digits=1),
            Cell(reader.own_mean, digits=2),
            Cell(reader.panel_mean, digits=2),
            Cell(reader.leniency, digits=2, signed=True),
        ]
        for reader in readers
    ]
    return Table(titles, rows)


def _offices(scope: Scope) -> Table:
    offices = reports.offices(scope.windows)
    most = max((first for _office, first, _named in offices), default=0) or 1
    rows = [[Cell(office), Cell(first, bar=charts.bar(first / most)), Cell(named)] for office, first, named in offices]
    return Table([_("Office"), _("First choice"), _("Named at all")], rows)


def _reasons(scope: Scope) -> Table:
    reasons = reports.reasons(scope.windows)
    most = max((number for _reason, number in reasons), default=0) or 1
    rows = [
        [Cell(reason or _("None given")), Cell(number, bar=charts.bar(number / most))] for reason, number in reasons
    ]
    return Table([_("Reason"), _("Applications")], rows)


REPORTS = {
    report.name: report
    for report in [
        Report(
            "funnel",
            gettext_lazy("How far applications come"),
            gettext_lazy(
                "Each application is counted at every stage that it ever reached, wherever it stands now. "
                "One that got an offer straight from the review was never at the interview. "
                "A decision taken back before its letter left does not count."
            ),
            _funnel,
        ),
        Report(
            "days",
            gettext_lazy("How long they stay"),
            gettext_lazy(
                "Days from the change into a status to the change out of it. Half of the stays were shorter than the median, "
                "nine in ten shorter than the 90th percentile (the thin line). Stays that still last are in the last column alone."
            ),
            _stays,
        ),
        Report(
            "reviewers",
            gettext_lazy("Reviewers' load and pace"),
            gettext_lazy(
                "Waiting: not in, and the application is not decided yet. Days are those from being assigned to handing in. "
                "Scores are compared on applications that somebody else has scored too: above zero is milder than the panel."
            ),
            _readers,
        ),
        Report(
            "offices",
            gettext_lazy("Where they want to work"),
            gettext_lazy("Applications that were sent, by the offices that they name."),
            _offices,
            is_wide=False,
        ),
        Report(
            "reasons",
            gettext_lazy("Why applications were rejected"),
            gettext_lazy("The reasons of the rejections that stand. Candidates never see them."),
            _reasons,
            is_wide=False,
        ),
    ]
}
