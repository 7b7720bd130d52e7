"""Lists as tables of comma-separated values: whatever is filtered, in its order, streamed row by row.

Memory stays the same however many rows there are: they come from an open cursor, a chunk at a time.
"""

import csv
import io
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.text import capfirst, slugify

from accounts.private import kept_private

logger = logging.getLogger(__name__)

CHUNK = 1000  # rows

# What a spreadsheet may run as a formula, when a cell begins with it: the four signs, as typed and full-width.
_SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫−"
# What a program that reads the file may drop from the beginning of a cell: spaces, quotes, invisible characters.
_DROPPED = '[^\\S\\n]|["`´“”„‘’‚«»‹›\u00ad\u200b-\u200f\u2060-\u2064\ufeff]'
# A cell also begins after a semicolon or a new line, where a program that separates by semicolons ignores our quotes.
_FORMULA = re.compile(f"(?:^|(?<=[;\\n]))(?=(?:{_DROPPED})*[{_SIGNS}])")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Most texts need no second look: without control characters, and with a letter or digit at the beginning of each such cell.
_BEGUN = "\\w[^;\x00-\x1f\x7f-\x9f]*"
_PLAIN = re.compile(f"{_BEGUN}(?:[;\n] ?{_BEGUN})*\\Z")
_NUMBERS = (int, float, Decimal)


def safe_cell(value: object) -> object:
    """A value as a cell that no spreadsheet runs.

    Numbers stay numbers, None is an empty cell, an instant is written in UTC. Text gets an apostrophe before whatever
    would begin a formula: it is what people type to say "this is text", it shows that something was done, and unlike
    a space or a tab nothing trims it. A text that has one there already stays as it is. Control characters go, but new lines stay.
    """
    if not isinstance(value, str):  # most cells are: a hundred thousand rows have more than a million of them
        if value is None:
            return ""
        if isinstance(value, datetime):
            return f"{str(value.astimezone(UTC))[:19]}Z"  # to the second
        if isinstance(value, _NUMBERS) and not isinstance(value, bool):
            return value
    text = str(value)
    if _PLAIN.match(text):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _FORMULA.sub("'", _CONTROLS.sub("", text))


def csv_response(name: str, titles: Iterable[object], rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """A download of `rows` under their titles: UTF-8 with the mark that spreadsheets look for, RFC 4180.

    `name` is that of the file, without today's date and the ending, which are added.
    """
    response = StreamingHttpResponse(_lines(titles, rows), content_type="text/csv; charset=utf-8")
    filename = f"{slugify(name) or 'table'}-{timezone.now():%Y-%m-%d}.csv"
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return kept_private(response)


def _lines(titles: Iterable[object], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The text of the file, in pieces of some hundred rows; the titles leave before the first row is read."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")

    def piece() -> str:
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    buffer.write("\ufeff")
    writer.writerow([safe_cell(title) for title in titles])
    yield piece()
    for number, row in enumerate(rows, start=1):
        writer.writerow([safe_cell(value) for value in row])
        if number % 200 == 0:
            yield piece()
    yield piece()


@dataclass(frozen=True)
class Column:
    """One column of a table. `value` takes a row; the others are what it reads from other tables.

    joins: names for select_related. adds: values that come with the row, by the name that it has them under.
    """

    title: str | Promise
    value: Callable[[Any], object]
    joins: tuple[str, ...] = ()
    adds: dict[str, Combinable] = field(default_factory=dict)


class ExportMixin:
    """For a ModelAdmin whose list can be taken out as it is filtered, searched and ordered.

    The admin names its columns and the permission; the rows are those of its own get_queryset(), so that nobody takes
    out what they may not see. Columns are for its readers: a list for blind readers declares none that tells who.
    """

    export_columns: list[Column] = []
    export_permission = ""  # beside the one to view the list; empty where that is enough

    def get_export_columns(self, request: HttpRequest) -> list[Column]:
        """The columns of the list that is asked for."""
        return self.export_columns

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Whether the reader may take this list out."""
        may_take = not self.export_permission or request.user.has_perm(self.export_permission)
        return may_take and self.has_view_permission(request)

    def get_urls(self) -> list:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/", self.admin_site.admin_view(self.export_view), name=name), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        context = {"export_url": self._export_url(request)} if self.has_export_permission(request) else {}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def note_export(self: "ModelAdmin | ExportMixin", request: HttpRequest, rows: int) -> None:
        """Called when a table has left, or its reader has gone: how many rows they took."""
        logger.info("user %s took %s of the %s out as a table", request.user.pk, rows, self.opts.verbose_name_plural)

    def _export_url(self, request: HttpRequest) -> str:
        """The download of the list that is asked for, whichever page of it."""
        asked = request.GET.copy()
        for name in ("p", "e", "all"):
            asked.pop(name, None)
        return f"{reverse(f'admin:{self.opts.app_label}_{self.opts.model_name}_export')}?{asked.urlencode()}"

    def read_export(self, request: HttpRequest, rows: QuerySet, columns: list[Column]) -> Iterator[Any]:
        """The rows with all that the columns need of them, from an open cursor."""
        joins = [name for column in columns for name in column.joins]
        adds = {name: added for column in columns for name, added in column.adds.items()}
        rows = rows.select_related(*joins) if joins else rows
        return rows.annotate(**adds).iterator(chunk_size=CHUNK)

    def export_view(self: "ModelAdmin | ExportMixin", request: HttpRequest) -> HttpResponse:
        """The list that the address asks for, as a file. Raises PermissionDenied."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        columns = self.get_export_columns(request)
        plural = str(self.opts.verbose_name_plural)
        read = counted(self.read_export(request, rows, columns), lambda number: self.note_export(request, number))
        written = [column.value for column in columns]
        values = ([value(row) for value in written] for row in read)
        return csv_response(plural, [capfirst(column.title) for column in columns], values)


def counted(rows: Iterable[Any], told: Callable[[int], None]) -> Iterator[Any]:
    """The same rows; when the last one is taken, or the reader has gone, `told` is told how many were."""
    number = 0
    try:
        for row in rows:
            yield row
            number += 1
    finally:
        told(number)
