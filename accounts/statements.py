"""Reads that are made all the time, of public pages and sessions say, which Django need not put into SQL anew for each.

To build such a statement takes twice as long as to ask it, and it can't change while the process lives: what changes are
the values that are asked for, and they are no part of it.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


class Statement(Generic[Row]):
    """A queryset of which the SQL is kept. `make` returns it for the values that are asked for.

    It compares each of them with something, in their order, and nothing else: what is the same for all is written in
    conditions without a value, such as `published=True` and `retired_at=None`.
    """

    def __init__(self, make: Callable[..., QuerySet[Row]]) -> None:
        self._make = make
        self._built: tuple[type[Row], str] | None = None

    def rows(self, *values: object) -> list[Row]:
        """Asks the database, for the values of this time. Raises ValueError where `make` does not do as it should."""
        if self._built is None:
            self._built = self._build(values)
        model, sql = self._built
        return list(model._default_manager.raw(sql, values))

    def _build(self, values: tuple) -> tuple[type[Row], str]:
        queryset = self._make(*values)
        sql, parameters = queryset.query.sql_with_params()
        if parameters != values:
            raise ValueError(f"The statement has the parameters {parameters} in place of the values {values}.")
        return queryset.model, sql
