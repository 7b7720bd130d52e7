"""People and their roles, for administrators. Nobody has a password here: everybody signs in by code."""

from operator import attrgetter
from typing import Any

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import Group
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin_log import NamelessLogMixin
from accounts.export import Column, ExportMixin
from accounts.long_lists import LongListMixin
from accounts.models import ErasureRequest, Session, User
from accounts.signed_in import end_sessions, forget_second_factor
from programs import roles
from programs.admin.pages import without_side_doors
from programs.models import Membership

# Groups follow from memberships, and addresses from people: neither is edited by itself. A second factor holds a secret
# that nobody but its owner is to read; a lost one is taken away on its owner's page.
for model in (Group, EmailAddress, Authenticator):
    admin.site.unregister(model)


class PersonForm(forms.ModelForm):
    sign_out = forms.BooleanField(
        label=gettext_lazy("End all sessions"),
        help_text=gettext_lazy("Signs this person out in every browser, as when a device is lost."),
        required=False,
    )
    forget_factor = forms.BooleanField(
        label=gettext_lazy("Take away the second factor"),
        help_text=gettext_lazy(
            "For somebody who lost their phone or passkey and has no recovery code left. Make sure by another way than "
            "e-mail that it is them who ask: until they set up a new one, the code by e-mail is all that is asked. "
            "It also ends all sessions."
        ),
        required=False,
    )

    class Meta:
        model = User
        fields = ["name", "email", "is_active", "is_superuser"]
        labels = {"is_superuser": gettext_lazy("Administrator")}
        help_texts = {
            "is_superuser": gettext_lazy("May do everything, in every program."),
            "is_active": gettext_lazy("Take this away instead of deleting somebody."),
        }

    reader: User | None = None

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.instance.pk and self.reader and self.instance.pk == self.reader.pk:
            own = ValidationError(_("You would lock yourself out. Ask another administrator."))
            for name in ("is_active", "is_superuser"):
                if name in cleaned and not cleaned[name]:
                    self.add_error(name, own)
            if cleaned.get("forget_factor"):
                self.add_error("forget_factor", own)
        return cleaned


class RolesFormSet(BaseInlineFormSet):
    """Says in every cell what it is: the column's heading is no label."""

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs["aria-label"] = field.label or ""
        if form.instance.pk and "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = _("Take away: %(role)s") % {"role": form.instance}


class MembershipInline(admin.TabularInline):
    """Roles are given and taken, never rewritten."""

    model = Membership
    formset = RolesFormSet
    extra = 1
    verbose_name = gettext_lazy("role")
    verbose_name_plural = gettext_lazy("roles")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        return without_side_doors(super().formfield_for_dbfield(db_field, request, **kwargs))

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        return False


def roles_of(user: User) -> str:
    """What somebody may do where, in one line."""
    if user.is_superuser:
        return _("administrator")
    return "; ".join(f"{held.get_role_display()}, {held.program}" for held in user.memberships.all())


@admin.register(User)
class PersonAdmin(NamelessLogMixin, ExportMixin, LongListMixin, admin.ModelAdmin):
    """First the address and the name, then, on the second page, the roles."""

    form = PersonForm
    list_display = ["shown_name", "email", "roles", "is_active", "date_joined"]
    sortable_by = ["email"]
    list_filter = ["is_staff", "is_superuser", "is_active"]
    search_fields = ["email", "name"]
    ordering = ["-pk"]
    inlines = [MembershipInline]
    export_columns = [
        Column(gettext_lazy("name"), attrgetter("name")),
        Column(gettext_lazy("e-mail address"), attrgetter("email")),
        Column(gettext_lazy("roles"), lambda user: roles_of(user)),
        Column(gettext_lazy("active"), lambda user: gettext_lazy("yes") if user.is_active else gettext_lazy("no")),
        Column(gettext_lazy("joined"), attrgetter("date_joined")),
        Column(gettext_lazy("last sign-in"), attrgetter("last_login")),
    ]

    @admin.display(description=gettext_lazy("name"))
    def shown_name(self, user: User) -> str:
        return user.name or user.email

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, user: User) -> str:
        return roles_of(user) or "–"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("memberships__program")

    def get_form(self, request: HttpRequest, obj: User | None = None, **kwargs: Any) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, **kwargs)
        form.reader = request.user
        return form

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> list:
        if obj is None:
            return [(None, {"fields": ["name", "email"]})]
        return [
            (None, {"fields": ["name", "email"]}),
            (gettext_lazy("Rights"), {"fields": ["is_active", "is_superuser"]}),
            (gettext_lazy("Sign-in"), {"fields": ["browsers", "sign_out", "second_factor", "forget_factor"]}),
            (gettext_lazy("Dates"), {"fields": ["date_joined", "last_login"]}),
        ]

    readonly_fields = ["date_joined", "last_login", "browsers", "second_factor"]

    @admin.display(description=gettext_lazy("signed in"))
    def browsers(self, user: User) -> str:
        count = Session.objects.of(user, timezone.now()).count()
        return ngettext("in %(count)s browser", "in %(count)s browsers", count) % {"count": count}

    @admin.display(description=gettext_lazy("second factor"))
    def second_factor(self, user: User) -> str:
        kinds = Authenticator.objects.filter(user=user).values_list("type", flat=True).distinct().order_by("type")
        return ", ".join(str(Authenticator.Type(kind).label) for kind in kinds) or _("none set up")

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list:
        return self.inlines if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # what somebody did stays told by name; take away that they may sign in

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            end_sessions(user=obj, why="the account is closed")
        elif form.cleaned_data.get("forget_factor"):
            forget_second_factor(user=obj, by=request.user)
        elif form.cleaned_data.get("sign_out"):
            end_sessions(user=obj, why=f"by user {request.user.pk}")

    def save_formset(self, request: HttpRequest, form: forms.ModelForm, formset: Any, change: bool) -> None:
        """Memberships are written by the service that keeps groups and entry in line with them."""
        given = formset.save(commit=False)
        for membership in formset.deleted_objects:
            roles.revoke(user=membership.user, program=membership.program, role=membership.role)
        for membership in given:
            roles.grant(user=membership.user, program=membership.program, role=membership.role)

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: list, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        roles.settle(form.instance)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> Any:
        """On to the second page, as Django's own user admin does."""
        if "_addanother" not in request.POST:
            request.POST = request.POST.copy()
            request.POST["_continue"] = "1"
        return super().response_add(request, obj, post_url_continue)


@admin.register(ErasureRequest)
class ErasureRequestAdmin(admin.ModelAdmin):
    """Who asked to be erased, the longest wait first. It is read here: people ask, and take it back, on their own page."""

    list_display = ["user", "email", "asked_at", "erase"]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__name"]
    ordering = ["asked_at", "pk"]
    fields = readonly_fields = ["user", "asked_at"]
    show_full_result_count = False

    @admin.display(description=gettext_lazy("e-mail address"), ordering="user__email")
    def email(self, asked: ErasureRequest) -> str:
        return asked.user.email

    @admin.display(description=gettext_lazy("to do"))
    def erase(self, asked: ErasureRequest) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:erase", args=[asked.pk]), _("Look what goes, and erase")
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ErasureRequest | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ErasureRequest | None = None) -> bool:
        return False
