"""Conflicts of interest: a reviewer's own list of addresses whose applications they must never be given."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_log import NamelessLogMixin
from programs.admin.pages import page
from programs.times import day
from reviews import assigning
from reviews.admin.own import OwnReviewerMixin
from reviews.models import Conflict


class ConflictForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Their e-mail address"),
        help_text=gettext_lazy("Whether or not they apply: you are never told."),
        max_length=254,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("As in “my sister”, “I supervised her thesis”. Recruiters read it."),
        max_length=300,
    )


@admin.register(Conflict)
class ConflictAdmin(NamelessLogMixin, OwnReviewerMixin, admin.ModelAdmin):
    list_display = ["email", "reason", "declared_when", "taking_back"]
    list_display_links = None
    list_filter = []
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return Conflict.objects.filter(reviewer=request.user.pk)

    @admin.display(description=gettext_lazy("declared"), ordering="declared_at")
    def declared_when(self, conflict: Conflict) -> str:
        return day(conflict.declared_at.date())

    @admin.display(description=gettext_lazy("no longer true"))
    def taking_back(self, conflict: Conflict) -> SafeString:
        url = reverse("admin:reviews_conflict_delete", args=[conflict.pk])
        label = _("Take back %(email)s") % {"email": conflict.email}
        return format_html('<a href="{}" aria-label="{}">{}</a>', url, label, _("Take back"))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        """Declares one. The answer is the same whether anybody has applied with that address or not."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ConflictForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                assigning.declare_conflict(reviewer=request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error("email", error.messages)
            else:
                text = _(
                    "Declared. You are never given an application from that address. Your list stays as it is, so that "
                    "it does not tell who has applied; a review of theirs that you still hand in does not count."
                )
                messages.success(request, text)
                return redirect("admin:reviews_conflict_changelist")
        context = {"title": _("Declare a conflict of interest"), "form": form, "verb": _("Declare it")}
        return page(self, request, "admin/form.html", **context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        self.own_row(request, object_id, "view")
        return redirect("admin:reviews_conflict_changelist")

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return self.change_view(request, object_id)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """Takes one back, after a confirmation."""
        conflict = self.own_row(request, object_id, "delete")
        if request.method == "POST":
            conflict.delete()
            messages.success(request, _("Taken back."))
            return redirect("admin:reviews_conflict_changelist")
        title = _("Take back %(email)s") % {"email": conflict.email}
        return page(self, request, "admin/reviews/conflict/delete.html", title=title, conflict=conflict)
