"""What was sent: answers and files."""

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.inspect_file import MOST_TEXT
from applications.models.application import Application
from letters.retries import MOST_TRIES
from programs import kinds
from programs.models import Requirement


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
    pages_made_at = models.DateTimeField(
        _("page images made"), null=True, help_text=_("Empty: there are none, or the worker has still to make them.")
    )
    pages_tries = models.PositiveSmallIntegerField(_("tries of making page images"), default=0, db_default=0)
    pages_after = models.DateTimeField(
        _("next try of making page images"), null=True, help_text=_("Empty: none are wanted, or they are made.")
    )

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
        # The worker asks every second, and of all that there ever were nearly none is left to do.
        indexes = [
            models.Index(
                fields=["-id"], condition=Q(pages_made_at=None, pages_after__isnull=False), name="document_pages_wanted"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("document", args=[self.public_id])

    @property
    def pages_failed(self) -> bool:
        """Whether its pages were given up: an error of ours stood in the way, and a recruiter can have it tried again."""
        return self.pages_made_at is not None and self.pages_tries >= MOST_TRIES

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


class DocumentText(models.Model):
    """What is written in a document, as far as it can be read; empty for a picture or a scan.

    In a table of its own, so that no query for documents loads it: only its candidate's own pages read it.
    """

    document = models.OneToOneField(
        Document, on_delete=models.CASCADE, related_name="written", verbose_name=_("document")
    )
    text = models.TextField(_("text"), blank=True, max_length=MOST_TEXT)

    class Meta:
        verbose_name = _("text of a document")
        verbose_name_plural = _("texts of documents")

    def __str__(self) -> str:
        return f"{self.document_id}"


def page_image_path(image: "PageImage", name: str) -> str:
    """Beside no other file, under a random name: it tells neither whose it is nor which document it shows."""
    return f"pages/{timezone.now():%Y/%m/%d}/{uuid.uuid4().hex}.jpg"


class PageImage(models.Model):
    """One page of a document as a picture; `blind` has name, address, phone and links blacked out."""

    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, related_name="page_images", verbose_name=_("document")
    )
    number = models.PositiveSmallIntegerField(_("page"))
    blind = models.BooleanField(_("blacked out"))
    file = models.FileField(_("file"), upload_to=page_image_path, max_length=200)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))

    class Meta:
        verbose_name = _("page image")
        verbose_name_plural = _("page images")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number", "blind"], name="one_image_per_page_and_reading"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}, {self.number}"


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
    # The same for a blind reader: written with the answer, so that no page of theirs has to load identity to hide it.
    blind_lines = models.JSONField(_("what was answered, without identity"), default=list)
    blind_reason = models.TextField(_("verdict, without identity"), blank=True)
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
