"""Who wants to hear when a program takes applications, and what they were told."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from programs.models.program import Program
from programs.models.window import Window

# How long before a window closes its followers are reminded.
REMINDED = timedelta(days=3)


class FollowerQuerySet(models.QuerySet):
    def of(self, user) -> "FollowerQuerySet":
        """What `user` follows, signed in or, before, by their address."""
        return self.filter(Q(user=user.pk) | Q(email=user.email))


class Follower(models.Model):
    """An address that hears of a program's windows. There is a row only once the address was proved."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="followers", verbose_name=_("program"))
    email = models.EmailField(_("e-mail address"), max_length=254)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="follows",
        verbose_name=_("person"),
    )
    confirmed_at = models.DateTimeField(_("following since"))

    objects = FollowerQuerySet.as_manager()

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        default_permissions = ()  # the admin shows how many there are, and never who
        constraints = [
            models.UniqueConstraint(fields=["program", "email"], name="an_address_follows_a_program_once"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="follower_email_is_lower_case"),
        ]

    def __str__(self) -> str:
        return f"{self.program}, {self.pk}"


class Notice(models.Model):
    """What a follower knows of a window: a letter told them, or the page on which they began to follow did.

    It is written in the transaction of the letter, so nobody is told twice, whoever writes letters at the same time.
    """

    class Occasion(models.TextChoices):
        OPEN = "open", _("it is open")
        CLOSING = "closing", _("it closes soon")

    follower = models.ForeignKey(Follower, on_delete=models.CASCADE, related_name="notices", verbose_name=_("follower"))
    window = models.ForeignKey(Window, on_delete=models.CASCADE, related_name="+", verbose_name=_("window"))
    occasion = models.CharField(_("occasion"), max_length=7, choices=Occasion)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["follower", "window", "occasion"], name="one_notice_per_follower_window_and_occasion"
            ),
            models.CheckConstraint(condition=Q(occasion__in=["open", "closing"]), name="notice_occasion_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.follower_id}: {self.window_id}, {self.occasion}"
