"""What the admin's lists show beyond Django's own: the filters that are on, and the name of each value in its cell."""

from dataclasses import dataclass
from operator import attrgetter

from django import template
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pinterns.list_rows import written_rows
from pinterns.widgets import escaped

register = template.Library()


@dataclass(frozen=True)
class Chosen:
    """A filter that is on: what it is about, what was chosen, and the address of the list without it."""

    title: str
    choice: str
    without: str


@register.simple_tag
def chosen_filters(cl: ChangeList) -> list[Chosen]:
    """The filters of the list `cl` that are on. A filter's first choice is ‘all’, and the one of which the address says nothing."""
    chosen = []
    for spec in filter(attrgetter("used_parameters"), cl.filter_specs):
        choices = list(spec.choices(cl))
        chosen += [
            Chosen(capfirst(spec.title), choice["display"], choices[0]["query_string"])
            for choice in choices[1:]
            if choice["selected"]
        ]
    return chosen


@register.simple_tag
def written_filter(title: str, choices: list[dict]) -> SafeString:
    """A filter as Django's template has it, which takes three nodes for each choice, of which a list has sixty.

    choices: as SimpleListFilter.choices() has them, whose addresses are encoded.
    """
    items = []
    for choice in choices:
        chosen = ' class="selected"' if choice["selected"] else ""
        items.append(f'<li{chosen}><a href="{escaped(choice["query_string"])}">{escaped(choice["display"])}</a></li>')
    told = escaped(_(" By %(filter_title)s ") % {"filter_title": title})
    summary = f'<details data-filter-title="{escaped(title)}" open>\n<summary>{told}</summary>'
    return SafeString("\n".join([summary, "<ul>", *items, "</ul>", "</details>"]))


@register.simple_tag
def without_search(cl: ChangeList) -> str:
    """The address of the list `cl` without the words searched for: its filters and order stay."""
    return cl.get_query_string(remove=[SEARCH_VAR])


@register.simple_tag
def without_filters(cl: ChangeList) -> str:
    """The address of the list `cl` with neither filters nor words searched for, in the same order."""
    return cl.get_query_string(remove=[SEARCH_VAR, *cl.get_filters_params()])


@register.inclusion_tag("admin/change_list_results.html")
def labelled_rows(cl: ChangeList) -> dict:
    """Django's own table, with rows of ours in which each cell names its column.

    All of them go into it as one: of each that it knows of, its template asks whether it is a form with errors.
    """
    headers = list(result_headers(cl))
    names = [capfirst(header["text"]) for header in headers]
    return {
        "cl": cl,
        "result_headers": headers,
        "num_sorted_fields": sum(header["sortable"] and header["sorted"] for header in headers),
        "results": [[SafeString("</tr>\n<tr>".join(written_rows(cl, names)))]],
    }
