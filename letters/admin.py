"""Letters in the admin: read, searched, and tried again. Nobody writes, changes or deletes one there."""

from operator import attrgetter

from django.contrib import admin, messages
from django.template.loader import render_to_string
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.export import Column, ExportMixin
from accounts.long_lists import LongListMixin
from letters.models import Letter
from letters.services import retry_letter


@admin.register(Letter)
class LetterAdmin(ExportMixin, LongListMixin, admin.ModelAdmin):
    """What was written to whom, whether it arrived at their mail server, and a second chance when it didn't."""

    list_display = ["subject", "to", "about", "shown_status", "created_at", "sent_at", "tries", "last_error"]
    sortable_by = []
    list_filter = ["status", "kind"]
    search_fields = ["about__istartswith", "to__istartswith"]
    search_help_text = _("The beginning of a reference or of an address")
    ordering = ["-pk"]
    fields = [
        *("subject", "addressee", "to", "reply_to", "body", "about", "kind", "message_id", "created_at"),
        *("shown_status", "send_after", "sent_at", "tries", "last_error", "copy_of"),
    ]
    readonly_fields = fields
    actions = ["try_again"]
    export_columns = [
        Column(_("about"), attrgetter("about")),
        Column(_("kind"), attrgetter("kind")),
        Column(_("to"), attrgetter("to")),
        Column(_("subject"), attrgetter("subject")),
        Column(_("status"), lambda letter: letter.get_status_display()),
        Column(_("written"), attrgetter("created_at")),
        Column(_("sent"), attrgetter("sent_at")),
        Column(_("tries"), attrgetter("tries")),
        Column(_("last error"), attrgetter("last_error")),
    ]

    @admin.display(description=_("status"))
    def shown_status(self, letter: Letter) -> str:
        label = capfirst(letter.get_status_display())
        return render_to_string("_badge.html", {"kind": letter.status, "label": label})

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def has_retry_permission(self, request, obj: Letter | None = None) -> bool:
        """Whether the reader may have this letter (None: any) sent again."""
        return request.user.has_perm("letters.retry_letter")

    @admin.action(description=_("Try again"), permissions=["retry"])
    def try_again(self, request, queryset) -> None:
        """Put the failed ones of the selection back in the queue, and say what was and was not done."""
        chosen = list(queryset.defer("body"))
        allowed = [letter for letter in chosen if self.has_retry_permission(request, letter)]
        done = sum(retry_letter(letter, by=request.user) for letter in allowed)
        if done:
            text = ngettext(
                "%(count)d letter is in the queue again and leaves within seconds.",
                "%(count)d letters are in the queue again and leave within seconds.",
                done,
            )
            self.message_user(request, text % {"count": done}, messages.SUCCESS)
        if refused := len(chosen) - len(allowed):
            text = ngettext(
                "%(count)d letter is not yours to send again.",
                "%(count)d letters are not yours to send again.",
                refused,
            )
            self.message_user(request, text % {"count": refused}, messages.ERROR)
        if left := len(allowed) - done:
            text = ngettext(
                "%(count)d letter was left alone: only a failed one can be tried again.",
                "%(count)d letters were left alone: only failed ones can be tried again.",
                left,
            )
            self.message_user(request, text % {"count": left}, messages.WARNING)
