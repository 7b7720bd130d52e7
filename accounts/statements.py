"""Reads that are made all the time, of public pages, sessions and forms say, which Django need not put into SQL anew for each.

To build such a statement takes twice as long as to ask it, and it can't change while the process lives: what changes are
the values that are asked for, and they are no part of it.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)


class Statement(Generic[Row]):
    """A queryset of which the SQL is kept, for each number of values. `make` returns it for the values that are asked for.

    It compares each of them with something, in their order, and nothing else: what is the same for all is written in
    conditions without a value, such as `published=True` and `retired_at=None`. It may join (select_related), annotate and
    lock; it may not prefetch.
    """

    def __init__(self, make: Callable[..., QuerySet[Row]]) -> None:
        self._make = make
        self._kept: dict[int, _Kept[Row]] = {}

    def rows(self, *values: object) -> list[Row]:
        """Asks the database, for the values of this time. Raises ValueError where `make` does not do as it should."""
        kept = self._for(values)
        return [kept.made(row) for row in kept.read(values)]

    def first(self, *values: object) -> Row | None:
        """The first of the rows, where there is one."""
        return next(iter(self.rows(*values)), None)

    def tuples(self, *values: object) -> list[tuple]:
        """The same of a queryset that has values_list(), as that would give them."""
        return [tuple(row) for row in self._for(values).read(values)]

    def _for(self, values: tuple) -> "_Kept[Row]":
        if len(values) not in self._kept:
            self._kept[len(values)] = _Kept(self._make(*values), values)
        return self._kept[len(values)]


class _Kept(Generic[Row]):
    """What Django finds out anew for each queryset (django.db.models.query.ModelIterable): its SQL, and how rows become objects."""

    def __init__(self, queryset: QuerySet[Row], values: tuple) -> None:
        self._database = queryset.db
        compiler = queryset.query.get_compiler(self._database)
        self._sql, parameters = compiler.as_sql()
        if parameters != values:
            raise ValueError(f"The statement has the parameters {parameters} in place of the values {values}.")
        columns = [column for column, _sql, _alias in compiler.select]
        self._converters = compiler.get_converters(columns)
        if compiler.klass_info is None:
            return  # tuples are asked for
        own = compiler.klass_info["select_fields"]
        self._model = compiler.klass_info["model"]
        self._own = slice(own[0], own[-1] + 1)
        self._names = [column.target.attname for column in columns[self._own]]
        self._joined = get_related_populators(compiler.klass_info, compiler.select, self._database)
        self._annotated = compiler.annotation_col_map

    def read(self, values: tuple) -> list[list]:
        """The values of each row, as Python has them."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql, values)
            return [self._converted(row) for row in cursor.fetchall()]

    def _converted(self, row: tuple) -> list:
        row = list(row)
        for position, (converters, column) in self._converters.items():
            for convert in converters:
                row[position] = convert(row[position], column, connection)
        return row

    def made(self, row: list) -> Row:
        """The object of a row."""
        found = self._model.from_db(self._database, self._names, row[self._own])
        for joined in self._joined:
            joined.populate(row, found)
        for name, position in self._annotated.items():
            setattr(found, name, row[position])
        return found
