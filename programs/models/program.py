"""Offices, programs, what programs ask for, and who may act in them."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.statements import Statement
from programs import kinds, times
from programs.pictures import Pictured
from programs.text import money_range, to_html

if TYPE_CHECKING:
    from programs.models.window import Window

# Each page and form of a program asks it.
_ASKED = Statement(lambda program: Requirement.objects.filter(program=program, retired_at=None))
_OFFICES = Statement(lambda program: Office.objects.filter(programs=program))


class Office(Pictured):
    """A place where internships are held."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), unique=True)
    city = models.CharField(_("city"), max_length=100)
    region = models.CharField(_("state or province"), max_length=100, blank=True)
    country = CountryField(_("country"))
    street = models.CharField(_("street"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[times.validate_zone])

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["name"]
        constraints = [*Pictured.Meta.constraints]

    def __str__(self) -> str:
        return self.name


class ProgramQuerySet(models.QuerySet):
    def run_by(self, user) -> "ProgramQuerySet":
        """The programs in which `user` decides; Program.is_run_by() is the same rule for one of them."""
        if not (user.is_active and user.is_staff):
            return self.none()
        if user.is_superuser:
            return self
        return self.of_member(Membership.Role.RECRUITER, user.pk)

    def of_member(self, role: "Membership.Role", user_id: int) -> "ProgramQuerySet":
        """The programs in which that person has that role."""
        return self.filter(memberships__role=role, memberships__user=user_id)

    def with_pages(self) -> "ProgramQuerySet":
        """With what a program's page and form show: offices, windows, and the requirements that are not retired."""
        active = models.Prefetch("requirements", Requirement.objects.filter(retired_at=None), to_attr="asked")
        offices = models.Prefetch("offices", to_attr="offices_list")
        return self.prefetch_related(offices, "windows", active)

    def advertised(self) -> "ProgramQuerySet":
        """The published ones with all that is told to anybody, and with what `last_changed()` needs."""
        return (
            self.filter(published=True)
            .with_pages()
            .prefetch_related("windows__changes")
            .annotate(requirement_retired_at=Max("requirements__retired_at"))
        )


class Program(Pictured):
    """A track that interns join."""

    class PayPeriod(models.TextChoices):
        HOUR = "hour", _("an hour")
        WEEK = "week", _("a week")
        MONTH = "month", _("a month")

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), unique=True)
    team = models.CharField(_("team"), max_length=100, blank=True)
    summary = models.CharField(_("summary"), max_length=200, help_text=_("One line, shown on the board."))
    description = models.TextField(
        _("description"), help_text=_("Markdown. What one does, with whom, and why it matters.")
    )
    weeks = models.PositiveSmallIntegerField(
        _("weeks"), default=12, validators=[MinValueValidator(1), MaxValueValidator(52)]
    )
    offices = models.ManyToManyField(Office, verbose_name=_("offices"), related_name="programs")
    pay_low = models.PositiveIntegerField(_("pay from"), null=True, blank=True)
    pay_high = models.PositiveIntegerField(_("pay to"), null=True, blank=True)
    pay_currency = models.CharField(
        _("currency"), max_length=3, default="USD", help_text=_("Three letters, as in USD.")
    )
    pay_period = models.CharField(_("pay period"), max_length=5, choices=PayPeriod, default=PayPeriod.MONTH)
    contact_email = models.EmailField(_("contact address"), help_text=_("Candidates' questions and replies go here."))
    hue = models.PositiveSmallIntegerField(
        _("hue"),
        default=20,
        validators=[MaxValueValidator(360)],
        help_text=_("The program's colour, as degrees on the colour wheel."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=100, help_text=_("Lower comes first on the board.")
    )
    published = models.BooleanField(_("published"), default=True, help_text=_("Shown on the site."))
    changed_at = models.DateTimeField(_("last changed"), auto_now=True)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        ordering = ["position", "name"]
        constraints = [
            *Pictured.Meta.constraints,
            models.CheckConstraint(condition=Q(weeks__gte=1), name="program_takes_a_week_at_least"),
            models.CheckConstraint(
                condition=Q(pay_low=None) | Q(pay_high=None) | Q(pay_low__lte=F("pay_high")),
                name="program_pay_range_is_ordered",
                violation_error_message=_("“Pay from” is higher than “pay to”."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("program", args=[self.slug])

    @property
    def apply_url(self) -> str:
        return reverse("apply", args=[self.slug])

    @cached_property
    def pay_text(self) -> str:
        """The pay range in words, or an empty text when none is given."""
        amount = money_range(self.pay_low, self.pay_high, self.pay_currency)
        return f"{amount} {self.get_pay_period_display()}" if amount else ""

    @property
    def description_html(self) -> str:
        return to_html(self.description)

    @cached_property
    def offices_list(self) -> list[Office]:
        return _OFFICES.rows(self.pk)

    @cached_property
    def asked(self) -> list["Requirement"]:
        return _ASKED.rows(self.pk)

    def is_run_by(self, user) -> bool:
        """Whether `user` decides here: its recruiters and administrators do, while they are staff."""
        if not (user.is_active and user.is_staff):
            return False
        return user.is_superuser or self.memberships.filter(user=user.pk, role=Membership.Role.RECRUITER).exists()

    def window_at(self, at: datetime, windows: "Iterable[Window] | None" = None) -> "Window | None":
        """The window that matters to a candidate: the one that runs, else the next one, else the last one.

        What is not published matters to nobody. `windows` are the program's as one candidate has them, where somebody was granted a later deadline.
        """
        known = [window for window in (self.windows.all() if windows is None else windows) if window.published]
        windows = sorted(known, key=lambda window: window.opens_at)
        ahead = [window for window in windows if window.closes_at > at]
        return ahead[0] if ahead else (windows[-1] if windows else None)

    def published_windows(self) -> "list[Window]":
        """The windows that candidates may know of, the first to open first."""
        found = sorted((window for window in self.windows.all() if window.published), key=lambda one: one.opens_at)
        for window in found:
            window.program = self  # saves a query for each
        return found

    def last_changed(self, at: datetime) -> datetime:
        """When what anybody sees of it last changed before `at`: by hand, or as a window opened or closed.

        For rows of `advertised()`.
        """
        moments = [
            self.changed_at,
            self.requirement_retired_at,
            *(requirement.changed_at for requirement in self.active_requirements()),
            *(window.last_changed(at) for window in self.published_windows()),
        ]
        return max((moment for moment in moments if moment and moment <= at), default=at)

    def active_requirements(self) -> list["Requirement"]:
        """What the program asks for now, in order."""
        for requirement in self.asked:
            requirement.program = self  # saves a query for each when the rule names the program
        return self.asked


class Requirement(models.Model):
    """One thing a program asks for: a kind in code, its parameters in the row."""

    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="requirements", verbose_name=_("program")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=kinds.choices)
    title = models.CharField(_("title"), max_length=100, help_text=_("A few words: the heading above it on the form."))
    parameters = models.JSONField(_("parameters"), default=dict)
    mandatory = models.BooleanField(
        _("mandatory"), default=True, help_text=_("Unmet, it blocks sending. A preferred one is only recorded.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=100, help_text=_("Lower comes first."))
    changed_at = models.DateTimeField(_("last changed"), default=timezone.now, editable=False)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[slug for slug, _label in kinds.choices]), name="requirement_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def rule(self) -> kinds.Kind:
        """The kind with this row's parameters: asks, builds the fields, gives the verdict."""
        return kinds.get(self.kind)(self.parameters, title=self.title)


class Membership(models.Model):
    """Who may do what in which program."""

    class Role(models.TextChoices):
        REVIEWER = "reviewer", _("reviewer")
        RECRUITER = "recruiter", _("recruiter")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    program = models.ForeignKey(
        Program, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("program")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "program", "role"], name="one_membership_per_role"),
            models.CheckConstraint(condition=Q(role__in=["reviewer", "recruiter"]), name="membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.program}"
