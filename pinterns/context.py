"""What every page's template knows."""

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest


def site(request: HttpRequest) -> dict:
    """`signed_in` looks into the session alone: public pages need no query for the user."""
    session = getattr(request, "session", None)
    return {"signed_in": bool(session) and SESSION_KEY in session, "contact_email": settings.CONTACT_EMAIL}
