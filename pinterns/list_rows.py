"""The rows of the admin's lists as Django writes them, which finds out for each cell anew what is the same in all of a column.

Eight cells and a box to choose it, fifty times: half of a page's time went there.
"""

from collections.abc import Callable, Iterator
from datetime import date, time

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import display_for_field, display_for_value, lookup_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, DateField, Field, ForeignKey, Model, TextField, TimeField
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from pinterns.widgets import escaped

_CHECKBOX = "action_checkbox"


def written_rows(cl: ChangeList, names: list[str]) -> Iterator[SafeString]:
    """The cells of each row of `cl`, side by side; `names` are those of its columns, and each cell has its column's."""
    columns = []
    for column, name in zip(cl.list_display, names, strict=True):
        columns.append(_boxes() if column == _CHECKBOX else _cells(cl, column, name))
    address = _addresses(cl)
    for row in cl.result_list:
        url = address(row)
        yield SafeString("".join([cell(row, url) for cell in columns]))


def _addresses(cl: ChangeList) -> Callable[[Model], str]:
    """What gives the address of a row's page, as HTML has it; it keeps the list's filters for the way back."""
    page = reverse(f"admin:{cl.opts.app_label}_{cl.opts.model_name}_change", args=["-"])
    before, after = page.rsplit("-", 1)
    kept = escaped(f"?{cl.preserved_filters}") if cl.preserved_filters else ""
    return lambda row: f"{before}{escaped(row.pk)}{after}{kept}"


def _boxes() -> Callable[[Model, str], str]:
    """The boxes by which rows are chosen for an action."""
    told = _("Select this object for an action - {}")
    box = f'<td class="action-checkbox"><input type="checkbox" name="{ACTION_CHECKBOX_NAME}" value="'
    return lambda row, _url: (
        f'{box}{escaped(row.pk)}" class="action-select" aria-label="{escaped(told.format(row))}"></td>'
    )


def _cells(cl: ChangeList, column: str, name: str) -> Callable[[Model, str], str]:
    """What writes a cell of one column, given its row and that one's address. On a phone, where a row is a card, it has but its
    `name` to tell what it is."""
    value = _values(cl, column)
    links = cl.list_display_links or ([] if cl.list_display_links is None else cl.list_display[:1])
    is_link = column in links
    tag = "th" if is_link and column == next(each for each in cl.list_display if each in links) else "td"
    begin = format_html('<{} data-label="{}" class="field-{}', tag, name, column)
    one_line, wrapped, end = f'{begin} nowrap">', f'{begin}">', f"</{tag}>"

    def cell(row: Model, url: str) -> str:
        shown, is_time = value(row)
        return f"{one_line if is_time else wrapped}{escaped(shown)}{end}"

    def link(row: Model, url: str) -> str:
        shown, is_time = value(row)
        return f'{one_line if is_time else wrapped}<a href="{url}">{escaped(shown)}</a>{end}'

    return link if is_link else cell


def _values(cl: ChangeList, column: str) -> Callable[[Model], tuple[object, bool]]:
    """What gives, of a row, the value of the column as it is shown, and whether it stays in one line."""
    empty = cl.model_admin.get_empty_value_display()
    try:
        field = cl.lookup_opts.get_field(column)
    except FieldDoesNotExist:
        method = getattr(cl.model_admin, column, None)
        return lambda row: _shown(method(row) if method else lookup_field(column, row)[2], empty, method)
    one_line = isinstance(field, DateField | TimeField | ForeignKey)
    if type(field) in (CharField, TextField) and not field.choices:
        return lambda row: (_text(getattr(row, column), empty), False)
    return lambda row: (_shown_field(getattr(row, column), field, empty), one_line)


def _text(value: str | None, empty: str) -> str:
    return value if value and value.strip() else empty


def _shown(value: object, empty: str, method: object) -> tuple[object, bool]:
    if isinstance(value, str) and value.strip():
        return value, False
    empty = getattr(method, "empty_value_display", empty)
    if isinstance(value, str):
        return empty, False
    return display_for_value(value, empty, getattr(method, "boolean", False)), isinstance(value, date | time)


def _shown_field(value: object, field: Field, empty: str) -> object:
    if isinstance(value, str) and not value.strip():
        return empty
    if isinstance(field, ForeignKey):
        return empty if value is None else value
    return display_for_field(value, field, empty)
