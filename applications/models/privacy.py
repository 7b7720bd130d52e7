"""What a candidate agreed to, who opened what they sent, and the copy of it all that they take with them."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from letters.retries import MOST_TRIES


class Consent(models.Model):
    """What somebody agreed to when they sent an application, in the words of that moment. It is never rewritten."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="consents", verbose_name=_("application")
    )
    version = models.CharField(_("version"), max_length=20)
    wording = models.TextField(_("wording"))
    at = models.DateTimeField(_("agreed"))

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        default_permissions = ()
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "version"], name="one_consent_per_application_and_version"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}, {self.version}"


class Access(models.Model):
    """Append-only: who opened whose application, what of it and when; or who took how many rows out as a table.

    `quarter` is the quarter of an hour: opening the same thing again within it is the same row.
    """

    class What(models.TextChoices):
        PAGE = "page", _("the application")
        REVIEW = "review", _("the application, to review it")
        FILE = "file", _("a file")
        LETTER = "letter", _("a letter")
        EXPORT = "export", _("a table taken out")

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("who")
    )
    application = models.ForeignKey(
        Application, null=True, on_delete=models.CASCADE, related_name="accesses", verbose_name=_("application")
    )
    what = models.CharField(_("what"), max_length=10, choices=What)
    rows = models.PositiveIntegerField(_("rows"), null=True, help_text=_("Of a table that was taken out."))
    at = models.DateTimeField(_("when"))
    quarter = models.DateTimeField()

    class Meta:
        verbose_name = _("look at an application")
        verbose_name_plural = _("looks at applications")
        default_permissions = ("view",)
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "by", "what", "quarter"], name="one_access_in_a_quarter_of_an_hour"
            ),
            models.CheckConstraint(
                condition=Q(what="export", application=None, rows__isnull=False)
                | (Q(what__in=["page", "review", "file", "letter"]) & Q(application__isnull=False, rows=None)),
                name="access_is_to_an_application_or_a_table",
            ),
        ]
        indexes = [models.Index(fields=["at"], name="access_by_time")]

    def __str__(self) -> str:
        return f"{self.by_id}: {self.what}, {self.application_id}"


def data_export_path(export: "DataExport", name: str) -> str:
    """By day, as all files that are swept, and under a random name."""
    return f"exports/{timezone.now():%Y/%m/%d}/{uuid.uuid4().hex}.zip"


class DataExport(models.Model):
    """That somebody wants all that we hold about them as a file, which the worker makes; and that file, for some days."""

    KEPT = timedelta(days=7)

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="data_export", verbose_name=_("person")
    )
    asked_at = models.DateTimeField(_("asked"))
    made_at = models.DateTimeField(_("made"), null=True, help_text=_("Empty: the worker has still to make it."))
    file = models.FileField(_("file"), upload_to=data_export_path, max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    try_after = models.DateTimeField(_("next try"), null=True)

    class Meta:
        verbose_name = _("copy of a person's data")
        verbose_name_plural = _("copies of people's data")
        default_permissions = ()
        # The worker asks every second, and nearly all are made.
        indexes = [models.Index(fields=["id"], condition=Q(made_at=None), name="data_export_to_make")]

    def __str__(self) -> str:
        return f"{self.user_id}, {self.asked_at:%Y-%m-%d}"

    @property
    def has_failed(self) -> bool:
        """Whether it was given up after a day: an error of ours stands in the way."""
        return self.made_at is None and self.tries >= MOST_TRIES

    @property
    def kept_until(self) -> datetime | None:
        """When a file that was made goes again."""
        return self.made_at and self.made_at + self.KEPT
