"""The list of reasons for rejecting, kept by each program's recruiters. Candidates never see it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.models import RejectionReason
from programs.admin.listed import Removal, RetiredMixin
from programs.admin.pages import badge, without_side_doors
from programs.admin.rows import is_in_use, programs_run
from programs.admin.windows import ProgramFilter
from programs.models import Program


class RejectionReasonForm(forms.ModelForm):
    """A reason that was given keeps its words: histories quote it."""

    class Meta:
        model = RejectionReason
        fields = ["program", "text"]
        help_texts = {"text": gettext_lazy("As in “Too little own work yet”. Colleagues choose it when they reject.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.fields:
            self.fields["program"].disabled = True
            self.fields["text"].disabled = is_in_use(self.instance)
            if self.fields["text"].disabled:
                self.fields["text"].help_text = _(
                    "It was given already, so it keeps its words. Retire it, and add another."
                )


@admin.register(RejectionReason)
class RejectionReasonAdmin(RetiredMixin, admin.ModelAdmin):
    form = RejectionReasonForm
    list_display = ["text", "program", "shown_state"]
    list_filter = [ProgramFilter]
    list_select_related = ["program"]
    search_fields = ["text"]
    ordering = ["program__name", "text"]
    show_facets = admin.ShowFacets.NEVER
    actions = ["take_up"]
    removal = Removal(
        ask_retire=gettext_lazy(
            "It was given already, so it is retired: nobody can choose it any more, and histories keep it. "
            "You can take it up again."
        ),
        ask_delete=gettext_lazy("It was never given, so it is deleted. That can't be undone."),
        retired=gettext_lazy("“%(row)s” is retired: nobody can choose it any more, and histories keep it."),
        deleted=gettext_lazy("“%(row)s” is deleted. It had never been given."),
    )

    @admin.display(description=gettext_lazy("state"), ordering="retired_at")
    def shown_state(self, reason: RejectionReason) -> str:
        return badge("closed", _("Retired")) if reason.retired_at else badge("open", _("In use"))

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        run = [program.pk for program in programs_run(request)]
        kwargs["queryset"] = Program.objects.filter(pk__in=run)
        return without_side_doors(super().formfield_for_foreignkey(db_field, request, **kwargs))

    def formfield_for_dbfield(self, *args: Any, **kwargs: Any) -> Any:
        return without_side_doors(super().formfield_for_dbfield(*args, **kwargs))

    @admin.action(description=gettext_lazy("Use again"), permissions=["change"])
    def take_up(self, request: HttpRequest, queryset: QuerySet) -> None:
        count = queryset.filter(retired_at__isnull=False).update(retired_at=None)
        text = ngettext("%(count)d reason is in use again.", "%(count)d reasons are in use again.", count)
        messages.success(request, text % {"count": count})
