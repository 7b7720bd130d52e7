"""`{% field field %}`: a form's field with its label, its errors and its help, the way that all our forms show them.

Written here rather than in a template, with five more inside it, because the application's form has forty of them. Like
widgets, they are plain strings, into which all goes through `escaped`.
"""

from django import template
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseForm, BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from pinterns.widgets import escaped

register = template.Library()


@register.simple_tag
def field(field: BoundField, *, hide_optional: bool = False) -> SafeString:
    """The whole field. With `hide_optional` its label doesn't say that it may stay empty."""
    if field.is_hidden:
        return field.as_widget()
    kind = field.widget_type
    if field.use_fieldset:
        shape = _group_of_controls(field, hide_optional)
    elif kind == "checkbox":
        shape = _checkbox(field, hide_optional)
    else:
        shape = _one_control(field, hide_optional)
    return SafeString(f'<div class="field field-{kind}">{shape}</div>')


def _one_control(field: BoundField, hide_optional: bool) -> str:
    return (
        f'<label class="label" for="{escaped(field.id_for_label)}">{_label(field, hide_optional)}</label>'
        f'{_told(field)}<div class="control">{field}</div>'
    )


def _checkbox(field: BoundField, hide_optional: bool) -> str:
    return (
        f'{_told(field)}<div class="control"><label for="{escaped(field.id_for_label)}">'
        f"{field} <span>{_label(field, hide_optional)}</span></label></div>"
    )


def _group_of_controls(field: BoundField, hide_optional: bool) -> str:
    described = f' aria-describedby="{escaped(field.aria_describedby)}"' if field.aria_describedby else ""
    # Where a summary of errors leads: the group has no control of its own to which it could.
    target = f' id="{escaped(field.id_for_label or field.auto_id)}"' if field.errors else ""
    return (
        f'<fieldset{described}><legend class="label">{_label(field, hide_optional)}</legend>'
        f'{_told(field)}<div class="control"{target}>{field}</div></fieldset>'
    )


def _label(field: BoundField, hide_optional: bool) -> str:
    label = escaped(field.label)
    return (
        label if field.field.required or hide_optional else f'{label} <span class="optional">{_("(optional)")}</span>'
    )


def _told(field: BoundField) -> str:
    """What is wrong, and what helps."""
    help_text = field.help_text
    if not help_text:
        return errors_place(field)
    return f'{errors_place(field)}<div class="help" id="{escaped(field.auto_id)}_helptext">{escaped(help_text)}</div>'


@register.simple_tag
def form_errors(form: BaseForm) -> SafeString:
    """What is wrong with a form as a whole, if anything is."""
    found = form.errors.get(NON_FIELD_ERRORS)
    if not found:
        return SafeString()
    told = "<br>".join(map(escaped, found))
    return SafeString(
        '<div class="error" role="alert"><span class="mark" aria-hidden="true">!</span>'
        f"<div><strong>{_('To fix:')}</strong> {told}</div></div>"
    )


@register.simple_tag
def errors_place(field: BoundField) -> SafeString:
    """Where a field's errors stand, there even while it has none, so that they can come and go as one types."""
    place = escaped(field.auto_id)
    return SafeString(f'<div class="errors" id="{place}_errors" aria-live="polite">{errors(field)}</div>')


@register.simple_tag
def errors(field: BoundField) -> SafeString:
    """What is wrong with what a field holds, if anything is."""
    found = field.errors
    if not found:
        return SafeString()
    told = "<br>".join(map(escaped, found))
    return SafeString(
        f'<div class="error" id="{escaped(field.auto_id)}_error"><span class="mark" aria-hidden="true">!</span>'
        f"<div><strong>{_('To fix:')}</strong> {told}</div></div>"
    )
