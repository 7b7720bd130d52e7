"""`{% field field %}`: a form's field with its label, its errors and its help, the way that all our forms show them.

Written here rather than in a template, with five more inside it, because the application's form has forty of them.
"""

from django import template
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()

_BREAK = mark_safe("<br>")


@register.simple_tag
def field(field: BoundField, *, hide_optional: bool = False) -> SafeString:
    """The whole field. With `hide_optional` its label doesn't say that it may stay empty."""
    if field.is_hidden:
        return field.as_widget()
    if field.use_fieldset:
        shape = _group_of_controls(field, hide_optional)
    elif field.widget_type == "checkbox":
        shape = _checkbox(field, hide_optional)
    else:
        shape = _one_control(field, hide_optional)
    return format_html('<div class="field field-{}">{}</div>', field.widget_type, shape)


def _one_control(field: BoundField, hide_optional: bool) -> SafeString:
    return format_html(
        '<label class="label" for="{}">{}</label>{}<div class="control">{}</div>',
        field.id_for_label,
        _label(field, hide_optional),
        _told(field),
        field,
    )


def _checkbox(field: BoundField, hide_optional: bool) -> SafeString:
    return format_html(
        '{}<div class="control"><label for="{}">{} <span>{}</span></label></div>',
        _told(field),
        field.id_for_label,
        field,
        _label(field, hide_optional),
    )


def _group_of_controls(field: BoundField, hide_optional: bool) -> SafeString:
    described = format_html(' aria-describedby="{}"', field.aria_describedby) if field.aria_describedby else ""
    # Where a summary of errors leads: the group has no control of its own to which it could.
    target = format_html(' id="{}"', field.id_for_label or field.auto_id) if field.errors else ""
    return format_html(
        '<fieldset{}><legend class="label">{}</legend>{}<div class="control"{}>{}</div></fieldset>',
        described,
        _label(field, hide_optional),
        _told(field),
        target,
        field,
    )


def _label(field: BoundField, hide_optional: bool) -> SafeString | str:
    if field.field.required or hide_optional:
        return field.label
    return format_html('{} <span class="optional">{}</span>', field.label, _("(optional)"))


def _told(field: BoundField) -> SafeString:
    """What is wrong, and what helps."""
    if not field.help_text:
        return errors_place(field)
    return format_html(
        '{}<div class="help" id="{}_helptext">{}</div>', errors_place(field), field.auto_id, field.help_text
    )


@register.simple_tag
def errors_place(field: BoundField) -> SafeString:
    """Where a field's errors stand, there even while it has none, so that they can come and go as one types."""
    return format_html('<div class="errors" id="{}_errors" aria-live="polite">{}</div>', field.auto_id, errors(field))


@register.simple_tag
def errors(field: BoundField) -> SafeString | str:
    """What is wrong with what a field holds, if anything is."""
    if not field.errors:
        return ""
    return format_html(
        '<div class="error" id="{}_error"><span class="mark" aria-hidden="true">!</span>'
        "<div><strong>{}</strong> {}</div></div>",
        field.auto_id,
        _("To fix:"),
        format_html_join(_BREAK, "{}", ((error,) for error in field.errors)),
    )
