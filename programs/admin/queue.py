"""The list that one came from, as a queue: where a row's page stands in it, and what comes before and after.

Django's list hands its search, filters and order to the pages of its rows (`_changelist_filters` in their address). The
very same list is made from them again, of which only the primary keys are read.
"""

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IS_POPUP_VAR, TO_FIELD_VAR, IncorrectLookupParameters
from django.contrib.admin.views.main import ALL_VAR, PAGE_VAR
from django.core.exceptions import SuspiciousOperation
from django.db.models import Model
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

COUNTED = 10_000  # rows; a longer list says that it is longer


@dataclass(frozen=True)
class Queue:
    """The rows of the list by primary key, in its order, at most COUNTED and one; `pk` is the row that is looked at."""

    model_admin: ModelAdmin
    pk: int
    pks: list[int]
    kept: str  # what keeps the list's filters in an address, without the question mark

    @cached_property
    def index(self) -> int | None:
        """How many rows come before this one; None when it is not in the list (any more), or far down in it."""
        return next((index for index, pk in enumerate(islice(self.pks, COUNTED)) if pk == self.pk), None)

    @property
    def is_long(self) -> bool:
        """Whether there are more rows than are counted."""
        return len(self.pks) > COUNTED

    @property
    def progress(self) -> str:
        """As in “12 of 40”."""
        total = number_format(min(len(self.pks), COUNTED), force_grouping=True)
        if self.is_long:
            total = _("over %(number)s") % {"number": total}
        if self.index is None:
            return total if self.is_long else _("Not in this list of %(total)s") % {"total": total}
        position = number_format(self.index + 1, force_grouping=True)
        return _("%(position)s of %(total)s") % {"position": position, "total": total}

    @property
    def previous_url(self) -> str:
        """The address of the row before, or an empty text."""
        return self.url(self.pks[self.index - 1]) if self.index else ""

    @property
    def next_url(self) -> str:
        """The address of the row after, or an empty text; from outside of the list that is its first row."""
        after = self.after
        return self.url(after[0]) if after else ""

    @property
    def list_url(self) -> str:
        """The list as one left it."""
        filters = QueryDict(self.kept).get("_changelist_filters", "")
        return reverse(self._name("changelist")) + (f"?{filters}" if filters else "")

    @property
    def after(self) -> list[int]:
        """The rows that come after this one; all of them, when it is not in the list."""
        if self.index is None:
            return [] if self.is_long else self.pks
        return self.pks[self.index + 1 :]

    def url(self, pk: int) -> str:
        """The address of a row's page from which the queue goes on."""
        return self.keep(reverse(self._name("change"), args=[pk]))

    def keep(self, address: str) -> str:
        """`address` with the list's filters."""
        return f"{address}?{self.kept}" if self.kept else address

    def _name(self, what: str) -> str:
        opts = self.model_admin.opts
        return f"admin:{opts.app_label}_{opts.model_name}_{what}"


def queue_of(model_admin: ModelAdmin, request: HttpRequest, row: Model) -> Queue:
    """The list from which the reader came to the page of `row`; the whole list, when what was kept of it is nonsense."""
    kept = model_admin.get_preserved_filters(request)
    try:
        pks = _pks(model_admin, request, QueryDict(kept).get("_changelist_filters", ""))
    except (IncorrectLookupParameters, SuspiciousOperation):
        kept, pks = "", _pks(model_admin, request, "")
    return Queue(model_admin, row.pk, pks, kept)


def _pks(model_admin: ModelAdmin, request: HttpRequest, filters: str) -> list[int]:
    asked = QueryDict(filters, mutable=True)
    if any("\0" in text for name, texts in asked.lists() for text in [name, *texts]):
        raise SuspiciousOperation("Not a list of ours.")
    for name in (PAGE_VAR, ALL_VAR, IS_POPUP_VAR, TO_FIELD_VAR):  # how it was looked at, not what is in it
        asked.pop(name, None)
    as_asked = copy(request)
    as_asked.GET = asked
    found = model_admin.get_changelist_instance(as_asked).queryset
    return list(found.values_list("pk", flat=True)[: COUNTED + 1])
