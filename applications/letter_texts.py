"""What letters say. One function composes them all; recruiters see a letter before it goes, and may change its words."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.models import Application
from letters.models import Letter
from letters.services import write_letter
from programs.models import Office
from programs.times import day, when


@dataclass(frozen=True)
class LetterText:
    subject: str
    body: str


@dataclass(frozen=True)
class OfferTerms:
    """What is offered: `answer_by` is the last day, in the office's time zone."""

    office: Office
    start_date: date
    answer_by: date


@dataclass(frozen=True)
class InterviewTerms:
    """When and where one talks: `starts_at` is an instant, announced in `time_zone`; a place, a link, or both."""

    starts_at: datetime
    time_zone: str
    minutes: int
    place: str = ""
    link: str = ""


def compose(
    application: Application,
    kind: str,
    *,
    name: str = "",
    terms: OfferTerms | None = None,
    interview: InterviewTerms | None = None,
) -> LetterText:
    """The letter of that kind, named after the transition that it tells of ("receipt" for the first sending).

    `name` is how the candidate is addressed, their sent name when empty. Raises KeyError for an unknown kind.
    """
    window = application.window
    facts = {
        "program": window.program.name,
        "season": window.season,
        "reference": application.reference,
        "decide_by": day(window.decide_by),
        "closes": when(window.closes_at, window.zone),
        "link": settings.SITE_URL + reverse("application", args=[application.reference]),
    }
    if terms:
        facts |= {
            "office": terms.office.name,
            "start_date": day(terms.start_date),
            "answer_by": day(terms.answer_by),
        }
    if interview:
        facts |= {
            "interview_when": _("%(time)s, %(minutes)d minutes")
            % {"time": when(interview.starts_at, ZoneInfo(interview.time_zone)), "minutes": interview.minutes},
            "interview_where": ", ".join(filter(None, [interview.place, interview.link])),
        }
    subject, *paragraphs = _letters()[kind]
    greeting = _("Dear %(name)s,") % {
        "name": name or application.full_name or application.candidate.name or _("candidate")
    }
    closing = _("Kind regards,\nthe %(program)s team at Pinterns\n\nReference %(reference)s: %(link)s")
    return LetterText(
        subject % facts,
        "\n\n".join([greeting, *(paragraph % facts for paragraph in paragraphs), closing % facts]) + "\n",
    )


def write(
    application: Application,
    kind: str,
    *,
    at: datetime,
    text: LetterText | None = None,
    name: str = "",
    terms: OfferTerms | None = None,
    interview: InterviewTerms | None = None,
) -> Letter:
    """Writes a letter to the candidate in the caller's transaction: `text` where somebody changed the words, else compose()."""
    text = text or compose(application, kind, name=name, terms=terms, interview=interview)
    return write_letter(
        addressee=application.candidate,
        subject=text.subject,
        body=text.body,
        about=application.reference,
        kind=kind,
        reply_to=application.program.contact_email,
        at=at,
    )


def _letters() -> dict[str, tuple[str, ...]]:
    """Subject and paragraphs by kind, in the reader's language."""
    return {
        "receipt": (
            _("Your application is in: %(program)s, %(season)s"),
            _("We have your application to %(program)s, %(season)s. Your reference is %(reference)s."),
            _(
                "People who know the work read it next. We write to you by %(decide_by)s, whatever we decide. "
                "Until %(closes)s you can change your answers as long as nobody has begun to review them:"
            ),
            "%(link)s",
        ),
        "withdraw": (
            _("You withdrew your application to %(program)s"),
            _("Your application to %(program)s, %(season)s, is withdrawn, as you asked. Nobody reads it any more."),
            _("If that was a mistake, you can send it again until %(closes)s: its place is still yours."),
        ),
        "interview": (
            _("We would like to talk with you: %(program)s"),
            _("Your application to %(program)s, %(season)s, made us want to know more. We invite you to an interview."),
            _("When: %(interview_when)s\nWhere: %(interview_where)s"),
            _("If that time does not suit you, answer this letter with a few that do."),
        ),
        "offer": (
            _("An offer: %(program)s, %(season)s"),
            _("We would be glad to have you with us in %(program)s, %(season)s."),
            _("Office: %(office)s\nFirst day: %(start_date)s\nPlease answer by: %(answer_by)s"),
            _("Accept or decline on the page of your application:"),
            "%(link)s",
        ),
        "waitlist": (
            _("You are on the waitlist: %(program)s, %(season)s"),
            _(
                "Your application to %(program)s, %(season)s, convinced us, and others took the last places. You are on the waitlist."
            ),
            _(
                "If a place comes free we write to you at once, and in any case by %(decide_by)s. You need not do anything."
            ),
        ),
        "reject": (
            _("Your application to %(program)s, %(season)s"),
            _(
                "Thank you for the time and care that you put into your application to %(program)s, %(season)s. "
                "We are not able to offer you a place this season."
            ),
        ),
        "accept": (
            _("Welcome: %(program)s, %(season)s"),
            _("You accepted our offer, and we look forward to working with you. We write soon about your first day."),
        ),
        "decline": (
            _("You declined our offer: %(program)s"),
            _(
                "You declined our offer for %(program)s, %(season)s. Thank you for telling us, and all the best on the way you chose."
            ),
        ),
        "lapse": (
            _("Our offer has ended: %(program)s, %(season)s"),
            _(
                "The last day to answer our offer for %(program)s, %(season)s, has passed without an answer, so the offer has ended. "
                "If something kept you from answering, reply to this letter."
            ),
        ),
    }
