"""The letters on an application's page: what became of each, a failed one tried again, any sent again elsewhere."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.access import record_access
from applications.models import Access, Application
from letters.models import Letter
from letters.services import retry_letter, send_again
from programs.admin.pages import change_url, page


class AddressForm(forms.Form):
    to = forms.EmailField(
        label=gettext_lazy("Address"),
        max_length=254,
        help_text=gettext_lazy("Look for what was mistyped. The words are the same as before."),
    )


def letters_of(application: Application) -> list[Letter]:
    """Every letter about it, the latest first; `waits` on those that have not been due yet."""
    at = timezone.now()
    letters = list(Letter.objects.filter(about=application.reference).select_related("copy").order_by("-pk"))
    for letter in letters:
        letter.waits = letter.is_not_due_yet(at)
    return letters


def try_again(model_admin: admin.ModelAdmin, request: HttpRequest, object_id: str, letter_id: int) -> HttpResponse:
    """Puts a letter that failed back in the queue."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    application = model_admin.own_row(request, object_id, "decide")
    letter = get_object_or_404(Letter, pk=letter_id, about=application.reference)
    if retry_letter(letter, by=request.user):
        messages.success(request, _("The letter is on its way again."))
    else:
        messages.warning(request, _("Nothing was done: this letter is not failed any more."))
    return redirect(change_url(application))


def again_page(model_admin: admin.ModelAdmin, request: HttpRequest, object_id: str, letter_id: int) -> HttpResponse:
    """Shows a letter that has left and the address it went to, then sends the same words to the one given."""
    application = model_admin.own_row(request, object_id, "decide")
    letter = get_object_or_404(Letter, pk=letter_id, about=application.reference)
    record_access(by=request.user, application_id=application.pk, what=Access.What.LETTER)
    posted = request.POST if request.method == "POST" else None
    form = AddressForm(posted, initial={"to": letter.to})
    if posted and form.is_valid():
        try:
            copy = send_again(letter=letter, to=form.cleaned_data["to"], by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The letter is on its way to %(address)s.") % {"address": copy.to})
            if copy.to.lower() != application.candidate.email.lower():
                messages.warning(request, _still_signs_in(application))
            return redirect(change_url(application))
    context = {
        "title": _("Send it again: %(subject)s") % {"subject": letter.subject},
        "parents": (application,),
        "form": form,
        "verb": _("Send it again"),
        "letter": letter,
        "warning": _still_signs_in(application),
    }
    return page(model_admin, request, "admin/applications/application/again.html", **context)


def _still_signs_in(application: Application) -> str:
    return _(
        "Whichever address it goes to, the candidate still signs in with %(address)s, and later letters go there."
    ) % {"address": application.candidate.email}
