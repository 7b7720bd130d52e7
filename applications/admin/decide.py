"""One decision on one application: a note for inside, the letter as it will go out, and for an offer its terms."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import letter_texts, workflow
from applications.decisions import decide
from applications.letter_texts import LetterText, OfferTerms
from applications.models import Application
from applications.workflow import Actor, Status
from programs.admin.pages import change_url, day_field, page
from programs.models import Office


class NoteForm(forms.Form):
    """Every decision may have one."""

    note = forms.CharField(
        label=gettext_lazy("Internal note"),
        help_text=gettext_lazy("For colleagues. The candidate never sees it."),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DecisionForm(NoteForm):
    """`seen_status` is what the page showed: a decision made on anything else is refused."""

    seen_status = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)


class LetterForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    body = forms.CharField(label=gettext_lazy("Letter"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 16}))

    def letter(self) -> LetterText:
        """The words as they stand; call it when the form is valid."""
        return LetterText(self.cleaned_data["subject"], self.cleaned_data["body"].replace("\r\n", "\n"))


class TermsForm(forms.Form):
    """What is offered. The offices that the candidate asked for come first, in their order."""

    office = forms.ChoiceField(label=gettext_lazy("Office"))
    start_date = day_field(label=gettext_lazy("First day"))
    answer_by = day_field(
        label=gettext_lazy("Answer by"), help_text=gettext_lazy("The last day to accept, in the office's time zone.")
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = [choice.office for choice in application.office_choices.select_related("office")]
        others = [office for office in application.program.offices_list if office not in chosen]
        self.offices = {str(office.pk): office for office in [*chosen, *others]}
        groups = [(_("The candidate's choices, in order"), chosen), (_("Other offices of the program"), others)]
        self.fields["office"].choices = [
            (label, [(str(office.pk), office.name) for office in offices]) for label, offices in groups if offices
        ]

    def clean(self) -> dict:
        cleaned = super().clean()
        office, start, answer_by = (cleaned.get(name) for name in ("office", "start_date", "answer_by"))
        if office and answer_by and answer_by < _today_at(self.offices[office]):
            self.add_error("answer_by", ValidationError(_("That day is over. Leave some days to think about it.")))
        if start and answer_by and start <= answer_by:
            self.add_error("start_date", ValidationError(_("The first day comes after the last day to answer.")))
        return cleaned

    def terms(self) -> OfferTerms:
        """What is offered; call it when the form is valid."""
        office: Office = self.offices[self.cleaned_data["office"]]
        return OfferTerms(office, self.cleaned_data["start_date"], self.cleaned_data["answer_by"])


def _today_at(office: Office) -> date:
    return timezone.now().astimezone(ZoneInfo(office.time_zone)).date()


def decide_page(model_admin: admin.ModelAdmin, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
    """Shows what a decision will do and the letter that goes out, then does it."""
    application = model_admin.own_row(request, object_id, "decide")
    transition = next((row for row in workflow.TRANSITIONS if row.action == action), None)
    if transition is None or transition.actor != Actor.RECRUITER:
        raise Http404
    if request.method != "POST" and transition not in workflow.allowed(application.status, Actor.RECRUITER):
        messages.warning(
            request,
            _("“%(verb)s” is not possible: this application is “%(status)s”.")
            % {"verb": transition.verb, "status": Status(application.status).label},
        )
        return redirect(change_url(application))
    return _DecidePage(model_admin, request, application, transition).respond()


class _DecidePage:
    """The forms of one request: note, terms where an offer is made, letter where one goes out."""

    def __init__(
        self, model_admin: admin.ModelAdmin, request: HttpRequest, application: Application, transition: Any
    ) -> None:
        self.model_admin, self.request = model_admin, request
        self.application, self.transition = application, transition
        posted = request.POST if request.method == "POST" else None
        self.note = DecisionForm(posted, initial={"seen_status": application.status})
        self.terms = TermsForm(posted, application=application) if transition.target == Status.OFFER else None
        self.letter: LetterForm | None = None

    def respond(self) -> HttpResponse:
        if self.request.method != "POST":
            if self.transition.writes and not self.terms:
                self.letter = self._composed(None)
            return self._page()
        valid = [form.is_valid() for form in (self.note, self.terms) if form]  # all of them say what is wrong
        if not all(valid):
            self.letter = LetterForm(self.request.POST) if "subject" in self.request.POST else None
            return self._page()
        terms = self.terms.terms() if self.terms else None
        if self.terms and self.request.POST.get("letter_for") != _key(terms):
            return self._page_with_new_letter(terms)
        if self.transition.writes:
            self.letter = LetterForm(self.request.POST)
            if not self.letter.is_valid():
                return self._page()
        return self._decide(terms)

    def _composed(self, terms: OfferTerms | None) -> LetterForm:
        text = letter_texts.compose(self.application, self.transition.action, terms=terms)
        return LetterForm(initial={"subject": text.subject, "body": text.body})

    def _page_with_new_letter(self, terms: OfferTerms) -> HttpResponse:
        """The letter says the terms, so new terms make a new letter, shown before it can be sent."""
        self.letter = self._composed(terms)
        told = _("The terms have changed, so the letter is written anew. Read it before you send it.")
        return self._page(notice=told if self.request.POST.get("letter_for") else "")

    def _decide(self, terms: OfferTerms | None) -> HttpResponse:
        try:
            decide(
                application=self.application,
                action=self.transition.action,
                by=self.request.user,
                seen_status=self.note.cleaned_data["seen_status"],
                note=self.note.cleaned_data["note"],
                letter=self.letter.letter() if self.letter else None,
                terms=terms,
            )
        except workflow.TransitionError as error:
            return self._page(notice=str(error), status=409)
        done = _("%(name)s is now “%(status)s”.") % {
            "name": self.application.full_name,
            "status": self.transition.target.label,
        }
        if self.letter:
            done = _("%(done)s The letter is on its way.") % {"done": done}
        messages.success(self.request, done)
        return redirect(change_url(self.application))

    def _page(self, *, notice: str = "", status: int = 200) -> HttpResponse:
        context = {
            "title": f"{self.transition.verb}: {self.application.full_name}",
            "parents": (self.application,),
            "application": self.application,
            "status_label": Status(self.application.status).label,
            "transition": self.transition,
            "target_label": self.transition.target.label,
            "note": self.note,
            "terms": self.terms,
            "letter": self.letter,
            "letter_for": self._letter_for(),
            "notice": notice,
        }
        return page(
            self.model_admin, self.request, "admin/applications/application/decide.html", status=status, **context
        )

    def _letter_for(self) -> str:
        """The terms for which the letter on this page was written; while they are not valid, the earlier ones."""
        if self.terms and self.terms.is_bound and self.terms.is_valid():
            return _key(self.terms.terms())
        return self.request.POST.get("letter_for", "")


def _key(terms: OfferTerms | None) -> str:
    """Tells whether a letter was written for these terms."""
    return f"{terms.office.pk} {terms.start_date} {terms.answer_by}" if terms else ""
