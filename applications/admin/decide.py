"""One decision on one application: a note for inside, the letter as it will go out, and the terms of an offer or interview."""

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from applications import letter_texts, workflow
from applications.admin.decision_forms import DecisionForm, InterviewForm, LetterForm, OfferForm, ReasonForm
from applications.decisions import decide, letter_of_last_decision
from applications.models import Application, StatusChange
from applications.prepared import prepare
from applications.workflow import Actor, Status, Transition
from letters.models import Letter
from programs.admin.pages import change_url, page
from programs.times import when


def decide_page(model_admin: admin.ModelAdmin, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
    """Shows what a decision will do and the letter that goes out, then does it, or keeps it as prepared."""
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
    """The forms of one request: note, reason of a rejection, terms of an offer or interview, and the letter."""

    def __init__(
        self, model_admin: admin.ModelAdmin, request: HttpRequest, application: Application, transition: Transition
    ) -> None:
        self.model_admin, self.request = model_admin, request
        self.application, self.transition = application, transition
        posted = request.POST if request.method == "POST" else None
        seen = {"seen_status": application.status, "seen_revision": application.revision}
        self.note = DecisionForm(posted, initial=seen, required=transition.action == "return")
        self.reasons: ReasonForm | None = None
        self.terms: OfferForm | InterviewForm | None = None
        self.letter: LetterForm | None = None
        if transition.target == Status.REJECTED:
            self.reasons = ReasonForm(posted, programs=[application.window.program_id])
        elif transition.target == Status.OFFER:
            self.terms = OfferForm(posted, application=application)
        elif transition.target == Status.INTERVIEW:
            self.terms = InterviewForm(posted, window=application.window)

    def respond(self) -> HttpResponse:
        if self.request.method != "POST":
            if self.transition.writes and not self.terms:
                self.letter = self._composed({})
            return self._page()
        forms = filter(None, (self.note, self.reasons, self.terms))
        valid = [form.is_valid() for form in forms]  # all of them say what is wrong
        if not all(valid):
            self.letter = LetterForm(self.request.POST) if "subject" in self.request.POST else None
            return self._page()
        terms = self.terms.terms() if self.terms else {}
        if self.terms and self.request.POST.get("letter_for") != self.terms.key():
            return self._page_with_new_letter(terms)
        if self.transition.writes:
            self.letter = LetterForm(self.request.POST)
            if not self.letter.is_valid():
                return self._page()
        facts = {
            "action": self.transition.action,
            "by": self.request.user,
            "note": self.note.cleaned_data["note"],
            "reason": self.reasons.reason(self.application.window.program_id) if self.reasons else None,
            "letter": self.letter.letter() if self.letter else None,
            **terms,
        }
        if self.request.POST.get("do") == "prepare" and self._can_prepare:
            return self._prepare(facts)
        return self._decide(facts)

    @property
    def _can_prepare(self) -> bool:
        """An interview has its time, and is arranged at once."""
        return self.transition.target != Status.INTERVIEW

    def _composed(self, terms: dict) -> LetterForm:
        text = letter_texts.compose(self.application, self.transition.action, **terms)
        return LetterForm(initial={"subject": text.subject, "body": text.body})

    def _page_with_new_letter(self, terms: dict) -> HttpResponse:
        """The letter says the terms, so new terms make a new letter, shown before it can be sent."""
        self.letter = self._composed(terms)
        told = _("The terms have changed, so the letter is written anew. Read it before you send it.")
        return self._page(notice=told if self.request.POST.get("letter_for") else "")

    def _decide(self, facts: dict) -> HttpResponse:
        seen = self.note.cleaned_data
        taken_back = letter_of_last_decision(self.application) if self.transition.action == "return" else None
        try:
            change = decide(
                application=self.application,
                seen_status=seen["seen_status"],
                seen_revision=seen["seen_revision"],
                **facts,
            )
        except workflow.TransitionError as error:
            return self._page(notice=str(error), status=409)
        done = _("%(name)s is now “%(status)s”.") % {
            "name": self.application.full_name,
            "status": self.transition.target.label,
        }
        messages.success(self.request, " ".join(filter(None, [done, self._told(change), _told_back(taken_back)])))
        return redirect(change_url(self.application))

    def _told(self, change: StatusChange) -> str:
        if change.letter is None:
            return ""
        if change.letter.send_after <= change.at:
            return _("The letter is on its way.")
        return _("The letter leaves on %(time)s; until then “Return to review” holds it back.") % {
            "time": when(change.letter.send_after, self.application.window.zone)
        }

    def _prepare(self, facts: dict) -> HttpResponse:
        seen = self.note.cleaned_data
        self.application.status, self.application.revision = seen["seen_status"], seen["seen_revision"]
        [outcome] = prepare(applications=[self.application], **facts)
        self.application.refresh_from_db(fields=["status", "revision"])
        if outcome.problem:
            return self._page(notice=outcome.problem, status=409)
        messages.success(
            self.request,
            _("The decision on %(name)s is prepared. Only recruiters know of it, until somebody applies it.")
            % {"name": self.application.full_name},
        )
        return redirect(change_url(self.application))

    def _page(self, *, notice: str = "", status: int = 200) -> HttpResponse:
        takes_back = self.transition.action == "return"
        context = {
            "title": f"{self.transition.verb}: {self.application.full_name}",
            "parents": (self.application,),
            "application": self.application,
            "status_label": Status(self.application.status).label,
            "transition": self.transition,
            "target_label": self.transition.target.label,
            "can_prepare": self._can_prepare,
            "note": self.note,
            "reasons": self.reasons,
            "terms": self.terms,
            "letter": self.letter,
            "letter_for": self._letter_for(),
            "letter_back": letter_of_last_decision(self.application) if takes_back else None,
            "takes_back": takes_back,
            "notice": notice,
        }
        return page(
            self.model_admin, self.request, "admin/applications/application/decide.html", status=status, **context
        )

    def _letter_for(self) -> str:
        """The terms for which the letter on this page was written; while they are not valid, the earlier ones."""
        if self.terms and self.terms.is_bound and self.terms.is_valid():
            return self.terms.key()
        return self.request.POST.get("letter_for", "")


def _told_back(letter: Letter | None) -> str:
    """What became of the letter of a decision that was taken back."""
    if letter is None:
        return ""
    letter.refresh_from_db()
    if letter.status == Letter.Status.HELD_BACK:
        return _("Its letter is held back and never leaves.")
    return _("Its letter had left already. Write to the candidate, so that they know.")
