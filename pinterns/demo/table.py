"""Rows for a table without an object for each: a million of them in minutes."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection, models


class Table:
    """The table of a model. A row is a list of what the database stores; rows that share most of it start from a template."""

    def __init__(self, model: type[models.Model], *, with_key: bool = False) -> None:
        self.model = model
        fields = [field for field in model._meta.concrete_fields if with_key or not field.primary_key]
        self._places = {field.attname: (place, self._writer(field)) for place, field in enumerate(fields)}
        self._defaults = [None if field.primary_key else self._writer(field)(field.get_default()) for field in fields]
        quote = connection.ops.quote_name
        columns = ", ".join(quote(field.column) for field in fields)
        values = ", ".join(["%s"] * len(fields))
        self._target = f"{quote(model._meta.db_table)} ({columns})"
        self._insert = f"INSERT INTO {self._target} VALUES ({values})"  # noqa: S608, names of our own

    @staticmethod
    def _writer(field: models.Field) -> Callable[[Any], Any]:
        """What turns a value into the one that the database driver takes; most are taken as they are."""
        if isinstance(field, (models.DateField, models.JSONField)):
            return lambda value: field.get_db_prep_save(value, connection)
        return lambda value: value

    def row(self, template: list | None = None, **values: Any) -> list:
        """A row of these values, by attribute name; the others are those of `template`, or the fields' defaults.

        Raises KeyError for a name that the model does not have.
        """
        row = list(template or self._defaults)
        for name, value in values.items():
            place, write = self._places[name]
            row[place] = write(value)
        return row

    def insert(self, rows: Iterable[list]) -> None:
        """Writes the rows; call it in a transaction."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {self._target} FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                cursor.executemany(self._insert, list(rows))

    def new_keys(self, number: int) -> list[int]:
        """So many primary keys that nobody else gets; call it in the transaction that uses them."""
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            with connection.cursor() as cursor:
                cursor.execute(sequence, [self.model._meta.db_table, number])
                return [key for (key,) in cursor.fetchall()]
        last = (
            self.model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0
        )  # SQLite has one writer at a time
        return list(range(last + 1, last + 1 + number))
