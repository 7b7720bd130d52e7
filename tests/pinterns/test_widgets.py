"""What is written without Django's templates is what these templates write, whatever a field holds."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from pinterns.templatetags.fields import field, form_errors
from pinterns.widgets import WRITTEN, WidgetRenderer

HOSTILE = """<b>"it's" & more</b>"""
CHOICES = [("", "—"), ("a", HOSTILE), (2, gettext_lazy("Save")), (HOSTILE, [("b", "B"), ("c", mark_safe("<i>C</i>"))])]
ATTRIBUTES = {
    "id": "id_x",
    "rows": 3,
    "placeholder": HOSTILE,
    "required": True,
    "disabled": False,
    "title": gettext_lazy("Save"),
}
WIDGETS = [
    forms.TextInput,
    forms.EmailInput,
    forms.NumberInput,
    forms.URLInput,
    forms.DateInput,
    forms.HiddenInput,
    forms.FileInput,
    forms.CheckboxInput,
    forms.Textarea,
    forms.Select,
]


@pytest.mark.parametrize("widget", WIDGETS)
@pytest.mark.parametrize("value", [None, "", 0, 2, "a", "c", HOSTILE, mark_safe("&lt;safe&gt;"), "\nfirst line empty"])
def test_a_widget_is_written_as_django_writes_it(widget, value):
    made = widget(attrs=ATTRIBUTES, **({"choices": CHOICES} if widget is forms.Select else {}))
    assert made.template_name in WRITTEN
    ours, djangos = (
        made.render(f"x{HOSTILE}", value, renderer=renderer) for renderer in (WidgetRenderer(), DjangoTemplates())
    )
    assert parse_html(ours) == parse_html(djangos)


def test_what_is_not_written_here_is_left_to_django():
    made = forms.CheckboxSelectMultiple(choices=CHOICES)
    ours, djangos = (made.render("x", ["a"], renderer=renderer) for renderer in (WidgetRenderer(), DjangoTemplates()))
    assert ours == djangos


class Hostile(forms.Form):
    text = forms.CharField(label=HOSTILE, help_text=HOSTILE)
    box = forms.BooleanField(label=HOSTILE, required=False)
    several = forms.MultipleChoiceField(label=HOSTILE, choices=CHOICES[:2], widget=forms.CheckboxSelectMultiple)

    def clean_text(self):
        raise forms.ValidationError(HOSTILE)

    def clean(self):
        raise forms.ValidationError([HOSTILE, "Another."])


def test_a_field_shows_what_is_wrong_and_nothing_in_it_is_markup():
    form = Hostile({"text": HOSTILE})
    shown = "".join(field(form[name]) for name in form.fields)
    assert "<b>" not in shown and shown.count("&lt;b&gt;") == 7  # labels, help, error, value, a choice
    assert 'id="id_text_error"' in shown and 'aria-describedby="id_text_helptext id_text_error"' in shown
    assert shown.count("(optional)") == 1
    assert "(optional)" not in field(form["box"], hide_optional=True)
    parse_html(shown)  # raises where tags are not closed


def test_what_is_wrong_with_a_form_as_a_whole_is_told_above_its_fields():
    shown = form_errors(Hostile({}))
    assert "<b>" not in shown and "&amp; more&lt;/b&gt;<br>Another." in shown and 'role="alert"' in shown
    assert form_errors(forms.Form({})) == ""
