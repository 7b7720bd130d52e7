"""An application told to its candidate: where it stands, who does what next, by when, and what happened so far."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from applications.models import Application, StatusChange
from applications.workflow import Status
from programs.times import day


@dataclass(frozen=True)
class Step:
    """What comes next in a sentence, and its dates: the day by which we write, and until when the candidate can act.

    `ended`: nothing comes next.
    """

    text: str
    ended: bool
    promise: date | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True)
class Event:
    """One entry of the timeline; `badge` names the status that it led to."""

    at: datetime
    text: str
    badge: str


_PROMISED = (Status.SUBMITTED, Status.IN_REVIEW, Status.INTERVIEW, Status.WAITLISTED)
_ENDED = ("not_submitted", Status.WITHDRAWN, Status.REJECTED, Status.DECLINED, Status.LAPSED)
_OPEN_TO_ITS_CANDIDATE = (Status.DRAFT, Status.SUBMITTED, Status.WITHDRAWN)


def since(application: Application, at: datetime) -> datetime:
    """When it came to the status that its candidate sees at the instant `at`."""
    if application.shown_status(at)[0] == "not_submitted":
        return application.window.closes_at
    return application.status_since


def next_step(application: Application, at: datetime) -> Step:
    """Who does what next, by which date. Dates are the window's promise or the offer's own."""
    window, status = application.window, application.shown_status(at)[0]
    can_act = status in _OPEN_TO_ITS_CANDIDATE and at < window.closes_at
    return Step(
        _sentence(application, status, at, can_act),
        ended=status in _ENDED and not can_act,
        promise=window.decide_by if status in _PROMISED else None,
        closes_at=window.closes_at if can_act else None,
    )


def _sentence(application: Application, status: str, at: datetime, can_act: bool) -> str:
    facts = {"decide_by": day(application.window.decide_by)}
    if status == Status.OFFER:
        return _("You have an offer. Accept or decline it by %(day)s.") % {"day": day(application.offer.answer_by)}
    if status == Status.INTERVIEW and hasattr(application, "interview"):
        if application.interview.starts_at <= at:
            return _("We have talked with you, and now decide. We write to you by %(decide_by)s.") % facts
        return (
            _(
                "We talk with you at the time below. If it does not suit you, answer our letter with others; we decide by %(decide_by)s."
            )
            % facts
        )
    if status == Status.SUBMITTED and can_act:
        return (
            _(
                "We read it and write to you by %(decide_by)s. Until a review begins you can change your answers while the window is open."
            )
            % facts
        )
    if status == Status.WITHDRAWN and can_act:
        return _("You withdrew it. While the window is open you can send it again on the place that it has.")
    return {
        Status.DRAFT: _("Your draft is saved, and nobody reads it yet. Send it before the window closes."),
        "not_submitted": _("The window closed before you sent this. Your answers are kept for you to read."),
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
        Status.WITHDRAWN: _("You withdrew it. Nothing more happens here."),
    }[status] % facts


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
