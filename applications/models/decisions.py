"""What recruiters prepare before they decide: reasons, the words of letters, and decisions that wait."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from programs.models import Office, Program


class RejectionReason(models.Model):
    """Why an application was rejected, from a list that a program's recruiters keep. Candidates never see it."""

    program = models.ForeignKey(
        Program, on_delete=models.CASCADE, related_name="rejection_reasons", verbose_name=_("program")
    )
    text = models.CharField(_("reason"), max_length=200)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("reason for rejecting")
        verbose_name_plural = _("reasons for rejecting")
        ordering = ["text"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "text"],
                name="one_reason_of_each_wording",
                violation_error_message=_("This program has that reason already."),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class LetterTemplate(models.Model):
    """A program's own words for one kind of letter; without one the standard words are used."""

    program = models.ForeignKey(
        Program, on_delete=models.CASCADE, related_name="letter_templates", verbose_name=_("program")
    )
    kind = models.CharField(_("kind"), max_length=40)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), max_length=20_000)
    changed_at = models.DateTimeField(_("last changed"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        ordering = ["program_id", "kind"]  # by its number: the programs are not joined for it
        constraints = [
            models.UniqueConstraint(
                fields=["program", "kind"],
                name="one_template_per_program_and_kind",
                violation_error_message=_("This program has words of its own for that letter already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program}: {self.kind}"


class PreparedDecisionQuerySet(models.QuerySet):
    def waiting(self) -> "PreparedDecisionQuerySet":
        """Prepared and not sent off: only recruiters know of them."""
        return self.filter(state=PreparedDecision.State.PREPARED)

    def approved(self) -> "PreparedDecisionQuerySet":
        """Sent off by a recruiter, and still to be taken by the worker."""
        return self.filter(state=PreparedDecision.State.APPROVED)

    def undone(self) -> "PreparedDecisionQuerySet":
        """Refused by the worker, where nobody has decided or prepared anything since: they need somebody."""
        refused = self.filter(state=PreparedDecision.State.REFUSED, application__status=F("seen_status"))
        newer = PreparedDecision.objects.filter(application=OuterRef("application"), pk__gt=OuterRef("pk"))
        return refused.exclude(Exists(newer))


class PreparedDecision(models.Model):
    """A decision with all that belongs to it, kept until a recruiter sends it off; then the worker takes it.

    `seen_status` and `seen_revision` are of the moment of preparing: on anything else the decision is refused, and
    `problem` says so. What was taken stays as the record of its batch.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", _("prepared")
        APPROVED = "approved", _("being applied")
        DONE = "done", _("done")
        REFUSED = "refused", _("not done")

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="prepared_decisions", verbose_name=_("application")
    )
    action = models.CharField(_("decision"), max_length=12)
    seen_status = models.CharField(max_length=12)
    seen_revision = models.PositiveIntegerField()
    note = models.TextField(_("internal note"), blank=True)
    reason = models.ForeignKey(
        RejectionReason, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("reason")
    )
    subject = models.CharField(
        _("subject"), max_length=200, blank=True, help_text=_("Empty: the words of the program's template.")
    )
    body = models.TextField(_("letter"), max_length=20_000, blank=True)
    office = models.ForeignKey(
        Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("office")
    )
    start_date = models.DateField(_("start date"), null=True, blank=True)
    answer_by = models.DateField(_("answer by"), null=True, blank=True)

    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("prepared by")
    )
    prepared_at = models.DateTimeField(_("prepared"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PREPARED)
    batch = models.UUIDField(_("batch"), null=True, db_index=True, default=None)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("applied by")
    )
    approved_at = models.DateTimeField(_("applied"), null=True)
    problem = models.TextField(_("why not"), blank=True)

    objects = PreparedDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("prepared decision")
        verbose_name_plural = _("prepared decisions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(state__in=["prepared", "approved"]),
                name="one_prepared_decision_per_application",
            ),
            models.CheckConstraint(
                condition=Q(state="prepared", batch=None, approved_at=None)
                | (~Q(state="prepared") & Q(batch__isnull=False, approved_at__isnull=False)),
                name="prepared_decision_is_approved_in_a_batch",
            ),
            models.CheckConstraint(
                condition=~Q(action="offer")
                | Q(office__isnull=False, start_date__isnull=False, answer_by__isnull=False),
                name="prepared_offer_has_its_terms",
            ),
        ]
        indexes = [
            # The worker asks every second: as small as what waits for it.
            models.Index(fields=["id"], condition=Q(state="approved"), name="prepared_decision_approved"),
            models.Index(fields=["application"], condition=Q(state="refused"), name="prepared_decision_refused"),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.action}"


def new_batch() -> uuid.UUID:
    """The name of what one recruiter sends off at once."""
    return uuid.uuid4()
