"""For how long applications are kept, by the country of the office."""

from collections.abc import Iterable

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

# For a country that has no row of its own.
USUAL_MONTHS = 24


class RetentionQuerySet(models.QuerySet):
    def months_by_country(self) -> dict[str, int]:
        """The months of each country that has a row, by its code."""
        return {str(country): months for country, months in self.values_list("country", "months")}


class Retention(models.Model):
    """How many months an application to an office of this country is kept after it ended."""

    country = CountryField(_("country"), unique=True)
    months = models.PositiveSmallIntegerField(
        _("months"),
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("Counted from the decision, or from the promised day where that is later."),
    )

    objects = RetentionQuerySet.as_manager()

    class Meta:
        verbose_name = _("time to keep")
        verbose_name_plural = _("times to keep")
        ordering = ["country"]
        constraints = [
            models.CheckConstraint(condition=Q(months__gte=1, months__lte=120), name="retention_is_1_to_120_months"),
        ]

    def __str__(self) -> str:
        return str(self.country.name or self.country.code)


def longest(countries: Iterable[str], months: dict[str, int]) -> int:
    """The months that satisfy each of `countries`: whoever asks for offices in two is kept as the stricter one demands."""
    return max((months.get(country, USUAL_MONTHS) for country in countries), default=USUAL_MONTHS)
