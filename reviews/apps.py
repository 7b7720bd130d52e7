from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = _("Reviews")

    def ready(self) -> None:
        """Has what reviews count moved and counted anew with the other figures, in whose app nothing knows of reviews."""
        from applications import tallies
        from reviews.tallies import judges

        tallies.MORE.append(judges)
