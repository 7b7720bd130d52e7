"""Who opened whose application, for administrators to read; and letters, whose pages are noted there as well."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from applications.access import record_access
from applications.admin.export import NotedExportMixin
from applications.models import Access, Application
from letters.admin import LetterAdmin
from letters.models import Letter

admin.site.unregister(Letter)  # its own app knows no application


@admin.register(Letter)
class NotedLetterAdmin(NotedExportMixin, LetterAdmin):
    """As the letters' own; who looks at one that is about an application has opened something of it."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        letter = self.get_object(request, object_id)
        if letter and letter.about and self.has_view_permission(request, letter):
            for application in Application.objects.filter(reference=letter.about).only("pk"):
                record_access(by=request.user, application_id=application.pk, what=Access.What.LETTER)
        return super().change_view(request, object_id, form_url, extra_context)


@admin.register(Access)
class AccessAdmin(admin.ModelAdmin):
    """Read and searched; nobody writes, changes or deletes here."""

    list_display = ["at", "by", "application", "what", "rows"]
    list_display_links = None
    list_select_related = ["by", "application"]
    list_filter = ["what", "at"]
    search_fields = ["by__email__istartswith", "by__name", "application__reference__istartswith"]
    search_help_text = gettext_lazy("Who opened it, by name or address; or the application's reference")
    ordering = ["-pk"]
    list_per_page = 100
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    fields = readonly_fields = ["by", "application", "what", "rows", "at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Access | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Access | None = None) -> bool:
        return False
