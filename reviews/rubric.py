"""The rubric of a program: what recruiters do to its criteria. What has been scored keeps its meaning."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

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
