"""What one candidate was promised: a place, or a later deadline."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models.application import Application
from programs.models import Office, Window
from programs.times import validate_zone


class Offer(models.Model):
    """A place that was offered. Its outcome is the application's status: accepted, declined or lapsed."""

    application = models.OneToOneField(
        Application, on_delete=models.CASCADE, related_name="offer", verbose_name=_("application")
    )
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("office"))
    start_date = models.DateField(_("start date"))
    answer_by = models.DateField(_("answer by"), help_text=_("The last day, in the office's time zone."))
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")

    def __str__(self) -> str:
        return f"{self.office}, {self.start_date:%Y-%m-%d}"

    @property
    def ends_at(self) -> datetime:
        """The instant at which the last day to answer ends at the office."""
        midnight = datetime.combine(
            self.answer_by + timedelta(days=1), time.min, tzinfo=ZoneInfo(self.office.time_zone)
        )
        return midnight.astimezone(UTC)  # a midnight that clocks skip or show twice equals no instant in another zone


class Interview(models.Model):
    """The conversation to which a candidate is invited. A new invitation replaces it."""

    application = models.OneToOneField(
        Application, on_delete=models.CASCADE, related_name="interview", verbose_name=_("application")
    )
    starts_at = models.DateTimeField(_("starts"))
    time_zone = models.CharField(
        _("time zone"), max_length=64, validators=[validate_zone], help_text=_("The zone in which it is announced.")
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=45)
    place = models.CharField(_("where"), max_length=300, blank=True, help_text=_("An address, or a phone number."))
    link = models.URLField(_("link"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("interview")
        verbose_name_plural = _("interviews")
        constraints = [
            models.CheckConstraint(condition=~Q(place="", link=""), name="interview_is_somewhere"),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=600), name="interview_takes_minutes"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} UTC"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Extension(models.Model):
    """A personal deadline, as an accommodation: one candidate may send to one window until then. It adds no place."""

    candidate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="extensions", verbose_name=_("candidate")
    )
    window = models.ForeignKey(Window, on_delete=models.CASCADE, related_name="extensions", verbose_name=_("window"))
    until = models.DateTimeField(_("until"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("granted by")
    )
    at = models.DateTimeField(_("granted"))
    reason = models.TextField(_("why"))

    class Meta:
        verbose_name = _("personal extension")
        verbose_name_plural = _("personal extensions")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "window"], name="one_extension_per_candidate_and_window"),
        ]

    def __str__(self) -> str:
        return f"{self.candidate}: {self.window}"

    @staticmethod
    def windows_of(candidate: User, windows: models.QuerySet[Window]) -> dict[int, Window]:
        """`windows` with their programs, by id, as `candidate` has them; one query. For reading, never for saving."""
        return Extension.applied(Extension.beside(windows, candidate.pk))

    @staticmethod
    def beside(windows: models.QuerySet[Window], candidate: int) -> models.QuerySet[Window]:
        """`windows` with their programs and with `own_until`, the personal deadline of the candidate with this id; see applied()."""
        own = FilteredRelation("extensions", condition=Q(extensions__candidate=candidate))
        return windows.select_related("program").annotate(own=own, own_until=F("own__until"))

    @staticmethod
    def applied(windows: Iterable[Window]) -> dict[int, Window]:
        """What beside() found, by id, each closing when it does for that candidate. For reading, never for saving."""
        return {window.pk: extended(window, until=window.own_until) for window in windows}


def extended(window: Window, *, until: datetime | None) -> Window:
    """`window` as whoever has it for whom it was extended to `until`, if it was: it closes later. For reading, never for saving."""
    if until and until > window.closes_at:
        window.closes_at = until
    return window
