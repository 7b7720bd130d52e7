"""The page “Where do I qualify?”, for everybody, signed in or not."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from programs.models import Program
from programs.qualify import Questions, fits, forget, recall, remember


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def qualify(request: HttpRequest) -> HttpResponse:
    """Asks what programs ask, and shows how far the answers meet each. They stay in the visitor's session alone."""
    at = timezone.now()
    programs = list(Program.objects.filter(published=True).with_pages())
    if request.POST.get("action") == "forget":
        forget(request.session)
        messages.success(request, _("Your answers are forgotten."))
        return redirect("qualify")
    if request.method == "POST":
        questions = Questions(programs, request.POST)
        if questions.is_valid():
            remember(request.session, questions.told(), at=at)
            return redirect(f"{reverse('qualify')}#fits")
        known = questions.told()
    else:
        known = recall(request.session, at=at)
        questions = Questions.answered(programs, known)
    context = {
        "title": _("Where do I qualify?"),
        "questions": questions,
        "fits": fits(programs, known, at=at) if known and not questions.errors else [],
    }
    return render(request, "programs/qualify.html", context)
