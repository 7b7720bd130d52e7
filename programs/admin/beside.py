"""What lies beside a row of a list, in whatever order that is: found by the row's own values, not by counting up to it."""

from copy import copy
from typing import Any

from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy


def place_of(row: Model, rows: QuerySet) -> list[Any]:
    """What `row` has in each column by which `rows` are ordered: its place among them, whether it is one of them or not."""
    return [_value(row, column.expression.name) for column in _columns(rows)]


def pk_beside(rows: QuerySet, place: list[Any], *, back: bool = False) -> int | None:
    """The first of `rows` that comes after `place`, or before it; None when it is the end.

    Rows with the same value in the first columns are nearer than others: each step is a range of an index of that order.
    """
    rows = rows.reverse() if back else rows
    columns = _columns(rows)
    for number in reversed(range(len(columns))):
        same = [_same(column, value) for column, value in zip(columns[:number], place, strict=False)]
        beyond = _beyond(columns[number], place[number])
        if beyond is not None:
            for pk in rows.filter(*same, beyond).values_list("pk", flat=True)[:1]:
                return pk
    return None


def _columns(rows: QuerySet) -> list[OrderBy]:
    columns = [_column(each) for each in rows.query.order_by]
    if not rows.query.standard_ordering:
        for column in columns:
            column.reverse_ordering()
    return columns


def _column(ordered_by: str | OrderBy) -> OrderBy:
    if isinstance(ordered_by, OrderBy):
        return copy(ordered_by)
    name = F(ordered_by.removeprefix("-"))
    return name.desc() if ordered_by.startswith("-") else name.asc()


def _value(row: Model, name: str) -> Any:
    for part in name.split("__"):
        row = getattr(row, part)
    return row


def _same(column: OrderBy, value: Any) -> Q:
    name = column.expression.name
    return Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})


def _beyond(column: OrderBy, value: Any) -> Q | None:
    """The values after that one; None where it is NULL and those come last. A column that can be NULL says where that comes."""
    name = column.expression.name
    if value is None:
        return Q(**{f"{name}__isnull": False}) if column.nulls_first else None
    further = Q(**{f"{name}__{'lt' if column.descending else 'gt'}": value})
    return further | Q(**{f"{name}__isnull": True}) if column.nulls_last else further
