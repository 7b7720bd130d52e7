"""What a candidate knows of an application: its history without what was held back and what waits to be told.

A recruiter's decision can be taken back while its letter waits. Until then it has not happened for the candidate, on no
page; and once it is taken back, it never has.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.statements import Statement
from applications.models import Application, StatusChange
from applications.workflow import NotAllowed
from letters.models import Letter

_LETTERS = Statement(
    lambda about, addressee: Letter.objects.filter(about=about, addressee=addressee, copy=None).order_by("-pk")
)


def known_history(application: Application, at: datetime) -> list[StatusChange]:
    """The changes that its candidate knows of at the instant `at`, the oldest first: their own sending is always one."""
    history = application.changes
    known, taken_back = history[:1], False
    for change in history[1:]:
        if _waits(change, at):
            break  # whatever came after it would tell of it
        if change.letter and change.letter.status == Letter.Status.HELD_BACK:
            taken_back = True
            continue
        if not (taken_back and change.action == "return"):
            known.append(change)
        taken_back = False
    return known


def as_known(application: Application, at: datetime) -> Application:
    """`application` with the status that its candidate knows, and `known`, the changes. For reading, never for saving.

    Takes no query when the application came from ApplicationQuerySet.of().
    """
    application.known = known_history(application, at)
    if len(application.known) < len(application.changes):
        last = application.known[-1]
        application.status, application.status_since = last.to_status, last.at
    return application


def known_letters(application: Application, at: datetime) -> list[Letter]:
    """The letters about `application`, as given by as_known(), that its candidate may read, the latest first."""
    known = {change.letter_id for change in application.known}
    untold = {change.letter_id for change in application.changes} - known
    letters = _LETTERS.rows(application.reference, application.candidate_id)
    return [letter for letter in letters if letter.pk not in untold and letter.is_known_to_addressee(at)]


def refuse_while_untold(application: Application, at: datetime) -> None:
    """Refuse what a candidate does to an application whose decision they don't know yet, in words that tell nothing.

    Raises workflow.NotAllowed.
    """
    history = application.history.select_related("letter")
    if any(_waits(change, at) for change in history):
        raise NotAllowed(_("We are just updating this application. Try again in a few minutes."))


def _waits(change: StatusChange, at: datetime) -> bool:
    return change.letter is not None and change.letter.is_not_due_yet(at)
