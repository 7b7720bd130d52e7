"""Windows: the intakes of a program, and what was done to each."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programs import times
from programs.models.program import Program

# How many days before the promised day a window's decisions count as due.
DUE_DAYS = 3


class WindowQuerySet(models.QuerySet):
    def published(self) -> "WindowQuerySet":
        """Those that candidates may know of."""
        return self.filter(published=True)

    def advertised(self) -> "WindowQuerySet":
        """Published ones of published programs, with program and history."""
        return self.published().filter(program__published=True).select_related("program").prefetch_related("changes")

    def in_state(self, state: "Window.State", *, at: datetime) -> "WindowQuerySet":
        """Windows that are `state` at the instant `at`; Window.state() is the same rule for one row."""
        if state == Window.State.DRAFT:
            return self.filter(published=False)
        return self.published()._in_state_once_published(state, at)

    def _in_state_once_published(self, state: "Window.State", at: datetime) -> "WindowQuerySet":
        if state == Window.State.SCHEDULED:
            return self.filter(opens_at__gt=at)
        if state == Window.State.CLOSED:
            return self.filter(closes_at__lte=at)
        running = self.filter(opens_at__lte=at, closes_at__gt=at)
        full = Q(capacity__isnull=False, taken__gte=F("capacity"))
        return running.filter(full) if state == Window.State.FULL else running.exclude(full)

    def open(self, *, at: datetime) -> "WindowQuerySet":
        return self.in_state(Window.State.OPEN, at=at)

    def decision_due(self, *, at: datetime) -> "WindowQuerySet":
        """Windows whose promised day is today or in the next three days, where each is announced."""
        return self._decided_by(
            lambda today: Q(decide_by__gte=today, decide_by__lte=today + timedelta(days=DUE_DAYS)), at
        )

    def decision_overdue(self, *, at: datetime) -> "WindowQuerySet":
        """Windows whose promised day is over, where each is announced."""
        return self._decided_by(lambda today: Q(decide_by__lt=today), at)

    def _decided_by(self, rule: Callable[[date], Q], at: datetime) -> "WindowQuerySet":
        """Published windows of which `rule` holds on the day that it is in their own zone at the instant `at`.

        Asks at once which zones there are; Window.decision_state() is the same rule for one row.
        """
        zones = self.published().order_by().values_list("time_zone", flat=True).distinct()
        rules = Q(pk__in=[])  # no zone, no window
        for name in zones:
            rules |= Q(time_zone=name) & rule(at.astimezone(ZoneInfo(name)).date())
        return self.published().filter(rules)


class Window(models.Model):
    """One intake of one program. Its state is never stored: it follows from the time and the places taken."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Not published")
        SCHEDULED = "scheduled", _("Opens soon")
        OPEN = "open", _("Open")
        FULL = "full", _("Full")
        CLOSED = "closed", _("Closed")

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="windows", verbose_name=_("program"))
    season = models.CharField(_("season"), max_length=50, help_text=_("As in “Summer 2027”."))
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="America/Los_Angeles",
        validators=[times.validate_zone],
        help_text=_("The zone in which the times are announced."),
    )
    capacity = models.PositiveIntegerField(
        _("capacity"), null=True, blank=True, help_text=_("How many applications it takes. Empty: no limit.")
    )
    taken = models.PositiveIntegerField(
        _("taken"), default=0, editable=False, help_text=_("Never falls, so a full window stays full.")
    )
    decide_by = models.DateField(_("decision by"), help_text=_("The promise made to candidates."))
    published = models.BooleanField(
        _("published"), default=True, help_text=_("Until then recruiters alone see it, and it never opens.")
    )
    reviews_needed = models.PositiveSmallIntegerField(
        _("reviews for each application"), default=2, validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    blind_reading = models.BooleanField(
        _("blind reading"),
        default=True,
        help_text=_("Reviewers see neither name nor contact nor links until their own review is in."),
    )

    objects = WindowQuerySet.as_manager()

    class Meta:
        verbose_name = _("window")
        verbose_name_plural = _("windows")
        ordering = ["-opens_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "season"],
                name="one_window_per_program_and_season",
                violation_error_message=_("This program has a window for that season already."),
            ),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")),
                name="window_opens_before_it_closes",
                violation_error_message=_("The window would close before it opens."),
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(taken__lte=F("capacity")),
                name="window_takes_no_more_than_its_capacity",
                violation_error_message=_("The capacity would be lower than the number of places taken."),
            ),
            models.CheckConstraint(
                condition=Q(reviews_needed__gte=1, reviews_needed__lte=9), name="window_needs_one_to_nine_reviews"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program.name}, {self.season}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def state(self, at: datetime) -> State:
        """What the window is at the instant `at`; WindowQuerySet.in_state() is the same rule for many rows."""
        if not self.published:
            return self.State.DRAFT
        if at < self.opens_at:
            return self.State.SCHEDULED
        if at >= self.closes_at:
            return self.State.CLOSED
        if self.capacity is not None and self.taken >= self.capacity:
            return self.State.FULL
        return self.State.OPEN

    def last_changed(self, at: datetime) -> datetime | None:
        """When it last changed before `at`: by hand, or because it opened or closed; None when nothing has happened."""
        moments = [self.opens_at, self.closes_at, *(change.at for change in self.changes.all())]
        return max((moment for moment in moments if moment <= at), default=None)

    def decision_state(self, at: datetime) -> str:
        """ "due" from three days before the promised day on, "overdue" after it, in the window's zone; else "".

        It is the rule of the date alone: nothing is due once every application has its decision.
        """
        today = at.astimezone(self.zone).date()
        if not self.published or self.decide_by > today + timedelta(days=DUE_DAYS):
            return ""
        return "overdue" if self.decide_by < today else "due"

    def clean(self) -> None:
        """Refuses a promise that ends before the window does, and times that overlap those of the program's others."""
        if self.program_id:
            self.clean_beside(Window.objects.filter(program=self.program_id))

    def clean_beside(self, others: "Iterable[Window]") -> None:
        """The same beside `others`, all windows of the program, where they are at hand already."""
        if not (self.opens_at and self.closes_at and self.decide_by) or self.opens_at >= self.closes_at:
            return
        self._refuse_early_promise()
        self._refuse_overlap(others)

    def _refuse_early_promise(self) -> None:
        closing_day = self.closes_at.astimezone(self.zone).date()
        if self.decide_by < closing_day:
            promised, closing = times.day(self.decide_by), times.day(closing_day)
            raise ValidationError(
                {
                    "decide_by": gettext(
                        "The decision is promised by %(promised)s, before the window closes on %(closing)s. "
                        "Promise that day or a later one."
                    )
                    % {"promised": promised, "closing": closing}
                }
            )

    def _refuse_overlap(self, others: "Iterable[Window]") -> None:
        """A candidate would not know which of two windows they apply to."""
        for other in others:
            if other.pk != self.pk and other.opens_at < self.closes_at and other.closes_at > self.opens_at:
                raise ValidationError(
                    gettext(
                        "It would overlap the window “%(season)s” of this program, "
                        "which runs from %(opens)s to %(closes)s."
                    )
                    % {
                        "season": other.season,
                        "opens": times.when(other.opens_at, other.zone),
                        "closes": times.when(other.closes_at, other.zone),
                    }
                )


class WindowChange(models.Model):
    """Append-only: who did what to a window, when and why."""

    class Action(models.TextChoices):
        CREATED = "created", _("created")
        OPENED = "opened", _("opened")
        CLOSED = "closed", _("closed")
        EXTENDED = "extended", _("extended")
        RESCHEDULED = "rescheduled", _("rescheduled")
        RESIZED = "resized", _("capacity changed")
        PUBLISHED = "published", _("published")
        EDITED = "edited", _("edited")

    window = models.ForeignKey(Window, on_delete=models.CASCADE, related_name="changes", verbose_name=_("window"))
    action = models.CharField(_("action"), max_length=20, choices=Action)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("when"))
    reason = models.TextField(_("why"), blank=True)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)

    class Meta:
        verbose_name = _("window change")
        verbose_name_plural = _("window changes")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.window}: {self.get_action_display()}"
