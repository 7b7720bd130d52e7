"""The rubric of a program: what recruiters do to its criteria. What has been scored keeps its meaning."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from programs.models import Program
from reviews.models import Criterion, Score


def is_scored(criterion: Criterion) -> bool:
    """Whether a reviewer has scored it, in a review that is in or still being written."""
    return Score.objects.filter(criterion=criterion).exists()


def shares(criteria: list[Criterion]) -> list[int]:
    """How much each of `criteria` counts in an overall score, in whole percent."""
    total = sum(criterion.weight for criterion in criteria)
    return [round(100 * criterion.weight / total) for criterion in criteria]


def check_weight(*, criterion: Criterion, weight: int) -> None:
    """Raises ValidationError when `criterion` was scored with another weight. Call it in the transaction that saves.

    The row is locked, so that a first score which comes in at this moment waits.
    """
    before = Criterion.objects.select_for_update().filter(pk=criterion.pk).first()
    if before and before.weight != weight and is_scored(before):
        raise ValidationError(
            _(
                "It has been scored with the weight %(weight)d, and those scores count so. "
                "To weigh it otherwise, retire it and add another."
            )
            % {"weight": before.weight}
        )


@transaction.atomic
def save_criterion(*, criterion: Criterion) -> Criterion:
    """Saves a new or edited criterion. Raises ValidationError for another weight once it was scored."""
    check_weight(criterion=criterion, weight=criterion.weight)
    criterion.full_clean()
    criterion.save()
    return criterion


def remove_criterion(*, criterion: Criterion, at: datetime | None = None) -> bool:
    """Deletes a criterion that nobody has scored; retires any other, whose scores keep it. True when deleted."""
    try:
        with transaction.atomic():
            criterion.delete()
    except ProtectedError:
        criterion.retired_at = at or timezone.now()
        criterion.save(update_fields=["retired_at"])
        return False
    return True


def restore_criterion(*, criterion: Criterion) -> Criterion:
    """Takes a retired criterion up again: reviews that are not in yet need a score for it."""
    criterion.retired_at = None
    criterion.save(update_fields=["retired_at"])
    return criterion


@transaction.atomic
def move_criterion(*, criterion: Criterion, up: bool) -> None:
    """Moves a criterion one place up or down in its program's list; at its end it stays where it is.

    The whole list is numbered anew, so that rows which shared a position get one each.
    """
    Program.objects.select_for_update(no_key=True).get(pk=criterion.program_id)
    rows = list(Criterion.objects.active().filter(program=criterion.program_id))
    place = next((place for place, row in enumerate(rows) if row.pk == criterion.pk), None)
    if place is None:
        return  # a retired one has no place
    target = max(0, place - 1) if up else min(len(rows) - 1, place + 1)
    rows.insert(target, rows.pop(place))
    for position, row in enumerate(rows, start=1):
        row.position = position
    Criterion.objects.bulk_update(rows, ["position"])
