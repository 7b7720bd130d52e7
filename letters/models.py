"""What we write to people. A Letter is the text, its record and the job of delivering it, all in one row."""

from datetime import datetime
from typing import TypedDict

from django.conf import settings
from django.db import models
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Backlog(TypedDict):
    """How many letters wait to be sent now, since when the oldest of them does (None: nothing waits), how many wait for
    a time that has not come, and how many have failed.
    """

    waiting: int
    later: int
    oldest: datetime | None
    failed: int


class Progress(TypedDict):
    """How many letters wait for their time, when the first of them may leave (None: none waits), and how many are leaving
    now, were sent (one that a person sent again is among them), have failed and were held back.
    """

    later: int
    next_at: datetime | None
    leaving: int
    sent: int
    failed: int
    held_back: int


class LetterQuerySet(models.QuerySet):
    """Letters by what is to be done with them."""

    def waiting(self) -> "LetterQuerySet":
        """Not sent yet, now or later."""
        return self.filter(status=Letter.Status.QUEUED)

    def due(self, at: datetime) -> "LetterQuerySet":
        """To be sent now, and in no worker's hands: never claimed, or claimed by one that ended before it was done."""
        return self.waiting().filter(Q(claimed_until=None) | Q(claimed_until__lte=at), send_after__lte=at)

    def failed(self) -> "LetterQuerySet":
        """Given up, and not sent again: a person has to look."""
        return self.filter(status=Letter.Status.FAILED, copy=None)

    def known_to_addressee(self, at: datetime) -> "LetterQuerySet":
        """What its addressee may see: neither what was held back nor what waits for its time; once what was sent again.

        Letter.is_known_to_addressee() is the same rule for one that was not sent again.
        """
        return self.filter(copy=None).exclude(status=Letter.Status.HELD_BACK).exclude(_not_due_yet(at))

    def backlog(self, at: datetime | None = None) -> Backlog:
        """The depth and the age of the queue, at two small indexes. at: the time to go by (aware; now)."""
        later = _not_due_yet(at or timezone.now())
        queue = self.waiting().aggregate(
            waiting=Count("pk", filter=~later), later=Count("pk", filter=later), oldest=Min("created_at", filter=~later)
        )
        return {**queue, "failed": self.failed().count()}

    def progress(self, at: datetime | None = None) -> Progress:
        """How far these letters are, in one query. at: the time to go by (aware; now)."""
        later = _not_due_yet(at or timezone.now())
        queued, copied = Q(status=Letter.Status.QUEUED), Q(copy__isnull=False)
        return self.aggregate(
            later=Count("pk", filter=later),
            next_at=Min("send_after", filter=later),
            leaving=Count("pk", filter=queued & ~later),
            sent=Count("pk", filter=Q(status=Letter.Status.SENT) | copied),
            failed=Count("pk", filter=Q(status=Letter.Status.FAILED) & ~copied),
            held_back=Count("pk", filter=Q(status=Letter.Status.HELD_BACK)),
        )


def _not_due_yet(at: datetime) -> Q:
    """Letters that wait for their first time to be sent; Letter.is_not_due_yet() is the same rule for one.

    One that was tried waits for its next try, and is news no longer.
    """
    return Q(status=Letter.Status.QUEUED, tries=0, send_after__gt=at)


class Letter(models.Model):
    """A letter to one person.

    It is written in the transaction of what it tells (letters.services.write_letter), so that there is never one
    without the other; the worker delivers it (letters.delivery). Its text is never changed afterwards: it stays what
    the addressee got. Only the fields below the line belong to the delivery.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        HELD_BACK = "held_back", _("held back")

    addressee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("addressee"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="letters",
    )
    to = models.EmailField(_("to"), max_length=254)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    reply_to = models.EmailField(_("replies go to"), max_length=254, blank=True)
    unsubscribe_url = models.URLField(
        _("unsubscribe"),
        max_length=300,
        blank=True,
        help_text=_("Where one click ends letters like this one; mail programs show it as a button."),
    )
    about = models.CharField(
        _("about"),
        max_length=40,
        blank=True,
        db_index=True,
        help_text=_("The reference of what it concerns, an application's for one."),
    )
    kind = models.CharField(_("kind"), max_length=40)
    message_id = models.CharField(_("Message-ID"), max_length=320, unique=True, editable=False)
    created_at = models.DateTimeField(_("written"))
    copy_of = models.OneToOneField(
        "self",
        verbose_name=_("sent again from"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="copy",
    )
    # ---
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    send_after = models.DateTimeField(_("not before"))
    tries = models.PositiveIntegerField(_("tries"), default=0)
    claimed_until = models.DateTimeField(_("in delivery until"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=100, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        # Nobody adds, changes or deletes a letter by hand, so there are no permissions to.
        default_permissions = ("view",)
        permissions = [("retry_letter", _("Can try a failed letter again"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "sent", "failed", "held_back"]),
                name="letter_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False) | (~Q(status="sent") & Q(sent_at=None)),
                name="letter_is_sent_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(claimed_until=None) | Q(status="queued"),
                name="letter_in_delivery_is_waiting",
            ),
            models.CheckConstraint(condition=~Q(to=""), name="letter_has_an_address"),
        ]
        indexes = [
            # The worker asks for what is due every second: as small as the queue, however many letters were sent.
            models.Index(fields=["send_after"], condition=Q(status="queued"), name="letter_due"),
            models.Index(fields=["created_at"], condition=Q(status="failed"), name="letter_failed"),
        ]

    def __str__(self) -> str:
        return self.subject

    def is_known_to_addressee(self, at: datetime) -> bool:
        """Whether its addressee may see it, as LetterQuerySet.known_to_addressee() has it; but for what was sent again."""
        return self.status != self.Status.HELD_BACK and not self.is_not_due_yet(at)

    def is_not_due_yet(self, at: datetime) -> bool:
        """Whether it waits for its time, so that what it tells can still be taken back."""
        return self.status == self.Status.QUEUED and self.tries == 0 and self.send_after > at
