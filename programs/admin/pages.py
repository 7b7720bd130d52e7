"""The pages that we add to the admin: one frame for all of them, and the small things that their tables show.

Each row of a list has some of these: format_html() and mark_safe() would take half of their time.
"""

from datetime import datetime
from functools import cache
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.admin import ModelAdmin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.models import Program
from programs.times import when_both_ways


def change_url(row: Model) -> str:
    """The address of a row's page in the admin."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def list_url(model: type[Model], **filters: object) -> str:
    """The address of a model's list in the admin, with filters by the names of their parameters."""
    return f"{reverse(f'admin:{model._meta.app_label}_{model._meta.model_name}_changelist')}?{urlencode(filters)}"


def page(
    model_admin: ModelAdmin,
    request: HttpRequest,
    template: str,
    *,
    title: str,
    parents: tuple[Model, ...] = (),
    status: int = 200,
    **context: Any,
) -> TemplateResponse:
    """A page of ours in the admin's frame. `parents` are the rows above it, for the way back on top of the page."""
    opts = model_admin.opts
    changelist = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    crumbs = [
        (reverse("admin:index"), _("Home")),
        (changelist, capfirst(opts.verbose_name_plural)),
        *((change_url(parent), str(parent)) for parent in parents),
    ]
    context |= {
        **model_admin.admin_site.each_context(request),
        "opts": opts,
        "title": title,
        "crumbs": crumbs,
        "back_url": crumbs[-1][0],
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, template, context, status=status)


def badge(kind: str, label: str) -> SafeString:
    """A state or status in a table: word, shape and colour."""
    return _badge(str(kind), str(label))


@cache  # lists have one in each row, of a few states
def _badge(kind: str, label: str) -> SafeString:
    return render_to_string("_badge.html", {"kind": kind, "label": label})


def program_edge(program: Program) -> SafeString:
    """A program's name in a table, with a thin edge in its hue."""
    step = round(program.hue / 15)  # the style sheet knows hues in steps of 15 degrees
    return SafeString(f'<span class="edge hue-{step}">{escape(program.name)}</span>')


def moment(at: datetime | None, zone: ZoneInfo) -> SafeString | str:
    """An instant in a table: short, in `zone` and with its name; in full when pointed at."""
    if at is None:
        return "–"
    full, short = when_both_ways(at, zone)
    return SafeString(f'<time datetime="{at.isoformat()}" title="{escape(full)}">{escape(short)}</time>')


class LocalTimeField(forms.Field):
    """A date and time as clocks somewhere show it: a naive datetime. The form knows the zone."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 60}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {
        "invalid": gettext_lazy("Give a day and a time, as in 2027-02-12 23:59."),
        "year": gettext_lazy("Give a year between 2000 and 2200."),
    }

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value
        try:
            local = datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise ValidationError(self.error_messages["invalid"]) from None
        if local.tzinfo:
            raise ValidationError(self.error_messages["invalid"])
        if not 2000 <= local.year <= 2200:  # far from the ends of time, where other zones have no date
            raise ValidationError(self.error_messages["year"])
        return local


def day_field(**kwargs: Any) -> forms.DateField:
    """A day, picked from the browser's own calendar."""
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def without_side_doors(field: forms.Field | None) -> forms.Field | None:
    """The field without Django's pop-ups for adding and changing what it points to: that has pages of its own."""
    widget = field.widget if field else None
    for name in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
        if hasattr(widget, name):
            setattr(widget, name, False)
    return field
