"""The kinds of letters that an application can bring, and the words that a program uses until it has its own.

A kind is named after the transition that it tells of, the first sending's is “receipt”. The words have the very
placeholders (applications/placeholders.py) that a recruiter uses: there is one mechanism for both.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    """`needed` are the placeholders without which the letter would leave its reader helpless."""

    label: Promise
    occasion: Promise
    subject: Promise
    paragraphs: tuple[Promise | str, ...]
    needed: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """The standard text, greeting and closing included, in the reader's language."""
        return "\n\n".join(str(paragraph) for paragraph in (_GREETING, *self.paragraphs, _CLOSING))


_GREETING = _("Dear {name},")
_CLOSING = _("Kind regards,\nthe {program} team at Pinterns\n\nReference {reference}: {link}")

KINDS = {
    "receipt": Kind(
        _("Receipt"),
        _("When an application is sent"),
        _("Your application is in: {program}, {season}"),
        (
            _("We have your application to {program}, {season}. Your reference is {reference}."),
            _(
                "People who know the work read it next. We write to you by {decide_by}, whatever we decide. "
                "Until {closes} you can change your answers as long as nobody has begun to review them:"
            ),
            "{link}",
        ),
    ),
    "interview": Kind(
        _("Interview"),
        _("When you invite somebody to an interview"),
        _("We would like to talk with you: {program}"),
        (
            _("Your application to {program}, {season}, made us want to know more. We invite you to an interview."),
            _("When: {interview_when}\nWhere: {interview_where}"),
            _("If that time does not suit you, answer this letter with a few that do."),
        ),
        needed=("interview_when", "interview_where"),
    ),
    "offer": Kind(
        _("Offer"),
        _("When you make an offer"),
        _("An offer: {program}, {season}"),
        (
            _("We would be glad to have you with us in {program}, {season}."),
            _("Office: {office}\nFirst day: {start_date}\nPlease answer by: {answer_by}"),
            _("Accept or decline on the page of your application:"),
            "{link}",
        ),
        needed=("link", "office", "start_date", "answer_by"),
    ),
    "waitlist": Kind(
        _("Waitlist"),
        _("When you put somebody on the waitlist"),
        _("You are on the waitlist: {program}, {season}"),
        (
            _(
                "Your application to {program}, {season}, convinced us, and others took the last places. You are on the waitlist."
            ),
            _(
                "If a place comes free we write to you at once, and in any case by {decide_by}. You need not do anything."
            ),
        ),
    ),
    "reject": Kind(
        _("Rejection"),
        _("When you reject an application"),
        _("Your application to {program}, {season}"),
        (
            _(
                "Thank you for the time and care that you put into your application to {program}, {season}. "
                "We are not able to offer you a place this season."
            ),
        ),
    ),
    "accept": Kind(
        _("Welcome"),
        _("When somebody accepts your offer"),
        _("Welcome: {program}, {season}"),
        (_("You accepted our offer, and we look forward to working with you. We write soon about your first day."),),
    ),
    "decline": Kind(
        _("Offer declined"),
        _("When somebody declines your offer"),
        _("You declined our offer: {program}"),
        (
            _(
                "You declined our offer for {program}, {season}. Thank you for telling us, and all the best on the way you chose."
            ),
        ),
    ),
    "lapse": Kind(
        _("Offer lapsed"),
        _("When an offer's last day passes without an answer"),
        _("Our offer has ended: {program}, {season}"),
        (
            _(
                "The last day to answer our offer for {program}, {season}, has passed without an answer, so the offer has ended. "
                "If something kept you from answering, reply to this letter."
            ),
        ),
    ),
    "withdraw": Kind(
        _("Withdrawal"),
        _("When somebody withdraws their application"),
        _("You withdrew your application to {program}"),
        (
            _("Your application to {program}, {season}, is withdrawn, as you asked. Nobody reads it any more."),
            _("If that was a mistake, you can send it again until {closes}: its place is still yours."),
        ),
    ),
}
