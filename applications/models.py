"""What a candidate sends: one entry to one window, its answers, documents and history."""

import secrets
import uuid
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.workflow import Status
from letters.models import Letter
from programs import kinds
from programs.models import Office, Program, Requirement, Window

_UNMISTAKABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """A name for an application that is short enough to read out on the phone: “K7QF-2MXD”."""
    letters = "".join(secrets.choice(_UNMISTAKABLE) for _position in range(8))
    return f"{letters[:4]}-{letters[4:]}"


class ApplicationQuerySet(models.QuerySet):
    def of(self, candidate) -> "ApplicationQuerySet":
        """What `candidate` has begun or sent: everything that they may see."""
        return self.filter(candidate=candidate).select_related("window__program")

    def sent(self) -> "ApplicationQuerySet":
        """What was sent at least once; drafts are the candidate's own business."""
        return self.exclude(status=Status.DRAFT)


class Application(models.Model):
    """One candidate's entry to one window, ever; from draft to decision."""

    candidate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="applications", verbose_name=_("candidate")
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
    sent = models.JSONField(_("draft as last sent"), null=True, editable=False)
    revision = models.PositiveIntegerField(_("times sent"), default=0, editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)

    full_name = models.CharField(_("name"), max_length=200, blank=True, editable=False)
    phone = models.CharField(_("phone"), max_length=40, blank=True, editable=False)
    links = models.JSONField(_("links"), default=list, editable=False)
    work_authorisation = models.JSONField(_("work authorisation"), default=dict, editable=False)

    asked = models.PositiveSmallIntegerField(_("requirements asked"), default=0, editable=False)
    met = models.PositiveSmallIntegerField(_("requirements met"), default=0, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "window"], name="one_application_per_candidate_and_window"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="application_status_is_known"),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT, submitted_at=None, revision=0)
                | (~Q(status=Status.DRAFT) & Q(submitted_at__isnull=False, revision__gte=1)),
                name="application_is_a_draft_or_was_sent",
            ),
            models.CheckConstraint(
                condition=Q(met__lte=models.F("asked")), name="application_meets_no_more_than_asked"
            ),
        ]
        indexes = [
            models.Index(fields=["window", "status", "-submitted_at"], name="application_by_window"),
            models.Index(fields=["status", "-submitted_at"], name="application_by_status"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("application", args=[self.reference])

    @property
    def program(self) -> Program:
        return self.window.program

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


def document_path(document: "Document", name: str) -> str:
    """Where a file lies: by day, so that the sweep looks at few folders; under a random name, never the sender's."""
    suffix = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}[document.content_type]
    return f"documents/{timezone.now():%Y/%m/%d}/{uuid.uuid4().hex}.{suffix}"


class Document(models.Model):
    """An uploaded file. It belongs to the draft, to a sent answer, or to both; what belongs to neither is swept."""

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="documents", verbose_name=_("application")
    )
    requirement = models.ForeignKey(
        Requirement, on_delete=models.PROTECT, related_name="+", verbose_name=_("requirement")
    )
    file = models.FileField(_("file"), upload_to=document_path, max_length=200)
    name = models.CharField(_("name"), max_length=100)
    content_type = models.CharField(_("type"), max_length=50)
    size = models.PositiveIntegerField(_("bytes"))
    pages = models.PositiveIntegerField(_("pages"), null=True)
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    in_draft = models.BooleanField(_("part of the draft"), default=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "requirement"],
                condition=Q(in_draft=True),
                name="one_draft_document_per_requirement",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("document", args=[self.public_id])

    @property
    def facts(self) -> dict:
        """What a document requirement judges, and an answer keeps."""
        return {
            "id": str(self.public_id),
            "name": self.name,
            "content_type": self.content_type,
            "size": self.size,
            "pages": self.pages,
            "sha256": self.sha256,
        }


class Answer(models.Model):
    """What was sent for one requirement, with the wording asked, the rule and the verdict at that moment."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="answers", verbose_name=_("application")
    )
    requirement = models.ForeignKey(
        Requirement, on_delete=models.PROTECT, related_name="answers", verbose_name=_("requirement")
    )
    title = models.CharField(_("title"), max_length=100)
    asked = models.TextField(_("what was asked"))
    kind = models.CharField(_("kind"), max_length=20)
    parameters = models.JSONField(_("rule"))
    mandatory = models.BooleanField(_("mandatory"))
    position = models.PositiveSmallIntegerField(_("position"))
    given = models.JSONField(_("what was answered"))
    met = models.BooleanField(_("met"))
    reason = models.TextField(_("verdict"))
    document = models.ForeignKey(
        Document, null=True, on_delete=models.PROTECT, related_name="answers", verbose_name=_("document")
    )

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "requirement"], name="one_answer_per_requirement")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def lines(self) -> list[str]:
        """What was answered, for people to read, by the rule of that moment."""
        return kinds.get(self.kind)(self.parameters, title=self.title).lines(self.given)


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
    letter = models.ForeignKey(Letter, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("letter"))

    class Meta:
        verbose_name = _("status change")
        verbose_name_plural = _("status changes")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.application}: {self.get_from_status_display()} → {self.get_to_status_display()}"


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
        return datetime.combine(self.answer_by + timedelta(days=1), time.min, tzinfo=ZoneInfo(self.office.time_zone))
