"""The words of each program's letters: a list of them all, and a page for each with a live preview beside the form."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from applications.letter_texts import LetterText, filled, sample_facts, words_of
from applications.models import Application, LetterTemplate
from applications.own_words import BeingApplied, ChangedMeanwhile, drop_words, faults, save_words
from applications.placeholders import available
from applications.standard_letters import KINDS
from programs.admin.pages import change_url, page
from programs.admin.rows import OwnRowsMixin, programs_run
from programs.models import Program

# For whom one can look at the preview: enough to see how the words do with long names and short ones.
LATEST = 20


class WordsForm(forms.Form):
    """The words of one kind of letter, and for whom the preview shows them."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    body = forms.CharField(label=gettext_lazy("Letter"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 20}))
    shown_for = forms.ChoiceField(
        label=gettext_lazy("Preview for"), required=False, help_text=gettext_lazy("Only for the preview; never saved.")
    )

    def __init__(self, *args: Any, kind: str, applications: list[Application], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.applications = {each.reference: each for each in applications}
        people = [(reference, f"{each.full_name}, {reference}") for reference, each in self.applications.items()]
        self.fields["shown_for"].choices = [("", _("Somebody made up")), *people]

    def clean_body(self) -> str:
        return self.cleaned_data["body"].replace("\r\n", "\n")

    def clean(self) -> dict:
        cleaned = super().clean()
        for field, sentences in faults(self.words(), self.kind).items():
            if field in cleaned:
                self.add_error(field, sentences)
        return cleaned

    def words(self) -> LetterText:
        """The words as they stand, as far as the fields took them."""
        return LetterText(self.cleaned_data.get("subject", ""), self.cleaned_data.get("body", ""))


@admin.register(LetterTemplate)
class LetterTemplateAdmin(OwnRowsMixin, admin.ModelAdmin):
    """A row is a program's own words for one kind; every kind has a page, with the standard words until there is a row."""

    def get_urls(self) -> list:
        words = "words/<int:program_id>/<str:kind>/"
        view = self.admin_site.admin_view
        return [
            path(words, view(self.words), name="applications_words"),
            path(f"{words}preview/", view(self.preview), name="applications_words_preview"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # the page of the kind makes the row

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Every kind of letter of every program that one runs."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        programs = programs_run(request)
        rows = LetterTemplate.objects.filter(program__in=programs).select_related("changed_by").defer("body")
        own = {(row.program_id, row.kind): row for row in rows}
        sections = [
            (program, [(slug, kind, own.get((program.pk, slug))) for slug, kind in KINDS.items()])
            for program in programs
        ]
        return page(
            self,
            request,
            "admin/applications/lettertemplate/list.html",
            title=_("The words of letters"),
            sections=sections,
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        template = self.own_row(request, object_id, "change")
        return redirect("admin:applications_words", template.program_id, template.kind)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        return redirect(change_url(self.own_row(request, object_id, "view")))

    # --- The page of a kind ---

    def _asked_for(self, request: HttpRequest, program_id: int, kind: str) -> Program:
        """The program whose words the reader may change. Raises Http404 or PermissionDenied."""
        program = next((program for program in programs_run(request) if program.pk == program_id), None)
        if program is None or kind not in KINDS:
            raise Http404
        if not self.has_change_permission(request):
            raise PermissionDenied
        return program

    def _form(self, request: HttpRequest, program: Program, kind: str) -> WordsForm:
        applications = []
        if request.user.has_perm("applications.view_application"):
            sent = Application.objects.sent().filter(window__program=program).defer("draft", "sent")
            applications = list(
                sent.select_related("candidate", "window__program", "offer__office", "interview").order_by("-pk")[
                    :LATEST
                ]
            )
        posted = request.POST if request.method == "POST" else None
        words = words_of(program, kind)
        initial = {"subject": words.subject, "body": words.body}
        return WordsForm(posted, initial=initial, kind=kind, applications=applications)

    def words(self, request: HttpRequest, program_id: int, kind: str) -> HttpResponse:
        """Shows the words with what they become, and saves them."""
        program = self._asked_for(request, program_id, kind)
        own = program.letter_templates.select_related("changed_by").filter(kind=kind).first()
        form, conflict = self._form(request, program, kind), False
        seen = request.POST.get("seen", "") if request.method == "POST" else _as_text(own)
        if request.method == "POST" and "preview" not in request.POST and form.is_valid():
            try:
                saved = save_words(
                    program=program, kind=kind, words=form.words(), by=request.user, seen=_moment(request)
                )
            except ChangedMeanwhile as error:
                own, conflict, seen = error.template, True, _as_text(error.template)
            except BeingApplied as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, saved, _("Words changed."))
                messages.success(request, _("Saved. The next letters have these words."))
                return redirect(request.path)
        context = {
            "title": _("%(program)s: %(kind)s") % {"program": program, "kind": KINDS[kind].label},
            "occasion": KINDS[kind].occasion,
            "own": own,
            "form": form,
            "seen": seen,
            "conflict": conflict,
            "placeholders": _explained(program, kind),
            "preview_url": reverse("admin:applications_words_preview", args=[program.pk, kind]),
            **_preview(form, program, kind),
        }
        template = "admin/applications/lettertemplate/words.html"
        return page(self, request, template, status=409 if conflict else 200, **context)

    @method_decorator(require_POST)
    def preview(self, request: HttpRequest, program_id: int, kind: str) -> HttpResponse:
        """What the words in the form become; the page puts it beside the form while one types."""
        program = self._asked_for(request, program_id, kind)
        form = self._form(request, program, kind)
        return render(request, "admin/applications/lettertemplate/_preview.html", _preview(form, program, kind))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """Shows the standard words, then goes back to them."""
        template = self.own_row(request, object_id, "delete")
        program, kind = template.program, template.kind
        words_url = reverse("admin:applications_words", args=[program.pk, kind])
        if request.method == "POST":
            try:
                drop_words(program=program, kind=kind, seen=_moment(request))
            except ChangedMeanwhile:
                messages.warning(
                    request, _("Nothing was done: somebody changed these words just now. Look at them again.")
                )
            except BeingApplied as error:
                messages.warning(request, str(error))
            else:
                self.log_change(request, template, _("Back to the standard words."))
                messages.success(request, _("This letter has the standard words again."))
            return redirect(words_url)
        standard = KINDS[kind]
        context = {
            "title": _("Back to the standard words?"),
            "label": _("%(program)s: %(kind)s") % {"program": program, "kind": standard.label},
            "standard": filled(
                LetterText(str(standard.subject), standard.body), sample_facts(program, at=timezone.now())
            ),
            "seen": _as_text(template),
            "words_url": words_url,
        }
        return page(self, request, "admin/applications/lettertemplate/standard.html", **context)


def _as_text(template: LetterTemplate | None) -> str:
    """When these words were last changed, as the page keeps it for _moment()."""
    return template.changed_at.isoformat() if template else ""


def _moment(request: HttpRequest) -> datetime | None:
    """When the words on the page were last changed; None for the standard ones, and for nonsense."""
    try:
        return datetime.fromisoformat(request.POST.get("seen", ""))
    except ValueError:
        return None


def _explained(program: Program, kind: str) -> list[tuple[str, Any, str]]:
    """Name, meaning and example of each placeholder of that kind."""
    examples = sample_facts(program, at=timezone.now())
    return [(name, found.meaning, examples[name]) for name, found in available(kind).items()]


def _preview(form: WordsForm, program: Program, kind: str) -> dict:
    """The letter that the form's words become, and what keeps them from being saved."""
    source = form.data if form.is_bound else form.initial
    words = LetterText(source.get("subject", "")[:200], source.get("body", "")[:10_000].replace("\r\n", "\n"))
    application = form.applications.get(source.get("shown_for", ""))
    return {
        "letter": filled(words, sample_facts(program, at=timezone.now(), application=application)),
        "reply_to": program.contact_email,
        "faults": [sentence for sentences in faults(words, kind).values() for sentence in sentences],
    }
