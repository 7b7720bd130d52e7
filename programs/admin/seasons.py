"""“Next season”: a season's windows copied with shifted dates, looked over, and published one by one or together."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programs.admin.pages import page
from programs.admin.rows import programs_run
from programs.admin.window_forms import reason_field
from programs.models import Window
from programs.seasons import YEAR_IN_WEEKS, copy_season, next_name, plan_season, publish_season

MOST_WEEKS = 520


class NextSeasonForm(forms.Form):
    """Which season is copied, what the copy is called, and how much later it is."""

    season = forms.ChoiceField(label=gettext_lazy("Copy the windows of"))
    new_season = forms.CharField(
        label=gettext_lazy("Name of the new season"), help_text=gettext_lazy("As in “Summer 2027”."), max_length=50
    )
    weeks = forms.IntegerField(
        label=gettext_lazy("Weeks later"),
        help_text=gettext_lazy("Whole weeks keep the weekday: 52 is next year. Clock times stay what they are."),
        min_value=1,
        max_value=MOST_WEEKS,
    )

    def __init__(self, *args: Any, seasons: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["season"].choices = [(season, season) for season in seasons]


class CopyForm(forms.Form):
    reason = reason_field(required=False)


class PublishForm(forms.Form):
    reason = reason_field()


def _seasons(model_admin: ModelAdmin, request: HttpRequest) -> list[str]:
    """The seasons of the reader's windows, the latest first."""
    names = model_admin.get_queryset(request).order_by("-opens_at").values_list("season", flat=True)
    return list(dict.fromkeys(names))


def _asked(request: HttpRequest, seasons: list[str]) -> dict:
    """What was typed, and for what was not typed yet what suits most: the season chosen, a year later."""
    typed = (request.POST if request.method == "POST" else request.GET).dict()
    season = typed.get("season", seasons[0])
    return {"season": season, "new_season": next_name(season), "weeks": YEAR_IN_WEEKS, **typed}


def next_season_page(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Shows what will be made of the season that is asked for; what is posted is what was shown, and it is made."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    seasons = _seasons(model_admin, request)
    if not seasons:
        messages.warning(request, _("There is no season to copy yet. Add the first windows by hand."))
        return redirect("admin:programs_window_changelist")
    form = NextSeasonForm(_asked(request, seasons), seasons=seasons)
    why = CopyForm(request.POST if request.method == "POST" else None)
    plan = []
    if form.is_valid():
        if why.is_valid():
            return _make(request, form.cleaned_data, why.cleaned_data["reason"])
        plan = plan_season(programs=programs_run(request), **form.cleaned_data)
    context = {
        "title": _("Next season"),
        "form": form,
        "why": why,
        "copies": [entry for entry in plan if entry.copy],
        "problems": [entry.problem for entry in plan if entry.problem],
    }
    return page(model_admin, request, "admin/programs/window/next_season.html", **context)


def _make(request: HttpRequest, asked: dict, reason: str) -> HttpResponse:
    plan = copy_season(programs=programs_run(request), by=request.user, reason=reason, **asked)
    problems = [entry.problem for entry in plan if entry.problem]
    if problems:
        messages.warning(request, _("Left out: %(problems)s") % {"problems": " ".join(problems)})
    made = sum(entry.copy is not None for entry in plan)
    if made:
        text = ngettext(
            "%(number)d window is made. Look it over, then publish it.",
            "%(number)d windows are made. Look them over, then publish them.",
            made,
        )
        messages.success(request, text % {"number": made})
    return redirect(drafts_url(asked["new_season"]))


def drafts_url(season: str) -> str:
    """The address of a season's windows that are not published."""
    return f"{reverse('admin:programs_window_drafts')}?{urlencode({'season': season})}"


def drafts_page(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """The windows of a season that are not published yet, to look over; posting publishes those that were shown.

    Without a season, those of all.
    """
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    season = request.GET.get("season", "")
    own = model_admin.get_queryset(request).select_related("program").filter(published=False)
    drafts = list(own.filter(season=season) if season else own)
    form = PublishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        # What a colleague added meanwhile has not been looked over here.
        shown = [window for window in drafts if str(window.pk) in request.POST.getlist("window")]
        if _publish(request, form, shown):
            return redirect("admin:programs_window_changelist")
    drafts.sort(key=lambda window: (window.program.position, window.program.name, window.opens_at))
    context = {
        "title": _("To look over: %(season)s") % {"season": season} if season else _("Windows to look over"),
        "form": form,
        "drafts": drafts,
        "now": timezone.now(),
    }
    return page(model_admin, request, "admin/programs/window/drafts.html", **context)


def _publish(request: HttpRequest, form: PublishForm, windows: list[Window]) -> bool:
    """Publishes all or none; what is refused is said on the form."""
    if not windows:
        form.add_error(None, _("None of the windows that you saw waits any more. Look at what is left below."))
        return False
    try:
        publish_season(windows=windows, by=request.user, reason=form.cleaned_data["reason"])
    except ValidationError as error:
        form.add_error(None, error)
        return False
    text = ngettext("%(number)d window is published.", "%(number)d windows are published.", len(windows))
    messages.success(request, text % {"number": len(windows)})
    return True
