"""An application, the offices it names, and its history."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.statements import Statement
from applications.workflow import Status
from letters.models import Letter
from programs.models import Office, Program, Window

SENT = ~Q(status=Status.DRAFT)  # at least once
_UNMISTAKABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """A name for an application that is short enough to read out on the phone: “K7QF-2MXD”."""
    letters = "".join(secrets.choice(_UNMISTAKABLE) for _position in range(8))
    return f"{letters[:4]}-{letters[4:]}"


class ApplicationQuerySet(models.QuerySet):
    def of(self, candidate) -> "ApplicationQuerySet":
        """What `candidate` has begun or sent, with_window(), and with the `changes` that say what they know of it."""
        changes = models.Prefetch("history", StatusChange.objects.told(), to_attr="changes")
        return self.filter(candidate=candidate).with_window().prefetch_related(changes)

    def with_window(self) -> "ApplicationQuerySet":
        """With window and program, and with `own_until`, the personal deadline that its candidate was granted."""
        own = FilteredRelation("window__extensions", condition=Q(window__extensions__candidate=F("candidate")))
        return self.annotate(own=own, own_until=F("own__until")).select_related("window__program")

    def sent(self) -> "ApplicationQuerySet":
        """What was sent at least once; drafts are the candidate's own business."""
        return self.filter(SENT)


class Application(models.Model):
    """One candidate's entry to one window, ever; from draft to decision."""

    candidate = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="applications",
        verbose_name=_("candidate"),
        help_text=_("Empty once it is anonymous."),
    )
    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="applications", verbose_name=_("window"))
    reference = models.CharField(_("reference"), max_length=9, unique=True, default=new_reference, editable=False)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False)
    status_since = models.DateTimeField(_("status since"), default=timezone.now, editable=False)

    draft = models.JSONField(
        _("draft"),
        default=dict,
        editable=False,
        help_text=_("The working copy: posted texts by field name. Never judged."),
    )
    draft_saved_at = models.DateTimeField(_("draft saved"), default=timezone.now, editable=False)
    draft_version = models.PositiveIntegerField(
        _("draft's version"),
        default=0,
        editable=False,
        help_text=_("How often the draft was changed: a tab that shows an earlier one overwrites nothing."),
    )
    sent = models.JSONField(_("draft as last sent"), null=True, editable=False)
    revision = models.PositiveIntegerField(_("times sent"), default=0, editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)

    full_name = models.CharField(_("name"), max_length=200, blank=True, editable=False)
    phone = models.CharField(_("phone"), max_length=40, blank=True, editable=False)
    links = models.JSONField(_("links"), default=list, editable=False)
    work_authorisation = models.JSONField(_("work authorisation"), default=dict, editable=False)
    # Made by applications.search of what is sent. On PostgreSQL its capitals have an index, of which Django's models
    # know nothing, since there may be none without the right to pg_trgm.
    search_text = models.TextField(_("searched in"), default="", db_default="", blank=True, editable=False)

    anonymised_at = models.DateTimeField(
        _("made anonymous"), null=True, editable=False, help_text=_("Since then it is a row of figures, and nobody's.")
    )

    asked = models.PositiveSmallIntegerField(_("requirements asked"), default=0, editable=False)
    met = models.PositiveSmallIntegerField(_("requirements met"), default=0, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-pk"]
        permissions = [("export_application", _("Can take applications out as a table"))]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "window"], name="one_application_per_candidate_and_window"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="application_status_is_known"),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT, submitted_at=None, revision=0)
                | (~Q(status=Status.DRAFT) & Q(submitted_at__isnull=False, revision__gte=1)),
                name="application_is_a_draft_or_was_sent",
            ),
            models.CheckConstraint(
                condition=Q(candidate__isnull=False, anonymised_at=None)
                | Q(candidate=None, anonymised_at__isnull=False),
                name="application_is_somebodys_or_anonymous",
            ),
            models.CheckConstraint(
                condition=Q(met__lte=models.F("asked")), name="application_meets_no_more_than_asked"
            ),
        ]
        indexes = [
            models.Index(fields=["window", "status", "-submitted_at"], name="application_by_window"),
            models.Index(fields=["status", "-submitted_at"], name="application_by_status"),
            # Joined to the ranking of a window: its figures need nothing but the two indexes.
            models.Index(fields=["window", "status", "id"], name="application_of_status"),
            # Each order of the list, read from where a page ends: accounts.long_lists. Drafts have no name.
            models.Index(fields=["full_name", "id"], condition=SENT, name="application_sent_by_name"),
            models.Index(fields=["met", "id"], condition=SENT, name="application_sent_by_met"),
            models.Index(fields=["submitted_at", "id"], condition=SENT, name="application_sent_by_time"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("application", args=[self.reference])

    @property
    def program(self) -> Program:
        return self.window.program

    @cached_property
    def changes(self) -> "list[StatusChange]":
        """The history with its letters, the oldest change first, as it was when this object first asked."""
        return _CHANGES.rows(self.pk)

    def shown_status(self, at: datetime) -> tuple[str, str]:
        """The status for people, as (name, label): a draft left when its window closed is “not submitted”."""
        if self.status == Status.DRAFT and self.window.closes_at <= at:
            return "not_submitted", _("Not submitted")
        return self.status, Status(self.status).label

    def can_edit(self, at: datetime) -> bool:
        """Whether the working copy may be changed: until closing, by its candidate, before anybody reviews it.

        A draft stays writable after closing, so that a form posted too late gives its answers back.
        """
        if self.status == Status.DRAFT:
            return True
        return self.status in (Status.SUBMITTED, Status.WITHDRAWN) and at < self.window.closes_at


class OfficeChoice(models.Model):
    """One of the offices that a candidate would work at; position 1 is the first choice."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="office_choices", verbose_name=_("application")
    )
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("office"))
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("office choice")
        verbose_name_plural = _("office choices")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["application", "office"], name="an_office_is_chosen_once"),
            models.UniqueConstraint(fields=["application", "position"], name="one_office_per_position"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.office}"


class StatusChangeQuerySet(models.QuerySet):
    def stood(self) -> "StatusChangeQuerySet":
        """Without decisions taken back before their letter left: for the candidate those never happened."""
        return self.exclude(letter__status=Letter.Status.HELD_BACK)

    def told(self) -> "StatusChangeQuerySet":
        """With the letters, which say what the candidate knows (applications.seen), but for their texts."""
        return self.select_related("letter").defer("letter__body")


class StatusChange(models.Model):
    """Append-only: who moved an application from where to where, when and why."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="history", verbose_name=_("application")
    )
    from_status = models.CharField(_("from"), max_length=12, choices=Status)
    to_status = models.CharField(_("to"), max_length=12, choices=Status)
    action = models.CharField(_("action"), max_length=12)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("when"))
    why = models.TextField(_("internal note"), blank=True)
    reason = models.ForeignKey(
        "RejectionReason", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("reason")
    )
    letter = models.ForeignKey(Letter, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("letter"))

    objects = StatusChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("status change")
        verbose_name_plural = _("status changes")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.application}: {self.get_from_status_display()} → {self.get_to_status_display()}"


_CHANGES = Statement(lambda application: StatusChange.objects.filter(application=application).told())
