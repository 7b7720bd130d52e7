"""The candidate's own pages: what they sent, where it stands, and what they can still do. Everything else is a 404."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.statements import Statement
from applications import seen, services, story
from applications.about import authorisation_lines
from applications.access import record_access
from applications.apply import apply, has_unsent_changes, preview, runs
from applications.models import Access, Answer, Application, Document, OfficeChoice, extended
from applications.private import private_file
from applications.workflow import Actor, Status, TransitionError, allowed

__all__ = ["answer_offer", "application", "applications", "apply", "document", "preview", "withdraw"]


# Each look at one's own application asks for them.
_OWN = Statement(
    lambda candidate, reference: Application.objects.filter(candidate=candidate, reference=reference).with_window()
)
_ANSWERS = Statement(lambda application: Answer.objects.filter(application=application).select_related("document"))
_CHOICES = Statement(
    lambda application: (
        OfficeChoice.objects.filter(application=application).select_related("office").only("position", "office__name")
    )
)


@never_cache
@login_required
@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    """One's own applications, the latest first."""
    at = timezone.now()
    own = list(Application.objects.of(request.user).defer("draft", "sent"))
    for one in own:
        one.window = extended(one.window, until=one.own_until)
        one.badge, one.badge_label = seen.as_known(one, at).shown_status(at)
    return render(request, "applications/list.html", {"applications": own, "title": _("My applications")})


def _own(request: HttpRequest, reference: str, at: datetime) -> Application:
    """The reader's own application as they know it; 404 for anybody else's, so that nobody learns which references exist."""
    found = _OWN.first(request.user.pk, reference.upper())
    if found is None:
        raise Http404
    found.window = extended(found.window, until=found.own_until)
    return seen.as_known(found, at)


@never_cache
@login_required
@require_safe
def application(request: HttpRequest, reference: str) -> HttpResponse:
    """Where one application stands: next step, history, letters, the answers as sent."""
    at = timezone.now()
    found = _own(request, reference, at)
    actions = {row.action for row in allowed(found.status, Actor.CANDIDATE)}
    badge, badge_label = found.shown_status(at)
    before_closing = at < found.window.closes_at
    answers = _ANSWERS.rows(found.pk)
    context = {
        "title": _("%(program)s: your application") % {"program": found.program.name},
        "application": found,
        "program": found.program,
        "window": found.window,
        "badge": badge,
        "badge_label": badge_label,
        "since": story.since(found, at),
        "next_step": story.next_step(found, at),
        "timeline": story.timeline(found, found.known),
        "answers": answers,
        "authorisation": authorisation_lines(found.work_authorisation),
        "office_choices": [
            {"position": choice.position, "office": choice.office.name} for choice in _CHOICES.rows(found.pk)
        ],
        "letters": seen.known_letters(found, at),
        "can_change": found.status in (Status.DRAFT, Status.SUBMITTED) and before_closing,
        "can_resend": found.status == Status.WITHDRAWN and before_closing,
        "can_withdraw": "withdraw" in actions,
        "offer": found.offer
        if found.status in (Status.OFFER, Status.ACCEPTED, Status.DECLINED, Status.LAPSED)
        else None,
        "interview": getattr(found, "interview", None) if found.status == Status.INTERVIEW else None,
        "can_answer_offer": found.status == Status.OFFER,
        "has_unsent_changes": before_closing and has_unsent_changes(found, answers),
    }
    return render(request, "applications/detail.html", context)


def _confirmed(request: HttpRequest, found: Application, act: Callable[[], None], done: str) -> HttpResponse:
    """Runs `act`; tells what happened on the status page, a refusal included."""
    try:
        act()
        messages.success(request, done)
    except TransitionError as error:
        messages.warning(request, str(error))
    return redirect(found)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Asks whether one is sure, then takes the application out of the selection."""
    found = _own(request, reference, timezone.now())
    if request.method == "POST":
        return _confirmed(
            request,
            found,
            lambda: services.withdraw(application=found),
            _("Your application is withdrawn. A letter confirms it."),
        )
    if "withdraw" not in {row.action for row in allowed(found.status, Actor.CANDIDATE)}:
        return redirect(found)
    context = {
        "application": found,
        "program": found.program,
        "window": found.window,
        "title": _("Withdraw your application"),
    }
    return render(
        request, "applications/withdraw.html", context | {"can_resend": timezone.now() < found.window.closes_at}
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_offer(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows what is offered, and takes the answer."""
    found = _own(request, reference, timezone.now())
    if found.status != Status.OFFER:
        return redirect(found)
    answer = request.POST.get("answer")
    if answer in ("accept", "decline"):
        accept = answer == "accept"
        done = (
            _("You accepted our offer. Welcome!") if accept else _("You declined our offer. Thank you for telling us.")
        )
        return _confirmed(request, found, lambda: services.answer_offer(application=found, accept=accept), done)
    context = {
        "application": found,
        "program": found.program,
        "window": found.window,
        "offer": found.offer,
        "title": _("Our offer"),
    }
    return render(request, "applications/offer.html", context)


@never_cache
@login_required
@require_safe
def document(request: HttpRequest, public_id) -> HttpResponseBase:
    """A file, for the candidate who sent it and for the recruiters of its program; a 404 for everybody else."""
    found = get_object_or_404(Document.objects.select_related("application__window__program"), public_id=public_id)
    own = found.application.candidate_id == request.user.pk
    if not (own or (found.application.status != Status.DRAFT and runs(request, found.application.program))):
        raise Http404
    if not own:
        record_access(by=request.user, application_id=found.application_id, what=Access.What.FILE)
    return private_file(found.file.name, name=found.name, content_type=found.content_type, download=True)
