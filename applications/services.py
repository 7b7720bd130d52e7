"""What a candidate does with what they wrote: send it, withdraw it, answer an offer. Drafts are kept by drafts.py.

Functions raise what went wrong as sentences for people and never see a request. Times are aware; `at` is the instant
at which the request reached the server.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import letter_texts, tallies, workflow
from applications.blinding import blind, own_links
from applications.consent import record_consent
from applications.documents import in_draft
from applications.drafts import shut_sentence
from applications.form import ApplicationForm
from applications.models import Answer, Application, Extension, Offer, OfficeChoice
from applications.pages import want_pages
from applications.redaction import Redaction
from applications.search import search_text
from applications.seen import refuse_while_untold
from applications.workflow import Status
from programs.models import Window
from programs.times import day


class NotSent(Exception):
    """The application was not sent; str() says why. The draft is kept."""


class Incomplete(NotSent):
    """Some answers are missing or not enough; `form` tells which, at its fields."""

    def __init__(self, form: ApplicationForm) -> None:
        super().__init__(form.missing_title)
        self.form = form


class WindowShut(NotSent):
    """The window has closed, filled or not opened yet."""


class SentAlready(NotSent):
    """Another tab, or the first of two clicks, sent this application."""


def submit(*, application: Application, revision: int, at: datetime | None = None) -> Application:
    """Sends the application as its draft stands: checks it, writes the answers, takes a place, writes the receipt.

    `revision` is how often it had been sent when the candidate's page was made: a second click or tab sends nothing
    twice. Also sends changes, and sends a withdrawn application again on the place that it has.
    Raises Incomplete, WindowShut or SentAlready; then nothing has changed.
    """
    at = at or timezone.now()
    if revision < application.revision:
        raise SentAlready(_("This application was sent from another tab or by an earlier click."))
    _refuse_shut(application, at)
    documents = in_draft(application)
    form = ApplicationForm(window=application.window, draft=application.draft, documents=documents, lenient=False)
    if not form.is_valid():
        raise Incomplete(form)
    has_place = application.submitted_at is not None
    action = "change" if application.status == Status.SUBMITTED else "submit"
    answers = _answers(application, form, documents)  # before the transaction: it takes some milliseconds
    with transaction.atomic():
        try:
            if has_place:
                refuse_while_untold(application, at)
            _write(application, form, answers, action=action, at=at)
        except workflow.TransitionError as error:
            raise SentAlready(str(error)) from error
        if not has_place:
            _take_place(application, at)  # last: everybody waits for this row
    return application


def _refuse_shut(application: Application, at: datetime) -> None:
    state = application.window.state(at)
    if state == Window.State.FULL and application.submitted_at is not None:
        return
    if state != Window.State.OPEN:
        raise WindowShut(shut_sentence(application.window, state))


def _take_place(application: Application, at: datetime) -> None:
    """One conditional UPDATE takes a place or finds that there is none: a lock would do nothing on SQLite.

    Another one asks for a personal deadline, after the window's own alone.
    """
    room = Q(capacity=None) | Q(taken__lt=F("capacity"))
    windows = Window.objects.filter(pk=application.window_id)
    running = windows.published().filter(room, opens_at__lte=at)
    one_more = {"taken": F("taken") + 1}
    if running.filter(closes_at__gt=at).update(**one_more):
        return
    own = Extension.objects.filter(candidate=application.candidate_id, window=OuterRef("pk"), until__gt=at)
    if not running.filter(Exists(own)).update(**one_more):
        now = Extension.windows_of(application.candidate, windows)[application.window_id]
        state = now.state(at)
        raise WindowShut(shut_sentence(now, Window.State.FULL if state == Window.State.OPEN else state))


def _answers(application: Application, form: ApplicationForm, documents: dict) -> list[Answer]:
    """What is sent for each requirement, with what a blind reader sees of it; not saved yet."""
    answers = [
        Answer(
            application=application,
            requirement=result.requirement,
            title=result.requirement.title,
            asked=result.requirement.rule.asked,
            kind=result.requirement.kind,
            parameters=result.requirement.parameters,
            mandatory=result.requirement.mandatory,
            position=position,
            given=result.given,
            met=result.verdict.met,
            reason=result.verdict.reason,
            document=documents.get(result.requirement.pk),
        )
        for position, result in enumerate(form.results)
    ]
    about, links = form.about.cleaned_data, [*form.about.links, *own_links(answers)]
    who = Redaction(name=about["full_name"], email=application.candidate.email, phone=about["phone"], links=links)
    blind(answers, who)
    return answers


def _write(
    application: Application, form: ApplicationForm, answers: list[Answer], *, action: str, at: datetime
) -> None:
    """The rows of a sent application; called inside the transaction."""
    about = form.about.cleaned_data
    letter = None if action == "change" else letter_texts.write(application, "receipt", at=at, name=about["full_name"])
    choices = [
        OfficeChoice(application=application, office=office, position=position)
        for position, office in enumerate(form.offices.chosen, start=1)
    ]
    chosen = tallies.chosen((choice.office_id, choice.position) for choice in choices)
    if application.revision:
        chosen.subtract(tallies.chosen(application.office_choices.values_list("office", "position")))
    workflow.take(
        application,
        action,
        by=application.candidate,
        at=at,
        letter=letter,
        also=chosen,
        submitted_at=application.submitted_at or at,
        revision=application.revision + 1,
        sent=application.draft,
        draft_saved_at=application.draft_saved_at,
        full_name=about["full_name"],
        search_text=search_text(
            name=about["full_name"], email=application.candidate.email, reference=application.reference
        ),
        phone=about["phone"],
        links=form.about.links,
        work_authorisation=form.offices.authorisation,
        asked=len(answers),
        met=sum(answer.met for answer in answers),
    )
    sent_before = application.revision > 1
    if sent_before or any(answer.document for answer in answers):
        want_pages(application, at=at)
    if sent_before:
        application.answers.all().delete()
        application.office_choices.all().delete()
    record_consent(application, at=at)
    Answer.objects.bulk_create(answers)
    OfficeChoice.objects.bulk_create(choices)


def withdraw(*, application: Application, at: datetime | None = None) -> None:
    """Takes the application out of the selection. Its place is not given to anybody else.

    Raises workflow.NotAllowed or workflow.Stale.
    """
    at = at or timezone.now()
    with transaction.atomic():
        _lock_told(application, at)
        letter = letter_texts.write(application, "withdraw", at=at)
        workflow.take(application, "withdraw", by=application.candidate, at=at, letter=letter)


def _lock_told(application: Application, at: datetime) -> None:
    """Reads the status anew and keeps it until the transaction ends; refuses when its candidate doesn't know it yet."""
    application.refresh_from_db(
        fields=["status", "revision"], from_queryset=Application.objects.select_for_update(of=("self",))
    )
    refuse_while_untold(application, at)


def answer_offer(*, application: Application, accept: bool, at: datetime | None = None) -> None:
    """The candidate takes the offered place or leaves it.

    Raises workflow.NotAllowed or Stale; so does an answer after the last day, in the office's time zone.
    """
    at = at or timezone.now()
    offer = application.offer
    if at >= offer.ends_at:
        raise workflow.NotAllowed(
            _("The last day to answer this offer was %(day)s. Write to us if you still want the place.")
            % {"day": day(offer.answer_by)}
        )
    action = "accept" if accept else "decline"
    with transaction.atomic():
        _lock_told(application, at)
        letter = letter_texts.write(application, action, at=at)
        workflow.take(application, action, by=application.candidate, at=at, letter=letter)
        Offer.objects.filter(pk=offer.pk).update(answered_at=at)
