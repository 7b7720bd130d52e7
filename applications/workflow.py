"""The statuses of an application, the table of transitions with who may take each, and the one function that takes them.

Nothing else in the project writes a status.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections import Counter

    from accounts.models import User
    from applications.models import Application, RejectionReason, StatusChange
    from letters.models import Letter


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    INTERVIEW = "interview", _("Interview")
    OFFER = "offer", _("Offer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Offer lapsed")
    WAITLISTED = "waitlisted", _("Waitlisted")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# Who sent it waits for us to decide; and, until they have answered an offer, we for them.
UNDECIDED = [Status.SUBMITTED, Status.IN_REVIEW, Status.INTERVIEW, Status.WAITLISTED]
LIVE = [*UNDECIDED, Status.OFFER]


class Actor(StrEnum):
    CANDIDATE = "candidate"
    RECRUITER = "recruiter"
    CLOCK = "clock"  # nobody: a date has come


@dataclass(frozen=True)
class Transition:
    """One row of the table. `action` is its name in addresses and buttons; `verb` is what the button says."""

    action: str
    verb: Promise
    sources: frozenset[Status]
    target: Status
    actor: Actor
    writes: bool = False  # a letter goes to the candidate


def _row(
    action: str, verb: Promise, sources: set[Status], target: Status, actor: Actor, *, writes: bool = False
) -> Transition:
    return Transition(action, verb, frozenset(sources), target, actor, writes)


S = Status
TRANSITIONS = [
    _row("submit", _("Send"), {S.DRAFT, S.WITHDRAWN}, S.SUBMITTED, Actor.CANDIDATE, writes=True),
    _row("change", _("Send the changes"), {S.SUBMITTED}, S.SUBMITTED, Actor.CANDIDATE),
    _row(
        "withdraw",
        _("Withdraw"),
        {S.SUBMITTED, S.IN_REVIEW, S.INTERVIEW, S.WAITLISTED, S.OFFER, S.ACCEPTED},
        S.WITHDRAWN,
        Actor.CANDIDATE,
        writes=True,
    ),
    _row("review", _("Start the review"), {S.SUBMITTED}, S.IN_REVIEW, Actor.RECRUITER),
    _row(
        "interview", _("Invite to an interview"), {S.IN_REVIEW, S.WAITLISTED}, S.INTERVIEW, Actor.RECRUITER, writes=True
    ),
    _row("offer", _("Make an offer"), {S.IN_REVIEW, S.INTERVIEW, S.WAITLISTED}, S.OFFER, Actor.RECRUITER, writes=True),
    _row("waitlist", _("Put on the waitlist"), {S.IN_REVIEW, S.INTERVIEW}, S.WAITLISTED, Actor.RECRUITER, writes=True),
    _row("reject", _("Reject"), {S.IN_REVIEW, S.INTERVIEW, S.WAITLISTED}, S.REJECTED, Actor.RECRUITER, writes=True),
    _row(
        "return",
        _("Return to review"),
        {S.WAITLISTED, S.REJECTED, S.INTERVIEW, S.OFFER},
        S.IN_REVIEW,
        Actor.RECRUITER,
    ),
    _row("accept", _("Accept"), {S.OFFER}, S.ACCEPTED, Actor.CANDIDATE, writes=True),
    _row("decline", _("Decline"), {S.OFFER}, S.DECLINED, Actor.CANDIDATE, writes=True),
    _row("lapse", _("Let the offer lapse"), {S.OFFER}, S.LAPSED, Actor.CLOCK, writes=True),
]
_BY_ACTION = {transition.action: transition for transition in TRANSITIONS}


class TransitionError(Exception):
    """A transition that was not taken; str() is the sentence for the person who tried."""


class NotAllowed(TransitionError):
    """The table has no such transition from the application's status."""


class Stale(TransitionError):
    """The status changed between the moment somebody looked and the moment they acted."""


def transition(action: str) -> Transition:
    """The row of that name; KeyError when there is none."""
    return _BY_ACTION[action]


def allowed(status: str, actor: Actor) -> list[Transition]:
    """What `actor` may do to an application with this status, in the table's order."""
    return [row for row in TRANSITIONS if row.actor == actor and status in row.sources]


def refuse_impossible(application: "Application", row: Transition) -> None:
    """Raises NotAllowed when the table does not have `row` from the status that the application was read with."""
    if application.status not in row.sources:
        raise NotAllowed(
            gettext("“%(verb)s” is not possible: this application is “%(status)s”.")
            % {"verb": row.verb, "status": Status(application.status).label}
        )


def take(
    application: "Application",
    action: str,
    *,
    by: "User | None",
    at: datetime,
    why: str = "",
    reason: "RejectionReason | None" = None,
    letter: "Letter | None" = None,
    also: "Counter | None" = None,
    **fields: object,
) -> "StatusChange":
    """Moves `application` from the status it was read with, and writes the history; `fields` are saved with it.

    The kept figures move with it, and by `also`, what else in them changes (tallies.chosen).

    The move is a compare-and-swap on that status and on the number of times it was sent: of two people who act at
    once, one wins, and the other's attempt changes nothing. Call it inside a transaction. Raises NotAllowed when the
    table does not have the move, Stale when the row is no longer what was read.
    """
    from applications import tallies  # here, since the models that it counts have their statuses from this module

    row, source = transition(action), Status(application.status)
    refuse_impossible(application, row)
    swapped = (
        type(application)
        .objects.filter(pk=application.pk, status=source, revision=application.revision, anonymised_at=None)
        .update(status=row.target, status_since=at, **fields)
    )
    if not swapped:
        raise Stale(
            gettext(
                "Somebody was quicker: this application has changed since you looked. Look at it again before you decide."
            )
        )
    for name, value in {"status": row.target, "status_since": at, **fields}.items():
        setattr(application, name, value)
    change = application.history.create(
        from_status=source, to_status=row.target, action=action, by=by, at=at, why=why, reason=reason, letter=letter
    )
    tallies.count_moves([change], also=also)
    return change


def take_many(
    applications: "list[Application]",
    action: str,
    *,
    by: "User | None",
    at: datetime,
    why: str = "",
    reason: "RejectionReason | None" = None,
    letters: "dict[int, Letter] | None" = None,
) -> None:
    """The same move for `applications` whose rows the caller has locked, in the same few queries; `letters` by application's id.

    Call it inside a transaction. Raises Stale when one of them is not where the table lets the move begin: then undo all.
    """
    from applications import tallies  # as in take()

    row = transition(action)
    if not applications:
        return
    letters = letters or {}
    rows = type(applications[0]).objects.filter(pk__in=[application.pk for application in applications])
    if rows.filter(status__in=row.sources, anonymised_at=None).update(status=row.target, status_since=at) != len(
        applications
    ):
        raise Stale(
            gettext("Somebody was quicker: some of these applications have changed. Nothing was done; try again.")
        )
    history = applications[0].history.model
    changes = history.objects.bulk_create(
        history(
            application=application,
            from_status=application.status,
            to_status=row.target,
            action=action,
            by=by,
            at=at,
            why=why,
            reason=reason,
            letter=letters.get(application.pk),
        )
        for application in applications
    )
    for application in applications:
        application.status, application.status_since = row.target, at
    tallies.count_moves(changes)
