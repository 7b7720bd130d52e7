"""An application told to its candidate: where it stands, who does what next, by when, and what happened so far."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from applications.models import Application, StatusChange
from applications.workflow import Status
from programs.times import day, when


@dataclass(frozen=True)
class Step:
    """What comes next, in a sentence, and the day it comes by, where there is one."""

    text: str
    by: date | None = None


@dataclass(frozen=True)
class Event:
    """One entry of the timeline; `badge` names the status that it led to."""

    at: datetime
    text: str
    badge: str


def next_step(application: Application, at: datetime) -> Step:
    """Who does what next, by which date. Dates are the window's promise or the offer's own."""
    window, status = application.window, application.shown_status(at)[0]
    facts = {
        "decide_by": day(window.decide_by),
        "closes": when(window.closes_at, window.zone),
        "program": window.program.name,
    }
    if status == Status.OFFER:
        offer = application.offer
        text = _("You have an offer. Accept or decline it by %(day)s.") % {"day": day(offer.answer_by)}
        return Step(text, offer.answer_by)
    if status == Status.INTERVIEW and (interview := getattr(application, "interview", None)):
        text = _(
            "We talk on %(time)s. If that does not suit you, answer our letter with other times; we decide by %(decide_by)s."
        )
        return Step(text % (facts | {"time": when(interview.starts_at, interview.zone)}), window.decide_by)
    if status == Status.DRAFT:
        return Step(_("Your draft is saved, and nobody reads it yet. Send it before %(closes)s.") % facts)
    if status == Status.SUBMITTED and at < window.closes_at:
        sentence = _(
            "We read it and write to you by %(decide_by)s. Until a review begins you can change your answers, at the latest until %(closes)s."
        )
        return Step(sentence % facts, window.decide_by)
    sentences = {
        "not_submitted": _(
            "The window closed on %(closes)s before you sent this. Your answers are kept for you to read."
        ),
        Status.SUBMITTED: _("We read it and write to you by %(decide_by)s."),
        Status.IN_REVIEW: _("People who know the work are reading it. We write to you by %(decide_by)s."),
        Status.INTERVIEW: _(
            "We want to talk with you. Answer our letter with times that suit you; we decide by %(decide_by)s."
        ),
        Status.WAITLISTED: _(
            "You are on the waitlist. We write to you by %(decide_by)s, sooner if a place comes free."
        ),
        Status.ACCEPTED: _("You accepted our offer. We write to you about your first day."),
        Status.DECLINED: _("You declined our offer. Nothing more happens here."),
        Status.LAPSED: _("The last day to answer our offer has passed. Nothing more happens here."),
        Status.REJECTED: _("We could not offer you a place this season. You are welcome to apply again next time."),
    }
    if status == Status.WITHDRAWN:
        if at < window.closes_at:
            return Step(_("You withdrew it. Until %(closes)s you can send it again on the place that it has.") % facts)
        return Step(_("You withdrew it. Nothing more happens here."))
    promised = status in (Status.SUBMITTED, Status.IN_REVIEW, Status.INTERVIEW, Status.WAITLISTED)
    return Step(sentences[status] % facts, window.decide_by if promised else None)


def timeline(application: Application, history: list[StatusChange]) -> list[Event]:
    """The history in plain words, the latest first; who decided and the internal notes stay inside."""
    return [Event(change.at, _words(change), change.to_status) for change in reversed(history)]


def _words(change: StatusChange) -> str:
    if change.action == "submit":
        return (
            _("You sent your application again.")
            if change.from_status == Status.WITHDRAWN
            else _("You sent your application.")
        )
    return {
        "change": _("You changed your answers."),
        "withdraw": _("You withdrew your application."),
        "review": _("We began to review your application."),
        "interview": _("We invited you to an interview."),
        "offer": _("We offered you a place."),
        "waitlist": _("We put you on the waitlist."),
        "reject": _("We could not offer you a place."),
        "return": _("We took your application up again."),
        "accept": _("You accepted our offer."),
        "decline": _("You declined our offer."),
        "lapse": _("The time to answer our offer ended."),
    }[change.action]
