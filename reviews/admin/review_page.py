"""The page on which one application is read and judged, and what its buttons do."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.workflow import Status
from programs.admin.pages import page
from programs.admin.queue import Queue, queue_of
from reviews import reading
from reviews.admin.filters import State, state_of
from reviews.admin.review_form import ReviewForm
from reviews.models import Assignment
from reviews.reviewing import Incomplete, NotTaken, criteria_of, hand_in, recuse, save_review, still_to_write

# Has the browser fetch the next page of the queue while one reads: the file names the link that leads there.
NEXT_READ_AHEAD = format_lazy('"{}"', lazy(static, str)("admin-theme/next.speculationrules"))


def review_page(model_admin: admin.ModelAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """Shows the application and the reader's review of it; takes what they found, and hands it in when they say so."""
    assignment = model_admin.own_row(request, object_id, "review")
    queue = queue_of(model_admin, request, assignment)
    form = _form(request, assignment)
    if request.method == "POST" and form.is_valid():
        return redirect(_taken(request, assignment, form, queue))
    return _shown(model_admin, request, assignment, form, queue)


def save(model_admin: admin.ModelAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """Keeps the review while one goes on; answers with the one line that says so."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    assignment = model_admin.own_row(request, object_id, "review")
    form, problem, review = _form(request, assignment), "", None
    if form.is_valid():
        try:
            review = save_review(assignment=assignment, by=request.user, **form.facts())
        except NotTaken as error:
            problem = str(error)
    else:
        problem = " ".join(form.problems.values())
    context = {"review": review, "problem": problem, "window": assignment.application.window}
    return render(request, "admin/reviews/assignment/_saved.html", context)


class StepBackForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("As in “I know who wrote this”. Recruiters read it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def step_back(model_admin: admin.ModelAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """Asks for the reason, then takes the reader off the application."""
    assignment = model_admin.own_row(request, object_id, "review")
    queue = queue_of(model_admin, request, assignment)
    form = StepBackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            recuse(assignment=assignment, reason=form.cleaned_data["reason"], by=request.user)
        except NotTaken as error:
            messages.error(request, str(error))
            return redirect(queue.url(assignment.pk))
        messages.success(
            request, _("You stepped back from %(reference)s.") % {"reference": assignment.application.reference}
        )
        return redirect(queue.list_url)
    context = {
        "title": _("Step back from %(reference)s") % {"reference": assignment.application.reference},
        "form": form,
        "verb": _("Step back"),
        "impossible": reading.is_in(assignment),
    }
    response = page(model_admin, request, "admin/reviews/assignment/recuse.html", **context)
    response.context_data["back_url"] = queue.url(assignment.pk)
    return response


def _form(request: HttpRequest, assignment: Assignment) -> ReviewForm:
    data = request.POST if request.method == "POST" else None
    review = reading.review_of(assignment)
    return ReviewForm(data, criteria=criteria_of(assignment), review=review, checks="check" in request.GET)


def _taken(request: HttpRequest, assignment: Assignment, form: ReviewForm, queue: Queue) -> str:
    """Saves, hands in when that was asked for, and returns the address to go on at."""
    here = queue.url(assignment.pk)
    wish = request.POST.get("do")
    try:
        save_review(assignment=assignment, by=request.user, **form.facts())
        if wish not in ("hand_in", "hand_in_next"):
            messages.success(request, _("Saved."))
            return here
        review = hand_in(assignment=assignment, by=request.user)
    except Incomplete:
        return f"{here}{'&' if '?' in here else '?'}check=1#missing"
    except NotTaken as error:
        messages.error(request, str(error))
        return here
    reference = {"reference": assignment.application.reference}
    if review is None:
        text = _(
            "%(reference)s came from somebody with whom you have declared a conflict of interest. "
            "Your review of it does not count, and others judge it."
        )
        messages.warning(request, text % reference)
    elif wish == "hand_in":
        messages.success(request, _("Your review is in. Now you see who this is, and what others found."))
        return here
    else:
        messages.success(request, _("Your review of %(reference)s is in.") % reference)
    following = queue.next_of(still_to_write(queue.rows))
    return queue.url(following) if following else queue.list_url


def _shown(
    model_admin: admin.ModelAdmin, request: HttpRequest, assignment: Assignment, form: ReviewForm, queue: Queue
) -> HttpResponse:
    review, state = reading.review_of(assignment), state_of(assignment)
    is_open = state in (State.WAITING, State.BEGUN)
    application = assignment.application
    context = {
        "assignment": assignment,
        "application": application,
        "window": application.window,
        "queue": queue,
        "state": state,
        "state_label": state.label,
        "status_label": Status(application.status).label,
        "is_open": is_open,
        "is_blind": reading.is_blind(assignment),
        "given": reading.what_was_sent(assignment),
        "candidate": reading.candidate_of(assignment),
        "others": reading.others(assignment, request.user),
        "letters": reading.letters(assignment),
        "review": review,
        "form": form,
        "is_outdated": state == State.IN and application.revision > review.revision,
        "opinions": reading.opinions(assignment),
        "history": reading.history(assignment),
        "here": queue.url(assignment.pk),
        "save_url": reverse("admin:reviews_save", args=[assignment.pk]),
        "step_back_url": queue.keep(reverse("admin:reviews_recuse", args=[assignment.pk])),
    }
    title = application.reference
    response = page(model_admin, request, "admin/reviews/assignment/review.html", title=title, **context)
    response["Speculation-Rules"] = NEXT_READ_AHEAD
    return response
