"""Gives applications to readers: one by hand, all that lack some at once, and anew when somebody steps back.

One at a time in a program: whoever writes here locks the applications first, in order, and then the program's row. So
two clicks give nothing twice, and a conflict of interest that is being declared is not overlooked.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from applications import workflow
from applications.models import Application
from applications.workflow import Status
from programs.models import Program, Window
from reviews.models import Assignment, Conflict
from reviews.panel import READABLE, Lacking, Panel, panel_of, plan, readers_of, to_spread
from reviews.standings import refresh
from reviews.tallies import counting

_BATCH = 500  # applications whose rows are written together


@dataclass(frozen=True)
class Spread:
    """What a spread did: how many applications got readers, how many reviews each reviewer got, what stays without."""

    applications: int
    given: dict[User, int]
    lacking: list[Lacking]

    @property
    def reviews(self) -> int:
        return sum(self.given.values())


def assign(*, application: Application, reviewer: User, by: User, at: datetime | None = None) -> Assignment:
    """Gives `application` to `reviewer`. One that was only submitted is in review from then on, and can't be edited.

    Raises ValidationError, with the sentence for the recruiter, for somebody who is not on the panel, has a conflict of
    interest or was given it before, and for an application that is not to be read any more.
    """
    at = at or timezone.now()
    with transaction.atomic():
        _lock(application)
        panel = _locked_panel(application.window)
        _check(application, reviewer, panel)
        return _give(application, reviewer, by=by, at=at)


def _check(application: Application, reviewer: User, panel: Panel) -> None:
    name = {"name": reviewer}
    if application.status not in READABLE:
        raise ValidationError(
            _("An application that is “%(status)s” is not given to reviewers.")
            % {"status": Status(application.status).label}
        )
    if reviewer not in panel.members:
        raise ValidationError(_("%(name)s is not on the panel of this program.") % name)
    if application.assignments.filter(reviewer=reviewer).exists():
        raise ValidationError(_("%(name)s was given this application before.") % name)
    if reviewer.pk in panel.barred(application):
        raise ValidationError(_("%(name)s has a conflict of interest. Choose somebody else.") % name)


def _lock(application: Application) -> None:
    application.refresh_from_db(fields=["status", "revision"], from_queryset=Application.objects.select_for_update())


def _locked_panel(window: Window) -> Panel:
    Program.objects.select_for_update(no_key=True).get(pk=window.program_id)
    return panel_of(window)


def _give(application: Application, reviewer: User, *, by: User | None, at: datetime) -> Assignment:
    """The rows of one assignment; the caller holds the locks and has checked that it may be."""
    with counting(application):
        assignment = Assignment.objects.create(
            application=application, reviewer=reviewer, assigned_at=at, assigned_by=by
        )
    if application.status == Status.SUBMITTED:
        workflow.take(application, "review", by=by, at=at)
    refresh(application)
    return assignment


def spread(*, window: Window, by: User, at: datetime | None = None) -> Spread:
    """Gives every submitted application and every one in review the readers that it lacks, evenly over the panel.

    Each goes to those who have the least to write, never to somebody with a conflict of interest. A second spread at
    the same moment finds nothing left to do. What nobody can read is named in the result with the reason.
    """
    at = at or timezone.now()
    with transaction.atomic():
        applications = list(to_spread(window).select_for_update(of=("self",)))
        panel = _locked_panel(window)
        planned = plan(window, applications, panel)
        touched = list({application.pk: application for application, _member in planned.given}.values())
        with counting(*touched):
            Assignment.objects.bulk_create(
                [
                    Assignment(application=application, reviewer=member, assigned_at=at, assigned_by=by)
                    for application, member in planned.given
                ],
                batch_size=_BATCH,
            )
        for batch in _batches(touched):
            begun = [application for application in batch if application.status == Status.SUBMITTED]
            workflow.take_many(begun, "review", by=by, at=at)
            refresh(*batch)
    counts = Counter(member for _application, member in planned.given)
    return Spread(planned.applications, dict(counts), planned.lacking)


def _batches(applications: list[Application]) -> Iterator[list[Application]]:
    rest = iter(applications)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def hand_on(*, assignment: Assignment, by: User | None = None, at: datetime | None = None) -> Assignment | None:
    """Gives the application of an assignment whose reviewer has stepped back to the least loaded who may read it.

    None when nobody is left or the application is not to be read any more; the panel's page then shows it as lacking
    a reader. `by` is who had it handed on, None for the reviewer who stepped back. Call it in the transaction that
    wrote `recused_at`.
    """
    at = at or timezone.now()
    with transaction.atomic():
        application = assignment.application
        _lock(application)
        panel = _locked_panel(application.window)
        given = readers_of(Assignment.objects.filter(application=application), panel)[application.pk].given
        free = panel.eligible(application, given) if application.status in READABLE else []
        if not free:
            refresh(application)
            return None
        assignment.handed_on = _give(application, free[0], by=by, at=at)
        assignment.save(update_fields=["handed_on"])
        return assignment.handed_on


def declare_conflict(*, reviewer: User, email: str, reason: str, at: datetime | None = None) -> Conflict:
    """Notes that `reviewer` is never to read what comes from the address `email`, whether anybody has applied with it or not.

    What they have of it and have not handed in counts no more and is handed on. Neither the answer nor their list tells
    so while they read blind: see hand_in().
    Raises ValidationError for what is no address, and for a conflict that was declared already.
    """
    at = at or timezone.now()
    conflict = Conflict(reviewer=reviewer, email=email.strip().lower(), reason=reason.strip(), declared_at=at)
    conflict.clean_fields()
    with transaction.atomic():
        waiting = Assignment.objects.active().waiting().filter(reviewer=reviewer)
        waiting = waiting.filter(application__candidate__email=conflict.email)
        list(Application.objects.filter(pk__in=waiting.values("application")).select_for_update().order_by("pk"))
        list(_programs_of(reviewer).select_for_update(no_key=True))
        conflict, created = Conflict.objects.get_or_create(
            reviewer=reviewer, email=conflict.email, defaults={"reason": conflict.reason, "declared_at": at}
        )
        if not created:
            raise ValidationError(_("You have declared that already."))
        for assignment in waiting.select_related("application__window"):
            assignment.recused_at, assignment.recusal_reason = at, _("A conflict of interest was declared.")
            assignment.is_untold = assignment.application.window.blind_reading
            with counting(assignment.application):
                assignment.save(update_fields=["recused_at", "recusal_reason", "is_untold"])
            hand_on(assignment=assignment, at=at)
    return conflict


def _programs_of(reviewer: User) -> QuerySet:
    """Every program in which they read or have read, in the order in which they are locked."""
    own = Q(memberships__user=reviewer) | Q(windows__applications__assignments__reviewer=reviewer)
    return Program.objects.filter(pk__in=Program.objects.filter(own).values("pk")).order_by("pk")
