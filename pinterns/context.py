"""What every page's template knows."""

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest

from accounts.session_views import idle_facts


def site(request: HttpRequest) -> dict:
    """`signed_in` and `idle` look into the session alone: public pages need no query for the user.

    idle: that the session ends when nothing happens, for the dialog that warns before; None where it does not.
    """
    session = getattr(request, "session", None)
    return {
        "signed_in": bool(session) and SESSION_KEY in session,
        "idle": idle_facts(session[SESSION_KEY]) if session and session.of_staff else None,
        "contact_email": settings.CONTACT_EMAIL,
        "site_url": settings.SITE_URL,
    }
