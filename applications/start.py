"""How a new form begins: with answers of an earlier application, without them, or without those of “Where do I qualify?”.

The buttons belong to the application's form, so that what was typed comes with them and is kept.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from applications import carry_over, typed
from applications.both import both_page
from applications.drafts import DraftChanged, NotEditable, save_draft
from applications.form import ApplicationForm
from applications.models import Extension
from applications.posted import seen_version
from programs.kinds.base import listed
from programs.models import Window
from programs.qualify import recall


@never_cache
@login_required
@require_POST
def start(request: HttpRequest, window_id: int) -> HttpResponse:
    """Saves the form with or without what was told before, and goes back to it."""
    published = Window.objects.published().filter(program__published=True)
    window = Extension.windows_of(request.user, published.filter(pk=window_id)).get(window_id)
    if window is None:
        raise Http404
    at = timezone.now()
    posted = dict(request.POST.lists())
    form = ApplicationForm(window=window, draft=posted)
    draft = form.select(posted)
    if typed.is_of_another(request):
        messages.warning(request, _("That page belongs to another account than the one that is signed in now."))
        return redirect(window.program.apply_url)
    with_what = posted.get("start", [""])[-1]
    try:
        if with_what == "earlier":
            earlier = carry_over.use_earlier(
                candidate=request.user, window=window, draft=draft, seen_version=seen_version(request.POST), at=at
            )
            if earlier:
                _tell_filled(request, earlier)
            return redirect(window.program.apply_url)
        if with_what == "without-told":
            told = carry_over.told_in(form, recall(request.session, at=at))
            draft = {name: texts for name, texts in draft.items() if name not in told}
            messages.success(request, _("They are taken out of this form."))
        save_draft(candidate=request.user, window=window, draft=draft, seen_version=seen_version(request.POST), at=at)
    except DraftChanged as error:
        return both_page(request, error.application, draft, at)
    except NotEditable as error:
        messages.warning(request, str(error))
    except OSError:
        messages.warning(request, _("We could not copy your file just now, so nothing was filled in. Try again."))
    return redirect(window.program.apply_url)


def _tell_filled(request: HttpRequest, earlier: carry_over.Earlier) -> None:
    sentence = _("Filled in from your application to %(program)s: %(what)s. Look through it, and change what you like.")
    what = {"program": earlier.application.program.name, "what": listed(earlier.labels)}
    messages.success(request, sentence % what)
