"""How applications are judged: the rubric of a program, who reads which application, and what each reader found."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from programs.models import Program, Window

LOWEST, HIGHEST = 1, 4  # of a score; an even number of steps, so that there is no middle to hide in
WIDE_SPREAD = Decimal("1.00")  # overall scores this far apart are worth a conversation


class CriterionQuerySet(models.QuerySet):
    def active(self) -> "CriterionQuerySet":
        """What reviewers score now, in order."""
        return self.filter(retired_at=None)


class Criterion(models.Model):
    """One line of a program's rubric. One that was scored keeps its weight; it can be retired, and another added."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="criteria", verbose_name=_("program"))
    title = models.CharField(_("title"), max_length=100)
    guidance = models.CharField(
        _("what to look at"), max_length=500, blank=True, help_text=_("One sentence for the reviewer.")
    )
    weight = models.PositiveSmallIntegerField(
        _("weight"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text=_("1 to 10: how much it counts beside the others."),
    )
    anchor_1 = models.CharField(_("what a 1 looks like"), max_length=200)
    anchor_2 = models.CharField(_("what a 2 looks like"), max_length=200)
    anchor_3 = models.CharField(_("what a 3 looks like"), max_length=200)
    anchor_4 = models.CharField(_("what a 4 looks like"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=100, help_text=_("Lower comes first."))
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True, editable=False)

    objects = CriterionQuerySet.as_manager()

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=10), name="criterion_weighs_one_to_ten"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def anchors(self) -> list[tuple[int, str]]:
        """Each score with what it looks like, the lowest first."""
        return [(score, getattr(self, f"anchor_{score}")) for score in range(LOWEST, HIGHEST + 1)]


class AssignmentQuerySet(models.QuerySet):
    def active(self) -> "AssignmentQuerySet":
        """Those that count: whose reviewer has not stepped back, nor was kept from it by a conflict of interest."""
        return self.filter(recused_at=None)

    def for_reviewer(self, user) -> "AssignmentQuerySet":
        """What `user` reads or has read, while they are of the program's panel; nothing for anybody else.

        What is theirs no more without their being told stays among it.
        """
        if not (user.is_active and user.is_staff):
            return self.none()
        panels = user.memberships.filter(role="reviewer").values("program")
        listed = Q(recused_at=None) | Q(is_untold=True)
        return self.filter(listed, reviewer=user.pk, application__window__program__in=panels)

    def done(self) -> "AssignmentQuerySet":
        """Those whose review is in."""
        return self.filter(handed_in_at__isnull=False)

    def waiting(self) -> "AssignmentQuerySet":
        """Those whose review is not in yet."""
        return self.filter(handed_in_at=None)

    def not_begun(self) -> "AssignmentQuerySet":
        """Those for which nothing is written yet.

        Asked of each row in the order of the list: of a join PostgreSQL would expect no row at all, since nearly every
        assignment has a review, and read all of them before it shows the first.
        """
        review = Review.objects.filter(assignment=OuterRef("pk")).values(begun=Value(True))
        return self.filter(~Coalesce(Subquery(review), False))


class Assignment(models.Model):
    """Gives one reviewer one application to read. It is the only way to one."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="assignments", verbose_name=_("application")
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("reviewer")
    )
    assigned_at = models.DateTimeField(_("assigned"))
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("by")
    )
    handed_in_at = models.DateTimeField(
        _("handed in"), null=True, help_text=_("As its review has it: kept here too, since the list is read by it.")
    )
    recused_at = models.DateTimeField(_("stepped back"), null=True)
    recusal_reason = models.TextField(_("why"), max_length=1000, blank=True)
    is_untold = models.BooleanField(
        _("not told"),
        default=False,
        help_text=_("Left for a conflict of interest, and kept in the list of its reviewer."),
    )
    handed_on = models.OneToOneField(
        "self", null=True, on_delete=models.SET_NULL, related_name="taken_over_from", verbose_name=_("handed on to")
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("review to write")
        verbose_name_plural = _("my reviews")
        ordering = ["assigned_at", "pk"]
        default_permissions = ("view",)
        permissions = [
            ("review_assignment", _("Can review what is assigned to them")),
            ("assign_assignment", _("Can assign reviewers")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["application", "reviewer"], name="one_assignment_per_reviewer"),
            models.CheckConstraint(
                condition=Q(recused_at=None) | ~Q(recusal_reason=""), name="assignment_is_left_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(is_untold=False) | Q(recused_at__isnull=False), name="assignment_untold_is_left"
            ),
        ]
        indexes = [
            models.Index(fields=["reviewer"], condition=Q(recused_at=None), name="assignment_by_reviewer"),
            # The list of its reviewer in its own order: what is to be written, the oldest first, then what is in.
            models.Index(fields=["reviewer", "-handed_in_at", "assigned_at", "id"], name="assignment_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.reviewer_id}"


class Review(models.Model):
    """What one reader found. It is saved while they score, and counts once it is in, complete; then it stays as it is."""

    class Recommendation(models.TextChoices):
        STRONG_NO = "strong_no", _("Strong no")
        NO = "no", _("No")
        YES = "yes", _("Yes")
        STRONG_YES = "strong_yes", _("Strong yes")

    class Confidence(models.IntegerChoices):
        LOW = 1, _("Low: outside my field")
        MEDIUM = 2, _("Medium")
        HIGH = 3, _("High: I know this work")

    assignment = models.OneToOneField(
        Assignment, on_delete=models.CASCADE, related_name="review", verbose_name=_("assignment")
    )
    comment = models.TextField(_("comment"), max_length=10_000, blank=True)
    confidence = models.PositiveSmallIntegerField(_("confidence"), choices=Confidence, null=True, blank=True)
    recommendation = models.CharField(_("recommendation"), max_length=10, choices=Recommendation, blank=True)
    saved_at = models.DateTimeField(_("saved"))
    submitted_at = models.DateTimeField(_("handed in"), null=True)
    revision = models.PositiveIntegerField(
        _("of sending"), null=True, help_text=_("How often the application had been sent when it was judged.")
    )
    overall = models.DecimalField(
        _("overall"), max_digits=3, decimal_places=2, null=True, help_text=_("The weighted mean of a complete review.")
    )

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(submitted_at=None, overall=None)
                | (
                    Q(submitted_at__isnull=False, overall__gte=LOWEST, overall__lte=HIGHEST)
                    & Q(revision__isnull=False, confidence__isnull=False)
                    & ~Q(recommendation="")
                ),
                name="review_counts_when_it_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__gte=1, confidence__lte=3),
                name="review_confidence_is_known",
            ),
            models.CheckConstraint(
                condition=Q(recommendation__in=["", "strong_no", "no", "yes", "strong_yes"]),
                name="review_recommendation_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}"

    @property
    def is_in(self) -> bool:
        return self.submitted_at is not None


class Score(models.Model):
    """What one review gives for one criterion."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores", verbose_name=_("review"))
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, related_name="scores", verbose_name=_("criterion")
    )
    value = models.PositiveSmallIntegerField(_("score"))

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="one_score_per_criterion"),
            models.CheckConstraint(
                condition=Q(value__gte=LOWEST, value__lte=HIGHEST), name="score_is_between_one_and_four"
            ),
        ]

    def __str__(self) -> str:
        return str(self.value)


class Conflict(models.Model):
    """A conflict of interest that a reviewer has declared: an address whose applications they are never given.

    It names an address, whether anybody has applied with it or not, so that declaring one tells nothing.
    """

    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conflicts", verbose_name=_("reviewer")
    )
    email = models.EmailField(_("e-mail address"), max_length=254)
    reason = models.CharField(_("why"), max_length=300, help_text=_("As in “my sister”, “I supervised her thesis”."))
    declared_at = models.DateTimeField(_("declared"))

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        ordering = ["-declared_at", "-pk"]
        default_permissions = ("add", "view", "delete")
        constraints = [
            models.UniqueConstraint(
                fields=["reviewer", "email"],
                name="one_conflict_per_reviewer_and_address",
                violation_error_message=_("You have declared that already."),
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="conflict_email_is_lower_case"),
        ]

    def __str__(self) -> str:
        return self.email


# Every score is higher, so what has none comes last; on both databases, and as an index can have it.
BEST_FIRST = Coalesce("score", Value(0), output_field=models.DecimalField()).desc()


class StandingQuerySet(models.QuerySet):
    def ranked(self, window: Window) -> "StandingQuerySet":
        """The applications of `window` that somebody was given to read, the best first; those without a score last."""
        return self.filter(window=window).order_by(BEST_FIRST, "application_id")


class Standing(models.Model):
    """Where an application stands in its window: figures kept by reviews.services, equal to a recount of its reviews."""

    application = models.OneToOneField(
        Application, primary_key=True, on_delete=models.CASCADE, related_name="standing", verbose_name=_("application")
    )
    window = models.ForeignKey(Window, on_delete=models.CASCADE, related_name="standings", verbose_name=_("window"))
    assigned = models.PositiveSmallIntegerField(_("reviewers"), default=0)
    done = models.PositiveSmallIntegerField(_("reviews in"), default=0)
    score = models.DecimalField(
        _("score"), max_digits=3, decimal_places=2, null=True, help_text=_("The mean of the overall scores.")
    )
    spread = models.DecimalField(
        _("spread"), max_digits=3, decimal_places=2, null=True, help_text=_("From the lowest overall to the highest.")
    )

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("ranking")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("assigned")), name="standing_counts_reviews_of_readers"),
        ]
        indexes = [
            models.Index(fields=["window", "-score"], name="standing_by_window"),
            # The ranking from its top; with the score itself, its counts need nothing but the index.
            models.Index("window", BEST_FIRST, "application", include=["score"], name="standing_best_first"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}"

    @property
    def is_wide(self) -> bool:
        """Whether the reviewers are far apart."""
        return self.spread is not None and self.spread >= WIDE_SPREAD
