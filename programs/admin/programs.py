"""Programs and offices: what the site shows, and from where one gets to a program's requirements and windows."""

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import ManyToManyField, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs import kinds
from programs.admin.pages import badge, moment, without_side_doors
from programs.admin.rows import OwnRowsMixin
from programs.models import Office, Program, Window
from programs.picture_forms import PictureFormMixin
from programs.times import zone_choices


class SluggedForm(PictureFormMixin, forms.ModelForm):
    """A form whose slug may be left empty: it is then made from the name, as the page's script does while one types."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("Its part of the address. Empty: made from the name.")

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"] or slugify(self.data.get("name", ""))[:50]
        if not slug:
            raise ValidationError(_("Give the part of the address in plain letters: the name has none."))
        return slug


class ProgramForm(SluggedForm):
    class Meta:
        model = Program
        exclude = []  # noqa: DJ006 - the fieldsets say which
        widgets = {"description": forms.Textarea(attrs={"rows": 12}), "summary": forms.TextInput(attrs={"size": 80})}

    def clean_pay_currency(self) -> str:
        currency = self.cleaned_data["pay_currency"].upper()
        if not re.fullmatch(r"[A-Z]{3}", currency):
            raise ValidationError(_("Give the three letters of a currency, as in USD."))
        return currency


class OfficeForm(SluggedForm):
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=[])

    class Meta:
        model = Office
        exclude = []  # noqa: DJ006 - the fieldsets say which

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [("", _("Choose a time zone")), *zone_choices()]


@admin.register(Office)
class OfficeAdmin(admin.ModelAdmin):
    """Administrators alone: a place belongs to no program."""

    form = OfficeForm
    list_display = ["name", "city", "region", "country", "time_zone"]
    search_fields = ["name", "city"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "slug"]}),
        (
            gettext_lazy("Where it is"),
            {"fields": ["street", ("city", "postal_code"), ("region", "country"), "time_zone"]},
        ),
        (gettext_lazy("Picture"), {"fields": ["picture_file", "picture_alt"]}),
    ]


@admin.register(Program)
class ProgramAdmin(OwnRowsMixin, admin.ModelAdmin):
    """Administrators make programs; recruiters edit those that they run."""

    program_lookup = "pk"
    form = ProgramForm
    list_display = ["name", "team", "intake", "until", "published"]
    search_fields = ["name", "team"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "slug", "team", "summary", "description"]}),
        (gettext_lazy("The internship"), {"fields": ["weeks", "offices", "contact_email"]}),
        (gettext_lazy("Pay"), {"fields": [("pay_low", "pay_high", "pay_currency", "pay_period")]}),
        (gettext_lazy("Picture and colour"), {"fields": ["picture_file", "picture_alt", "hue"]}),
        (gettext_lazy("On the board"), {"fields": ["published", "position"]}),
    ]

    def program_id_of(self, row: Program) -> int:
        return row.pk

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("windows")

    def formfield_for_manytomany(self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any) -> forms.Field:
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        return without_side_doors(super().formfield_for_dbfield(db_field, request, **kwargs))

    def view_on_site(self, obj: Program) -> str | None:
        return obj.get_absolute_url() if obj.published else None

    @admin.display(description=gettext_lazy("intake"))
    def intake(self, program: Program) -> str:
        at = timezone.now()
        window = program.window_at(at)
        return badge(window.state(at), window.state(at).label) if window else _("none planned")

    @admin.display(description=gettext_lazy("until"))
    def until(self, program: Program) -> str:
        at = timezone.now()
        window = program.window_at(at)
        if window is None:
            return "–"
        return moment(window.opens_at if window.state(at) == Window.State.SCHEDULED else window.closes_at, window.zone)

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        obj = kwargs.get("obj")
        if obj:
            context["title"], context["subtitle"] = str(obj), None
            context |= self._intakes_and_asks(obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def _intakes_and_asks(self, program: Program) -> dict:
        at = timezone.now()
        requirements = list(program.requirements.all())
        windows = list(program.windows.all())
        for window in windows:
            window.program, window.state_now = program, window.state(at)
        return {
            "requirements": [found for found in requirements if found.retired_at is None],
            "retired": [found for found in requirements if found.retired_at],
            "kinds": kinds.choices,
            "windows": windows,
            "preview_window": program.window_at(at),
        }
