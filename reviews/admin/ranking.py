"""The ranked view of a window: who stands where, marks by hand or by a line, the effect first, then prepared decisions."""

import re
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.admin.decision_forms import NoteForm, OfferDatesForm, ReasonForm
from applications.workflow import Status
from programs.admin.pages import page
from programs.models import Window
from reviews.line import Effect, Line, effect_of, prepare_effect
from reviews.ranking import ACTIONS, DECIDABLE, counts, ranked, rows_of

ROWS = 100  # a page
MOST = 10_000  # in one line
MOST_SHOWN = 200  # of those who would get the same decision
MARK = "mark-"


class LineForm(forms.Form):
    """A line in the ranking; every part of it may stay empty."""

    offer = forms.IntegerField(label=gettext_lazy("Offer to the first"), min_value=0, max_value=MOST, required=False)
    waitlist = forms.IntegerField(label=gettext_lazy("Waitlist the next"), min_value=0, max_value=MOST, required=False)
    reject_rest = forms.BooleanField(label=gettext_lazy("Reject the rest"), required=False)

    def line(self) -> Line:
        """The line as drawn; call it when the form is valid."""
        facts = self.cleaned_data
        return Line(facts["offer"] or 0, facts["waitlist"] or 0, facts["reject_rest"])


def status_asked_for(request: HttpRequest) -> str:
    """The status whose applications alone are asked for; empty for all."""
    status = request.GET.get("status", "")
    return status if status in Status.values else ""


def ranking(model_admin: admin.ModelAdmin, request: HttpRequest, window_id: int) -> HttpResponse:
    """The applications of a window that have a reader, the best first."""
    window = model_admin.own_window(request, window_id)
    status = status_asked_for(request)
    found = counts(window)
    paginator = Paginator(ranked(window, status), ROWS)
    paginator.count = found.of(status)  # is known, so that it asks for none
    shown = paginator.get_page(request.GET.get("page"))
    may_decide = model_admin.has_decide_permission(request)
    context = {
        "title": _("Ranking: %(window)s") % {"window": window},
        "parents": (window.program, window),
        "window": window,
        "rows": rows_of(list(shown), window),
        "shown": shown,
        "page_links": paginator.get_elided_page_range(shown.number),
        "ellipsis": paginator.ELLIPSIS,
        "filters": [(each, each.label, number) for each, number in found.statuses.items()],
        "total": found.of(),
        "only": status,
        "not_read": found.not_read,
        "line": LineForm() if may_decide and found.statuses.keys() & set(DECIDABLE) else None,
        "may_decide": may_decide,
        "may_export": model_admin.has_export_permission(request),
    }
    return page(model_admin, request, "admin/reviews/ranking/ranking.html", **context)


# --- The effect, and what is prepared from it ---


class PrepareForm(NoteForm, ReasonForm, OfferDatesForm):
    """What all that is prepared has in common. `seen` is the effect that the page showed."""

    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, effect: Effect, window: Window, **kwargs: Any) -> None:
        self.effect, self.program_id = effect, window.program_id
        rejecting = [window.program_id] if effect.of("reject") else []
        super().__init__(*args, programs=rejecting, initial={"seen": effect.fingerprint}, **kwargs)
        if not effect.of("offer"):
            del self.fields["start_date"], self.fields["answer_by"]
        self.order_fields([name for name in self.fields if name != "note"])

    def today(self) -> date:
        """The day at the office where it is the latest: no answer is asked for by a day that is over somewhere."""
        zones = [ZoneInfo(office.time_zone) for office, _number in self.effect.offers_by_office]
        return max((timezone.now().astimezone(zone).date() for zone in zones), default=super().today())

    @property
    def is_stale(self) -> bool:
        """Whether the page showed another effect than there would be now."""
        return self.is_bound and self.data.get("seen") != self.effect.fingerprint

    def facts(self) -> dict[str, Any]:
        """What prepare_effect() takes; call it when the form is valid."""
        days = {name: self.cleaned_data.get(name) for name in ("start_date", "answer_by")}
        return {**days, "reason": self.reason(self.program_id), "note": self.cleaned_data["note"]}


def _marks(request: HttpRequest) -> dict[int, str]:
    """The marks set by hand: the action by the application's id. What is no mark is left out."""
    found = {}
    for name, action in request.GET.items():
        if (match := re.fullmatch(rf"{MARK}([0-9]{{1,18}})", name, re.ASCII)) and action in ACTIONS:
            found[int(match[1])] = action
    return found


def effect(model_admin: admin.ModelAdmin, request: HttpRequest, window_id: int) -> HttpResponse:
    """Shows what a line and marks would do to each application; when it is posted, prepares exactly that."""
    window = model_admin.own_window(request, window_id, "decide")
    line = LineForm(request.GET)
    if not line.is_valid():
        messages.warning(
            request, _("The line can't be drawn so: give whole numbers from 0 to %(most)d.") % {"most": MOST}
        )
        return _back(window, request)
    found = effect_of(window, line=line.line(), marks=_marks(request), status=status_asked_for(request))
    if not found.fates:
        messages.warning(request, _("Nothing is marked yet. Draw a line, or mark applications by hand."))
        return _back(window, request)
    form = PrepareForm(request.POST if request.method == "POST" else None, effect=found, window=window)
    if form.is_bound and not form.is_stale and form.is_valid():
        outcomes = prepare_effect(effect=found, by=request.user, **form.facts())
        refused = [outcome for outcome in outcomes if outcome.problem]
        text = ngettext(
            "%(count)d decision is prepared.", "%(count)d decisions are prepared.", len(outcomes) - len(refused)
        )
        messages.success(request, text % {"count": len(outcomes) - len(refused)})
        for outcome in refused[:ROWS]:
            messages.warning(request, f"{outcome.application.reference}: {outcome.problem}")
        return _back(window, request)
    stale = form.is_stale
    if stale:  # the new effect is shown with what was typed
        form = PrepareForm(request.POST.dict() | {"seen": found.fingerprint}, effect=found, window=window)
    context = {
        "title": _("The effect: %(window)s") % {"window": window},
        "parents": (window.program, window),
        "window": window,
        "effect": found,
        "groups": [(action, Status(target).label, target, found.of(action)) for action, target in _TARGETS],
        "most_shown": MOST_SHOWN,
        "form": form,
        "stale": stale,
        "ranking_url": _ranking_url(window, request),
    }
    return page(model_admin, request, "admin/reviews/ranking/effect.html", status=409 if stale else 200, **context)


_TARGETS = [("offer", Status.OFFER), ("waitlist", Status.WAITLISTED), ("reject", Status.REJECTED)]


def _ranking_url(window: Window, request: HttpRequest) -> str:
    status = status_asked_for(request)
    return reverse("admin:reviews_ranking", args=[window.pk]) + (f"?status={status}" if status else "")


def _back(window: Window, request: HttpRequest) -> HttpResponse:
    return redirect(_ranking_url(window, request))
