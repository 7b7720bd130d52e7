"""The same decision for many applications: one page with what will happen to each and its very letter, then it is prepared.

Applying at once is preparing and approving; the worker does the rest. There is no second way to decide.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import letter_texts, workflow
from applications.admin.decision_forms import NoteForm, OfferDatesForm, ReasonForm
from applications.decisions import Outcome, next_waitlisted
from applications.letter_texts import LetterText, OfferTerms
from applications.models import Application, OfficeChoice, PreparedDecision
from applications.prepared import WordsChanged, approve, prepare
from applications.workflow import Actor, Status, Transition
from programs.admin.pages import list_url, page
from programs.admin.rows import programs_run
from programs.models import Office, Window

MOST_ROWS = 10_000
PER_PAGE = 50
MOST_TOLD = 20
# An interview has a time of its own for everybody, so it is arranged one by one.
TRANSITIONS = [row for row in workflow.TRANSITIONS if row.actor == Actor.RECRUITER and row.target != Status.INTERVIEW]

# After these somebody on the waitlist can move up.
FREES_A_PLACE = {Status.DECLINED, Status.LAPSED, Status.WITHDRAWN}

# What the recruiter saw, by the application's id: its status, and how often it had been sent.
Seen = dict[int, tuple[str, int]]


@dataclass(frozen=True)
class Row:
    """One application on the page; `letter` is None where nothing is done or sent, or the terms are not known yet."""

    application: Application
    status: Status
    possible: bool
    letter: LetterText | None


def confirm(
    model_admin: admin.ModelAdmin, request: HttpRequest, transition: Transition, queryset: QuerySet
) -> HttpResponse:
    """The page before, for what was chosen in the list."""
    chosen = list(queryset.values_list("pk", "status", "revision")[: MOST_ROWS + 1])
    if len(chosen) > MOST_ROWS:
        messages.warning(
            request, _("Nothing was done: choose at most %(most)d applications at once.") % {"most": MOST_ROWS}
        )
        return redirect(request.get_full_path())
    seen = {pk: (status, revision) for pk, status, revision in chosen}
    return _BulkPage(model_admin, request, transition, seen, begun=False).show()


def decide_many(model_admin: admin.ModelAdmin, request: HttpRequest, action: str) -> HttpResponse:
    """Turns the page's pages, and prepares or applies. Only what the page showed is decided."""
    transition = next((row for row in TRANSITIONS if row.action == action), None)
    if transition is None:
        raise Http404
    if not model_admin.has_decide_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return redirect("admin:applications_application_changelist")
    return _BulkPage(model_admin, request, transition, _read(request.POST.get("seen", "")), begun=True).respond()


def move_up(model_admin: admin.ModelAdmin, request: HttpRequest, window_id: int) -> HttpResponse:
    """The page of an offer for the next on a window's waitlist; `number` in the address says how many."""
    if not model_admin.has_decide_permission(request):
        raise PermissionDenied
    get_object_or_404(Window, pk=window_id, program__in=programs_run(request))
    number = request.GET.get("number", "")
    number = int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 5 else 1
    waiting = [application.pk for application in next_waitlisted(window_id=window_id, number=number)]
    own = model_admin.get_queryset(request).filter(pk__in=waiting).order_by("status_since", "pk")
    seen = {application.pk: (application.status, application.revision) for application in own}
    return _BulkPage(model_admin, request, workflow.transition("offer"), seen, begun=False).show()


def _written(seen: Seen) -> str:
    """In one field of the form, however many they are."""
    return " ".join(f"{pk}:{status}:{revision}" for pk, (status, revision) in seen.items())


def _read(text: str) -> Seen:
    """What _written() wrote; nonsense is left out."""
    parts = [value.split(":") for value in text.split()[:MOST_ROWS]]
    return {
        int(part[0]): (part[1], int(part[2]))
        for part in parts
        if len(part) == 3 and all(number.isascii() and number.isdigit() and len(number) < 10 for number in part[::2])
    }


class _BulkPage:
    """One request: what was chosen, and the forms of note, reasons and terms as far as the transition has them."""

    def __init__(
        self, model_admin: admin.ModelAdmin, request: HttpRequest, transition: Transition, seen: Seen, *, begun: bool
    ) -> None:
        self.model_admin, self.request, self.transition, self.seen = model_admin, request, transition, seen
        posted = request.POST if begun else None
        self.possible = [pk for pk, (status, _revision) in seen.items() if status in transition.sources]
        own = Application.objects.filter(pk__in=model_admin.own_ids(request, list(seen))).sent()
        if transition.target == Status.OFFER:
            choices = OfficeChoice.objects.select_related("office")
            own = own.prefetch_related(Prefetch("office_choices", choices))
        shown = own.select_related("candidate", "window__program").defer("draft", "sent")
        self.applications = shown.prefetch_related(letter_texts.own_words_of())
        # Of thousands, what a decision is prepared from alone.
        self.to_prepare = own.select_related("window").only(
            "status", "revision", "reference", "window__program", "window__time_zone"
        )
        self.note = NoteForm(posted, required=transition.action == "return")
        self.terms = OfferDatesForm(posted) if transition.target == Status.OFFER else None
        self.reasons = None
        if transition.target == Status.REJECTED:
            programs = own.order_by().values_list("window__program", flat=True).distinct()
            self.reasons = ReasonForm(posted, programs=list(programs))

    @property
    def forms(self) -> list:
        return [form for form in (self.terms, self.reasons, self.note) if form]

    def respond(self) -> HttpResponse:
        do = self.request.POST.get("do")
        if do not in ("prepare", "apply"):
            return self.show()
        if not letter_texts.was_seen(self.words, seen=self.request.POST.get("words", "")):
            return self.show(letter_texts.WORDS_CHANGED, status=409)
        valid = [form.is_valid() for form in self.forms]  # all of them say what is wrong
        if not all(valid):
            return self.show()
        if self.terms and self.request.POST.get("letter_for") != self.terms.key():
            return self.show(_("The terms have changed, so the letters are written anew. Read them before they go."))
        return self._prepare(at_once=do == "apply")

    # --- What will happen ---

    @cached_property
    def words(self) -> str:
        """The mark of the words as they are now."""
        programs = self.applications.order_by().values_list("window__program", flat=True).distinct()
        writes = self.transition.writes
        return letter_texts.words_mark((program, self.transition.action) for program in programs) if writes else ""

    def show(self, notice: str = "", *, status: int = 200) -> HttpResponse:
        paginator = Paginator(list(self.seen), PER_PAGE)
        shown = paginator.get_page(self.request.POST.get("page"))
        found = self.applications.in_bulk(shown.object_list)
        knows_terms = not self.terms or (self.terms.is_bound and self.terms.is_valid())
        rows = [self._row(found[pk], knows_terms=knows_terms) for pk in shown.object_list if pk in found]
        doable = len(self.possible)
        context = {
            "title": ngettext("%(verb)s: %(count)d application", "%(verb)s: %(count)d applications", doable)
            % {"verb": self.transition.verb, "count": doable},
            "notice": notice,
            "transition": self.transition,
            "target_label": self.transition.target.label,
            "rows": rows,
            "shown": shown,
            "pages": paginator.get_elided_page_range(shown.number),
            "seen": _written(self.seen),
            "doable": doable,
            "forms": self.forms,
            "asks_terms": bool(self.terms),
            "knows_terms": knows_terms,
            "letter_for": self.terms.key() if self.terms and knows_terms else "",
            # While pages are turned: of the first one that was seen.
            "words": self.words if status == 409 else self.request.POST.get("words", self.words),
        }
        template = "admin/applications/application/bulk.html"
        return page(self.model_admin, self.request, template, status=status, **context)

    def _row(self, application: Application, *, knows_terms: bool) -> Row:
        status, _revision = self.seen[application.pk]
        possible = status in self.transition.sources
        letter = None
        if possible and self.transition.writes and knows_terms:
            office = _first_choice(application) if self.terms else None
            if office or not self.terms:
                letter = letter_texts.compose(application, self.transition.action, terms=self._terms_at(office))
        return Row(application, Status(status), possible, letter)

    def _terms_at(self, office: Office | None) -> OfferTerms | None:
        return self.terms.terms_at(office) if self.terms and office else None

    # --- Preparing it ---

    def _prepare(self, *, at_once: bool) -> HttpResponse:
        groups: dict[tuple[int, Office | None], list[Application]] = defaultdict(list)
        found = self.to_prepare.in_bulk(self.possible)
        for pk in self.possible:
            if pk in found:
                application = found[pk]
                application.status, application.revision = self.seen[pk]  # as the recruiter saw it
                groups[application.window.program_id, _first_choice(application) if self.terms else None].append(
                    application
                )
        outcomes: list[Outcome] = []
        for (program_id, office), applications in groups.items():
            if self.terms and office is None:
                problem = _("They named no office, so make the offer on their page.")
                outcomes += [Outcome(application, problem) for application in applications]
                continue
            outcomes += prepare(
                applications=applications,
                action=self.transition.action,
                by=self.request.user,
                note=self.note.cleaned_data["note"],
                reason=self.reasons.reason(program_id) if self.reasons else None,
                terms=self._terms_at(office),
            )
        return self._answer(outcomes, at_once=at_once)

    def _answer(self, outcomes: list[Outcome], *, at_once: bool) -> HttpResponse:
        refused = [outcome for outcome in outcomes if outcome.problem]
        for outcome in refused[:MOST_TOLD]:
            messages.warning(self.request, f"{outcome.application.reference}: {outcome.problem}")
        if more := refused[MOST_TOLD:]:
            messages.warning(self.request, _("And %(count)d more were left as they are.") % {"count": len(more)})
        done = [outcome.application.pk for outcome in outcomes if not outcome.problem]
        if at_once:
            mine = PreparedDecision.objects.waiting().filter(application__in=done)
            try:
                batch = approve(prepared=mine, by=self.request.user, seen_words=self.words)
            except WordsChanged:
                kept = _("The decisions are prepared, but not applied: the words of their letters changed just now.")
                messages.warning(self.request, kept)
                return redirect(list_url(PreparedDecision, state="prepared"))
            if batch:
                return redirect("admin:applications_batch", batch)
        elif done:
            text = ngettext("%(count)d decision is prepared.", "%(count)d decisions are prepared.", len(done))
            told = _("Only recruiters know of it. Apply it here when the time has come.")
            messages.success(self.request, f"{text % {'count': len(done)}} {told}")
            return redirect(list_url(PreparedDecision, state="prepared"))
        if not refused:
            messages.warning(self.request, _("Nothing was done: none of them can be moved so from where they are."))
        return redirect("admin:applications_application_changelist")


def _first_choice(application: Application) -> Office | None:
    return next((choice.office for choice in application.office_choices.all()), None)
