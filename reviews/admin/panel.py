"""Who reads what in a window: the panel and its work, what lacks readers, and who reads one application."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from applications.models import Application
from applications.workflow import Status
from programs.admin.pages import moment, page
from programs.admin.windows import show
from reviews import assigning, figures
from reviews.models import Assignment
from reviews.panel import READABLE, Panel, panel_of, plan, readers_of, to_spread

MOST_SHOWN = 50  # of the applications that nobody is left for


def panel(model_admin: admin.ModelAdmin, request: HttpRequest, window_id: int) -> HttpResponse:
    """The panel of a window, how far the reviews are, and what the next spread would do."""
    window = model_admin.own_window(request, window_id)
    members = panel_of(window)
    rows = figures.members(window, members, at=timezone.now())  # before the plan below counts on
    steps = figures.progress(window)
    planned = plan(window, list(to_spread(window)), members)
    context = {
        "title": _("Reviewers: %(window)s") % {"window": window},
        "parents": (window.program, window),
        "window": window,
        "members": [(member, moment(member.last_active, window.zone)) for member in rows],
        "steps": steps,
        "readable": sum(step.applications for step in steps),
        "planned": planned,
        "lacking": planned.lacking[:MOST_SHOWN],
        "may_assign": model_admin.has_assign_permission(request),
    }
    return page(model_admin, request, "admin/reviews/panel/panel.html", **context)


def spread(model_admin: admin.ModelAdmin, request: HttpRequest, window_id: int) -> HttpResponse:
    """Spreads the unassigned applications of a window over its panel."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    window = model_admin.own_window(request, window_id, "assign")
    done = assigning.spread(window=window, by=request.user)
    if done.reviews:
        readers = ngettext("%(count)d reviewer", "%(count)d reviewers", len(done.given)) % {"count": len(done.given)}
        text = ngettext(
            "%(count)d application was given out to %(readers)s.",
            "%(count)d applications were given out to %(readers)s.",
            done.applications,
        )
        messages.success(request, text % {"count": done.applications, "readers": readers})
    else:
        messages.warning(request, _("Nothing was given out: there is nothing that somebody could still be given."))
    return redirect("admin:reviews_panel", window.pk)


class AssignForm(forms.Form):
    """Chooses among those who may read the application, the least loaded first."""

    reviewer = forms.ChoiceField(label=gettext_lazy("Give it to"))

    def __init__(self, *args, eligible: list[User], panel: Panel, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.eligible = {str(member.pk): member for member in eligible}
        self.fields["reviewer"].choices = [
            (pk, _("%(name)s (%(count)d to write)") % {"name": member, "count": panel.load[member.pk]})
            for pk, member in self.eligible.items()
        ]

    def chosen(self) -> User:
        return self.eligible[self.cleaned_data["reviewer"]]


def reviewers(model_admin: admin.ModelAdmin, request: HttpRequest, window_id: int, application_id: int) -> HttpResponse:
    """Who reads one application and what they found; gives it to one more."""
    window = model_admin.own_window(request, window_id)
    application = get_object_or_404(
        Application.objects.sent().select_related("candidate", "standing").defer("draft", "sent"),
        pk=application_id,
        window=window,
    )
    application.window = window
    given = Assignment.objects.filter(application=application)
    members = panel_of(window)
    eligible = members.eligible(application, readers_of(given, members)[application.pk].given)
    may_assign = application.status in READABLE and model_admin.has_assign_permission(request)
    posted = request.POST if request.method == "POST" else None
    form = AssignForm(posted, eligible=eligible, panel=members) if may_assign else None
    if request.method == "POST":
        model_admin.own_window(request, window_id, "assign")
        if form and form.is_valid() and _assign(request, application, form):
            return redirect("admin:reviews_reviewers", window.pk, application.pk)
    readings = list(given.select_related("reviewer", "review", "handed_on__reviewer"))
    context = {
        "title": _("Reviewers: %(reference)s") % {"reference": application.reference},
        "parents": (window.program, window),
        "window": window,
        "application": application,
        "status_label": Status(application.status).label,
        "standing": getattr(application, "standing", None),
        "reviewers": [(reading, getattr(reading, "review", None)) for reading in readings],
        "on_panel": {member.pk for member in members.members},
        "form": form if eligible else None,
        "is_read": application.status in READABLE,
        "why_nobody": ""
        if eligible
        else members.why_nobody(application, {reading.reviewer_id for reading in readings}),
    }
    return page(model_admin, request, "admin/reviews/panel/reviewers.html", **context)


def _assign(request: HttpRequest, application: Application, form: AssignForm) -> bool:
    """Whether it was done; what the service refuses is said on the form."""
    reviewer = form.chosen()
    try:
        assigning.assign(application=application, reviewer=reviewer, by=request.user)
    except ValidationError as error:
        show(form, error)
        return False
    messages.success(request, _("%(name)s reads it now.") % {"name": reviewer})
    return True
