"""Lists of the admin that are as quick with a million rows as with a thousand: pages that go on from a row, a count that stops.

A page by its number costs the database all the rows before it. Here “Next” names the last row of the page and “Previous”
its first, by primary key: addresses get into logs, so they hold nothing about people.
"""

import re
from collections.abc import Iterable
from functools import cached_property, partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext as _

COUNTED = 10_000  # rows; a longer list says that it is longer
_GOES_ON = re.compile(r"(after|before)-([1-9]\d{0,17})")


class LongChangeList(ChangeList):
    """Django's list, ordered by one column at a time, from which nothing is read before the page shows it."""

    can_show_all = False
    show_full_result_count = False
    full_result_count = None
    show_admin_actions = True

    def get_ordering(self, request: HttpRequest, queryset: QuerySet) -> list[str]:
        """The first column asked for; equal rows by primary key in the same direction, so that one index serves both ways."""
        first = super().get_ordering(request, queryset)[0]
        sign = "-" if first.startswith("-") else ""
        self.ordered_by, self.descends = first.removeprefix("-"), bool(sign)
        return [first] if self._is_total else [first, f"{sign}pk"]

    @property
    def _is_total(self) -> bool:
        return self.ordered_by == "pk" or self.lookup_opts.get_field(self.ordered_by).unique

    def get_results(self, request: HttpRequest) -> None:
        """Remembers what is asked for. Exports and the queue of pages need neither rows nor their number."""
        goes_on = _GOES_ON.fullmatch(request.GET.get(PAGE_VAR, ""))
        self._way, self._from = (goes_on[1], int(goes_on[2])) if goes_on else ("", 0)
        self._read_rows = partial(self.model_admin.read_rows, request)
        self._least_number = partial(self.model_admin.least_number, request)

    # --- The page ---

    @cached_property
    def _page(self) -> tuple[list[Model], bool, bool]:
        """The rows, and whether there are more before and after them."""
        for value in self._place() if self._way else ():
            back = self._way == "before"
            rows, more = self._read(self._from, value, back=back)
            if rows and not back:
                return rows, True, more
            if more:
                return rows[::-1], True, True
        rows, more = self._read()
        return rows, False, more

    def _place(self) -> Iterable[Any]:
        """The value of the row from which the page goes on, by which the list is ordered; none where that row is gone.

        Its value of today: one that has moved in the list meanwhile takes the reader along. A key moves nowhere.
        """
        if self.ordered_by == "pk":
            return [self._from]
        return self.root_queryset.filter(pk=self._from).values_list(self.ordered_by, flat=True)[:1]

    def _read(self, pk: int | None = None, value: Any = None, *, back: bool = False) -> tuple[list[Model], bool]:
        """A page of rows that come after that row, or before it, the nearest first; and whether there are more.

        Rows that are equal to it and rows that are not are two queries: each is a range of one index.
        """
        descends = self.descends != back
        sign, beyond = ("-", "lt") if descends else ("", "gt")
        ordered = self.queryset.order_by(f"{sign}{self.ordered_by}", f"{sign}pk")
        if pk is None:
            parts = [ordered]
        elif self._is_total:
            parts = [ordered.filter(**{f"{self.ordered_by}__{beyond}": value})]
        else:
            parts = [
                ordered.filter(**{self.ordered_by: value, f"pk__{beyond}": pk}),
                ordered.filter(**{f"{self.ordered_by}__{beyond}": value}),
            ]
        rows: list[Model] = []
        for part in parts:
            wanted = self.list_per_page + 1 - len(rows)
            rows += self._read_rows(part[:wanted]) if wanted else []
        return rows[: self.list_per_page], len(rows) > self.list_per_page

    @property
    def result_list(self) -> list[Model]:
        return self._page[0]

    @property
    def multi_page(self) -> bool:
        return bool(self.previous or self.next)

    @property
    def previous(self) -> str:
        """The address of the page before, or an empty text."""
        rows, before, _after = self._page
        return self.get_query_string({PAGE_VAR: f"before-{rows[0].pk}"}) if rows and before else ""

    @property
    def next(self) -> str:
        """The address of the page after, or an empty text."""
        rows, _before, after = self._page
        return self.get_query_string({PAGE_VAR: f"after-{rows[-1].pk}"}) if rows and after else ""

    @property
    def first(self) -> str:
        """The address of the first page."""
        return self.get_query_string()

    # --- The count ---

    @cached_property
    def _count(self) -> int:
        rows, before, after = self._page
        if not before and not after:
            return len(rows)
        if not self.query and self._least_number(self.get_filters_params()) > COUNTED:
            return COUNTED + 1
        return self.queryset.order_by().values("pk")[: COUNTED + 1].count()

    @property
    def result_count(self) -> int:
        """How many rows there are. Of a list that is not counted to its end: those of the page, so that Django offers no
        action on “all of them” with a wrong number."""
        return self._count if self._count <= COUNTED else len(self.result_list)

    @property
    def counted(self) -> str:
        """How many rows there are, in words: “4,123”, or “over 10,000”."""
        number = number_format(min(self._count, COUNTED), force_grouping=True)
        return number if self._count <= COUNTED else _("over %(number)s") % {"number": number}


class LongListMixin:
    """For a ModelAdmin whose list grows without end.

    Columns that can be sorted are those of the table itself, never NULL in a row of the list, and each has an index that ends with the
    primary key; `sortable_by` leaves out the others.
    """

    show_full_result_count = False
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LongChangeList

    def read_rows(self, request: HttpRequest, rows: QuerySet) -> list[Model]:
        """The rows of a page, with all that it shows of them."""
        return list(rows)

    def least_number(self, request: HttpRequest, filters: dict[str, list[str]]) -> int:
        """How many rows the list has at least, as far as is known without counting them. `filters`: those of its address."""
        return 0
