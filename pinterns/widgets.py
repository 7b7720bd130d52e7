"""Widgets as HTML without a template for each: they took a third of the time in which the application's form is answered.

Django renders every widget, its attributes and each choice of a select as templates of their own. Those that our forms have
most of are written here, in the words of these templates; all others are left to Django. Whatever stands between tags or
quotes goes through `escaped()`.
"""

from collections.abc import Callable
from html import escape

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest


class WidgetRenderer(DjangoTemplates):
    """Django's own renderer of forms, but for what `WRITTEN` has."""

    def render(self, template_name: str, context: dict, request: HttpRequest | None = None) -> str:
        write = WRITTEN.get(template_name)
        return write(context["widget"]) if write else super().render(template_name, context, request)


def escaped(value: object) -> str:
    """As templates do it: what is marked as safe stays as it is. (Django's function for it is three times as slow.)"""
    text = value if isinstance(value, str) else str(value)
    return text if hasattr(text, "__html__") else escape(text)


def _attributes(widget: dict) -> str:
    given = ((name, value) for name, value in widget["attrs"].items() if value is not False and value is not None)
    return "".join(f" {name}" if value is True else f' {name}="{escaped(value)}"' for name, value in given)


def _input(widget: dict) -> str:
    value = "" if widget["value"] is None else f' value="{escaped(widget["value"])}"'
    return f'<input type="{widget["type"]}" name="{escaped(widget["name"])}"{value}{_attributes(widget)}>'


def _textarea(widget: dict) -> str:
    # A browser leaves out a line's end right after the tag: without this one it would be the first of the text.
    text = escaped(widget["value"] or "")
    return f'<textarea name="{escaped(widget["name"])}"{_attributes(widget)}>\n{text}</textarea>'


def _select(widget: dict) -> str:
    groups = "".join(_group(name, options) for name, options, _index in widget["optgroups"])
    return f'<select name="{escaped(widget["name"])}"{_attributes(widget)}>{groups}</select>'


def _group(name: str | None, options: list[dict]) -> str:
    written = "".join(
        f'<option value="{escaped(option["value"])}"{_attributes(option)}>{escaped(option["label"])}</option>'
        for option in options
    )
    return f'<optgroup label="{escaped(name)}">{written}</optgroup>' if name else written


_INPUTS = ("text", "email", "number", "url", "tel", "date", "hidden", "file", "checkbox")
WRITTEN: dict[str, Callable[[dict], str]] = {
    **{f"django/forms/widgets/{kind}.html": _input for kind in _INPUTS},
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
}
