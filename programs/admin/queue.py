"""The list that one came from, as a queue: where a row's page stands in it, and what comes before and after.

Django's list hands its search, filters and order to the pages of its rows (`_changelist_filters` in their address). The
very same list is made from them again, of which only the first primary keys are read; a row that is further down finds
its neighbours by its own values (programs.admin.beside).
"""

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IS_POPUP_VAR, TO_FIELD_VAR, IncorrectLookupParameters
from django.contrib.admin.views.main import ALL_VAR, PAGE_VAR
from django.core.exceptions import SuspiciousOperation
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from programs.admin.beside import pk_beside, place_of

QUEUED = 1_000  # rows: of a longer queue nobody is told how long it is, nor where further down they are


@dataclass(frozen=True)
class Queue:
    """The `rows` of the list in its order; `pk` is the row that is looked at, `place` where it was in it when it was read."""

    model_admin: ModelAdmin
    pk: int
    rows: QuerySet
    place: list[Any]
    pks: list[int]  # of the first rows, at most QUEUED and one
    kept: str  # what keeps the list's filters in an address, without the question mark

    @cached_property
    def index(self) -> int | None:
        """How many rows come before this one; None when it is not in the list (any more), or far down in it."""
        return next((index for index, pk in enumerate(islice(self.pks, QUEUED)) if pk == self.pk), None)

    @property
    def is_long(self) -> bool:
        """Whether there are more rows than are counted."""
        return len(self.pks) > QUEUED

    @property
    def progress(self) -> str:
        """As in “12 of 40”."""
        total = number_format(min(len(self.pks), QUEUED), force_grouping=True)
        if self.is_long:
            total = _("over %(number)s") % {"number": total}
        if self.index is None:
            return total if self.is_long else _("Not in this list of %(total)s") % {"total": total}
        position = number_format(self.index + 1, force_grouping=True)
        return _("%(position)s of %(total)s") % {"position": position, "total": total}

    @property
    def previous_url(self) -> str:
        """The address of the row before, or an empty text."""
        if self.index is None and self.is_long:
            return self._url_or_nothing(pk_beside(self.rows, self.place, back=True))
        return self.url(self.pks[self.index - 1]) if self.index else ""

    @property
    def next_url(self) -> str:
        """The address of the row after, or an empty text; from outside of a short list that is its first row."""
        if self.index is None and self.is_long:
            return self._url_or_nothing(pk_beside(self.rows, self.place))
        after = self.pks if self.index is None else self.pks[self.index + 1 :]
        return self.url(after[0]) if after else ""

    def next_of(self, rows: QuerySet) -> int | None:
        """The first of `rows`, some of the queue's, that comes after this one; after its end the first of them all."""
        found = pk_beside(rows, self.place)
        return found or next(iter(rows.values_list("pk", flat=True)[:1]), None)

    @property
    def list_url(self) -> str:
        """The list as one left it."""
        filters = QueryDict(self.kept).get("_changelist_filters", "")
        return reverse(self._name("changelist")) + (f"?{filters}" if filters else "")

    def url(self, pk: int) -> str:
        """The address of a row's page from which the queue goes on."""
        return self.keep(reverse(self._name("change"), args=[pk]))

    def _url_or_nothing(self, pk: int | None) -> str:
        return self.url(pk) if pk else ""

    def keep(self, address: str) -> str:
        """`address` with the list's filters."""
        return f"{address}?{self.kept}" if self.kept else address

    def _name(self, what: str) -> str:
        opts = self.model_admin.opts
        return f"admin:{opts.app_label}_{opts.model_name}_{what}"


class _Uncounted(Paginator):
    """For a list of which no page is shown: to count it would cost as much as to read it."""

    count = 0


def queue_of(model_admin: ModelAdmin, request: HttpRequest, row: Model) -> Queue:
    """The list from which the reader came to the page of `row`; the whole list, when what was kept of it is nonsense."""
    kept = model_admin.get_preserved_filters(request)
    try:
        rows = _rows(model_admin, request, QueryDict(kept).get("_changelist_filters", ""))
        pks = list(rows.values_list("pk", flat=True)[: QUEUED + 1])
    except (IncorrectLookupParameters, SuspiciousOperation):
        kept, rows = "", _rows(model_admin, request, "")
        pks = list(rows.values_list("pk", flat=True)[: QUEUED + 1])
    return Queue(model_admin, row.pk, rows, place_of(row, rows), pks, kept)


def _rows(model_admin: ModelAdmin, request: HttpRequest, filters: str) -> QuerySet:
    asked = QueryDict(filters, mutable=True)
    if any("\0" in text for name, texts in asked.lists() for text in [name, *texts]):
        raise SuspiciousOperation("Not a list of ours.")
    for name in (PAGE_VAR, ALL_VAR, IS_POPUP_VAR, TO_FIELD_VAR):  # how it was looked at, not what is in it
        asked.pop(name, None)
    as_asked = copy(request)
    as_asked.GET = asked
    uncounted = copy(model_admin)
    uncounted.paginator = _Uncounted
    return uncounted.get_changelist_instance(as_asked).queryset
