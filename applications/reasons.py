"""The reasons for rejecting that a program's recruiters keep."""

from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from applications.models import RejectionReason


def remove_reason(*, reason: RejectionReason, at: datetime | None = None) -> bool:
    """Deletes a reason that was never given; retires any other, so that histories keep it. True when deleted."""
    try:
        with transaction.atomic():
            reason.delete()
    except ProtectedError:
        reason.retired_at = at or timezone.now()
        reason.save(update_fields=["retired_at"])
        return False
    return True
