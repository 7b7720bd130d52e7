"""Answers that somebody has given before, for the form in front of them: on the page “Where do I qualify?”, and in an
application that they sent earlier. They are matched by what is asked (the topics of programs.kinds), never by the
requirement that asked it; see LenientForm.fitting().
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.datastructures import MultiValueDict

from accounts.models import User
from accounts.statements import Statement
from applications.about import AboutForm, OfficesForm
from applications.documents import copy_for, in_draft
from applications.drafts import save_draft
from applications.form import ApplicationForm, Draft
from applications.models import Answer, Application, Document
from programs import kinds
from programs.kinds import Known
from programs.models import Window

_SENT = Application.objects.filter(submitted_at__isnull=False, sent__isnull=False).order_by("-submitted_at")
# A new form asks whether there is one; its columns are read where there is.
_LATEST = Statement(lambda candidate, window: _SENT.filter(candidate=candidate).exclude(window=window).only("pk")[:1])


@dataclass(frozen=True)
class Earlier:
    """What an earlier application would fill in: texts by field name, documents by the requirement's id."""

    application: Application
    fields: Draft
    documents: dict[int, Document]
    labels: list[str]


def first_draft(*, window: Window, name: str, known: Known) -> Draft:
    """How a form begins: with the account's `name` and what is known from “Where do I qualify?”."""
    draft = {"about-full_name": [name]}
    return draft | (_fitting(ApplicationForm(window=window, draft=draft), known) if known else {})


def told_in(form: ApplicationForm, known: Known) -> Draft:
    """The fields of `form` that hold what is `known`, exactly as it was told."""
    if not known:  # mostly: and a form costs some milliseconds
        return {}
    told = _fitting(ApplicationForm(window=form.window, draft={}), known)
    asked = {part.add_prefix(name) for part in form.forms for name in part.topics()}
    return {name: texts for name, texts in told.items() if name in asked and form.draft.get(name) == texts}


def earlier_for(form: ApplicationForm, *, candidate: User) -> Earlier | None:
    """What the candidate's latest application to another window tells of what is still empty; None where nothing does.

    What holds for one intake alone is left out: when one can start, and what one agreed to.
    """
    latest = _LATEST.first(candidate.pk, form.window.pk)
    if latest is None:  # mostly: and window and program come with forty columns
        return None
    application = Application.objects.select_related("window__program").get(pk=latest.pk)
    answers = list(application.answers.select_related("document"))
    fields = _fitting(form, _lasting(application, answers))
    documents = _documents(form, answers)
    labels = labels_of(form, fields.keys()) + [document.name for document in documents.values()]
    return Earlier(application, fields, documents, labels) if labels else None


def use_earlier(
    *, candidate: User, window: Window, draft: Draft, seen_version: int | None = None, at: datetime | None = None
) -> Earlier | None:
    """Saves `draft` with what the candidate's earlier application adds to it; returns what that was.

    Files are copied, so that deleting one leaves the other. Raises what save_draft() raises, and OSError when
    storage has lost a file or takes none; then nothing is saved.
    """
    application = Application.objects.filter(candidate=candidate, window=window).first()
    form = ApplicationForm(window=window, draft=draft, documents=in_draft(application))
    earlier = earlier_for(form, candidate=candidate)
    fields, uploads = {}, []
    if earlier:
        fields = earlier.fields
        requirements = {section.requirement.pk: section.requirement for section in form.requirements}
        uploads = [copy_for(requirements[pk], document) for pk, document in earlier.documents.items()]
    save_draft(
        candidate=candidate, window=window, draft=draft | fields, uploads=uploads, seen_version=seen_version, at=at
    )
    return earlier


def labels_of(form: ApplicationForm, names: Collection[str]) -> list[str]:
    """What the fields of these names ask, in words: each of those that all programs have, and the titles of the others."""
    labels = [str(field.label) for plain in (form.about, form.offices) for field in plain if field.html_name in names]
    asked = [
        section.requirement.title
        for section in form.requirements
        if any(field.html_name in names for field in section.form)
    ]
    return labels + asked


def _fitting(form: ApplicationForm, known: Known) -> Draft:
    return {name: texts for part in form.forms for name, texts in part.fitting(known).items()}


def _lasting(application: Application, answers: list[Answer]) -> Known:
    """What was sent and holds for the next intake too, by what was asked then: a program's words may have changed."""
    sent = MultiValueDict(application.sent)
    forms = [
        kinds.get(answer.kind)(answer.parameters).form(sent, prefix=f"r{answer.requirement_id}") for answer in answers
    ]
    offices = application.window.program.offices_list
    forms += [AboutForm(sent, prefix="about"), OfficesForm(sent, prefix="offices", offices=offices)]
    return {topic: texts for form in forms if form.lasting for topic, texts in form.told().items()}


def _documents(form: ApplicationForm, answers: list[Answer]) -> dict[int, Document]:
    """Files that were sent as the same thing (“your résumé”) and that the form accepts, where it has none yet."""
    sent = {answer.parameters["purpose"].casefold(): answer.document for answer in answers if answer.document}
    found = {}
    for section in form.requirements:
        document = sent.get(section.rule.parameters["purpose"].casefold()) if section.is_document else None
        if document and not section.document and section.rule.met({"document": document.facts}):
            found[section.requirement.pk] = document
    return found
