"""What recruiters take out of reviews: columns in the table of applications, and the ranking of a window."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from operator import attrgetter

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.export import CHUNK, Column, counted, csv_response
from applications.admin.export import add_columns, note_export
from programs.models import Window
from reviews.admin.ranking import status_asked_for
from reviews.ranking import Row, rows_of, standings


def _figure(title: Promise, name: str) -> Column:
    """A figure of where each application stands; empty while nobody was given it to read."""
    return Column(title, attrgetter(f"standing_{name}"), adds={f"standing_{name}": F(f"standing__{name}")})


add_columns(
    _figure(gettext_lazy("score"), "score"),
    _figure(gettext_lazy("spread"), "spread"),
    _figure(gettext_lazy("reviews in"), "done"),
    _figure(gettext_lazy("reviewers"), "assigned"),
)

RANKING: list[tuple[object, Callable[[Row], object]]] = [
    (gettext_lazy("Rank"), lambda row: row.rank),
    (gettext_lazy("Reference"), lambda row: row.application.reference),
    (gettext_lazy("Name"), lambda row: row.application.full_name),
    (gettext_lazy("Score"), lambda row: row.standing.score),
    (gettext_lazy("Spread"), lambda row: row.standing.spread),
    (gettext_lazy("Reviews in"), lambda row: row.standing.done),
    (gettext_lazy("Reviewers"), lambda row: row.standing.assigned),
    (gettext_lazy("Recommended"), lambda row: "; ".join(f"{word}: {number}" for word, number in row.recommendations)),
    (gettext_lazy("Requirements met"), lambda row: row.application.met),
    (gettext_lazy("Requirements asked"), lambda row: row.application.asked),
    (gettext_lazy("Offices, first choice first"), lambda row: "; ".join(office.name for office in row.offices)),
    (gettext_lazy("Status"), lambda row: row.status_label),
    (gettext_lazy("Prepared"), lambda row: row.prepared_label),
]


def ranking_file(model_admin: admin.ModelAdmin, request: HttpRequest, window_id: int) -> HttpResponse:
    """The ranking of a window as a table, of one status where the address names it."""
    window = model_admin.own_window(request, window_id, "export")
    name = _("Ranking: %(window)s") % {"window": window}
    rows = counted(_ranked(window, status_asked_for(request)), partial(note_export, request, name))
    return csv_response(
        name, [title for title, _value in RANKING], ([value(row) for _title, value in RANKING] for row in rows)
    )


def _ranked(window: Window, status: str) -> Iterator[Row]:
    """The rows of the ranking, with what belongs to them a chunk at a time."""
    ranked = standings(window, status).iterator(chunk_size=CHUNK)
    while chunk := list(islice(ranked, CHUNK)):
        yield from rows_of(chunk, window)
