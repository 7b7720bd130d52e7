"""For how long applications are kept, by country; for administrators."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from programs.models import Retention


class RetentionForm(forms.ModelForm):
    """The country of a row stays; its months may change."""

    class Meta:
        model = Retention
        fields = ["country", "months"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.fields:
            self.fields["country"].disabled = True


@admin.register(Retention)
class RetentionAdmin(admin.ModelAdmin):
    form = RetentionForm
    list_display = ["country", "months"]
    ordering = ["country"]
    actions = None
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Retention | None = None) -> bool:
        return False  # without its row a country would have the usual time, unseen
