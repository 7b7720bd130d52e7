"""People as their own app has them, and an address that reaches the search in what they sent."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.models import User
from applications.search import keep_address
from programs.admin.people import PersonAdmin

admin.site.unregister(User)  # its own app knows no application


@admin.register(User)
class CandidateAdmin(PersonAdmin):
    """As that of people; who gets a new address is found by it."""

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            keep_address(candidate=obj)
