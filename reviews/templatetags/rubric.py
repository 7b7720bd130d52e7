"""What pages of other apps show of a program's rubric: `{% rubric_of program as rubric %}`."""

from django import template

from programs.models import Program
from reviews.models import Criterion
from reviews.rubric import shares

register = template.Library()


@register.simple_tag
def rubric_of(program: Program) -> dict:
    """Its criteria in order as pairs (criterion, percent), and the retired ones; one query."""
    criteria = list(Criterion.objects.filter(program=program))
    active = [criterion for criterion in criteria if criterion.retired_at is None]
    return {
        "criteria": list(zip(active, shares(active), strict=True)),
        "retired": [criterion for criterion in criteria if criterion.retired_at],
    }
