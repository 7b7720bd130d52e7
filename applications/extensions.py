"""Personal deadlines: who grants one, and the letter that tells of it."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import account_for
from applications.models import Extension
from letters.services import write_letter
from programs.models import Window
from programs.times import when


def grant_extension(
    *, email: str, window: Window, until: datetime, by: User, reason: str, at: datetime | None = None
) -> Extension:
    """Lets the person of that address send to `window` until the instant `until`, and writes to them; a later grant replaces an earlier one.

    Whoever has no account yet gets one, into which they sign in with their first code.
    It adds no place: in a full window an extension waits for a raised capacity like everybody.
    Raises ValidationError for a time that is over or not later than the window's own closing, and for a window that is
    not published: nobody is told of it yet.
    """
    at = at or timezone.now()
    if not window.published:
        raise ValidationError(_("This window is not published, so nobody may be told of it. Publish it first."))
    if until <= max(at, window.closes_at):
        raise ValidationError(
            {
                "until": _("A personal deadline lies in the future and after the window closes, %(time)s.")
                % {"time": when(window.closes_at, window.zone)}
            }
        )
    facts = {
        "program": window.program.name,
        "season": window.season,
        "until": when(until, window.zone),
        "link": settings.SITE_URL + window.program.apply_url,
    }
    body = _(
        "Dear %(name)s,\n\nyou may send your application to %(program)s, %(season)s, until %(until)s:\n\n%(link)s\n\n"
        "Sign in with the address to which this letter came.\n\nKind regards,\nthe %(program)s team at Pinterns\n"
    )
    with transaction.atomic():
        candidate = account_for(email=email.lower())
        extension, _created = Extension.objects.update_or_create(
            candidate=candidate, window=window, defaults={"until": until, "by": by, "at": at, "reason": reason.strip()}
        )
        write_letter(
            addressee=candidate,
            subject=_("More time for your application to %(program)s") % facts,
            body=body % {**facts, "name": candidate.name or _("candidate")},
            kind="extension",
            reply_to=window.program.contact_email,
            at=at,
        )
    return extension
