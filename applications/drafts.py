"""A candidate's draft: saved as it was posted, from however many tabs, with the files that belong to it.

Functions raise what went wrong as sentences for people and never see a request. Times are aware; `at` is the instant
at which the request reached the server.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.statements import Statement
from applications.documents import Upload, attach, detach
from applications.form import Draft
from applications.models import Application
from applications.seen import as_known
from applications.workflow import Status
from programs.models import Window
from programs.times import when

# Each save asks for it, in a transaction.
_LOCKED = Statement(
    lambda candidate, window: Application.objects.select_for_update().filter(candidate=candidate, window=window)
)


class NotEditable(Exception):
    """The application can't be changed any more; str() says why."""


class DraftChanged(Exception):
    """Another tab or device changed the draft meanwhile; nothing was saved. `application` holds it as it is now."""

    def __init__(self, application: Application) -> None:
        super().__init__(application)
        self.application = application


def save_draft(
    *,
    candidate: User,
    window: Window,
    draft: Draft,
    uploads: Iterable[Upload] = (),
    removed: Iterable[int] = (),
    seen_version: int | None = None,
    sending: bool = False,
    at: datetime | None = None,
) -> Application:
    """Keeps what was posted, valid or not; creates the application with the first save.

    `removed` are ids of requirements whose file is taken out. `seen_version` is the draft_version that its writer began
    from; None is for who writes without having looked. `sending`: submit() comes next, so answers that the draft holds
    already are left for it to write; where it raises, call note_saved().
    Raises DraftChanged when the draft has another version by now; NotEditable once it is reviewed, decided, or sent and
    its window has closed. A draft is kept even when the window filled or closed meanwhile.
    """
    at = at or timezone.now()
    with transaction.atomic():
        application, created = _own_row(candidate, window, at, draft={} if seen_version else draft)
        if not application.can_edit(at):
            raise NotEditable(_why_not_editable(application, at))
        if sending and draft == application.draft:
            application.draft_saved_at = at
        elif not created or seen_version:
            _swap_draft(application, draft, seen_version, at)
        for requirement_id in removed:
            detach(application, requirement_id)
        for upload in uploads:
            attach(application, upload, at=at)
    return application


def note_saved(application: Application) -> None:
    """Writes when the draft was saved, after a submit() that has not."""
    application.save(update_fields=["draft_saved_at"])


def _swap_draft(application: Application, draft: Draft, seen_version: int | None, at: datetime) -> None:
    """Puts `draft` in the place of the version that its writer saw, or raises DraftChanged.

    The same answers once more change no version: who saves them again, because the reply to the first time was lost on
    the way, is in conflict with nobody.
    """
    changed = draft != application.draft
    seen = application.draft_version if seen_version is None or not changed else seen_version
    kept = {"draft": draft, "draft_version": seen + 1} if changed else {}
    if not Application.objects.filter(pk=application.pk, draft_version=seen).update(draft_saved_at=at, **kept):
        raise DraftChanged(application)
    application.draft, application.draft_saved_at, application.draft_version = draft, at, seen + changed


def keep_file(*, candidate: User, window: Window, upload: Upload, at: datetime | None = None) -> Application:
    """Makes `upload` the draft's file for its requirement, of `window`'s program. The answers of the draft stay.

    Creates the application where there is none. Raises NotEditable as save_draft() does, and after the window closed.
    """
    at = at or timezone.now()
    if window.state(at) == Window.State.CLOSED:
        raise NotEditable(shut_sentence(window, Window.State.CLOSED, kept=False))
    with transaction.atomic():
        application, _created = _own_row(candidate, window, at, draft={})
        if not application.can_edit(at):
            raise NotEditable(_why_not_editable(application, at))
        attach(application, upload, at=at)
    return application


def _own_row(candidate: User, window: Window, at: datetime, *, draft: Draft) -> tuple[Application, bool]:
    """The candidate's one application to this window, locked; made with `draft` when there is none, which the flag tells."""
    state = window.state(at)
    if state == Window.State.DRAFT:
        raise NotEditable(shut_sentence(window, state))
    if state == Window.State.SCHEDULED:
        raise NotEditable(
            _("This window has not opened yet. It opens on %(time)s.") % {"time": when(window.opens_at, window.zone)}
        )
    application, created = _LOCKED.first(candidate.pk, window.pk), False
    if application is None:
        begun = {"draft": draft, "draft_saved_at": at, "draft_version": int(bool(draft))}
        try:
            with transaction.atomic():
                application, created = Application.objects.create(candidate=candidate, window=window, **begun), True
        except IntegrityError:  # the other tab made it a moment ago
            [application] = _LOCKED.rows(candidate.pk, window.pk)
    application.window, application.candidate = window, candidate
    return application, created


def _why_not_editable(application: Application, at: datetime) -> str:
    if application.window.closes_at <= at:
        return _("The window closed on %(time)s, so a sent application can't be changed any more.") % {
            "time": when(application.window.closes_at, application.window.zone)
        }
    return _("Your application is “%(status)s”, so it can't be changed any more.") % {
        "status": Status(as_known(application, at).status).label
    }


def shut_sentence(window: Window, state: str, *, kept: bool = True) -> str:
    """Why nothing can be sent to `window`; with `kept`, that what was typed is saved."""
    moment = {"closes": when(window.closes_at, window.zone), "opens": when(window.opens_at, window.zone)}
    if state == Window.State.DRAFT:  # its times are nobody's to know yet
        return _("This intake is not announced yet. Look at the program's page for when you can apply.")
    if state == Window.State.SCHEDULED:
        return _("This window opens on %(opens)s. Nothing can be sent before.") % moment
    if state == Window.State.FULL:
        told = _("This window is full: as many people applied as it takes.")
        more = _("Your answers are saved. If we raise the number of places before %(closes)s, you can send them.")
        otherwise = _("If we raise the number of places before %(closes)s, it opens again.")
    else:
        told = _("This window closed on %(closes)s, so nothing more can be sent.")
        more = _("Your answers are saved, and stay yours to read.")
        otherwise = ""
    return f"{told} {more if kept else otherwise}".strip() % moment
