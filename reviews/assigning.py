"""Who reads which application."""

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from reviews.models import Assignment, Conflict


def hand_on(*, assignment: Assignment, by: User | None = None, at: datetime | None = None) -> Assignment | None:
    """Gives the application of somebody who stepped back to another reviewer; None when there is nobody."""
    return None


def declare_conflict(*, reviewer: User, email: str, reason: str, at: datetime | None = None) -> Conflict:
    """Notes that `reviewer` must never read what comes from that address, whether anybody has applied with it or not."""
    conflict = Conflict(reviewer=reviewer, email=email.lower(), reason=reason, declared_at=at or timezone.now())
    conflict.full_clean()
    conflict.save()
    return conflict
