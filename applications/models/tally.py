"""The kept figures of a window: what home and reports tell without counting rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from programs.models import Window


class Tally(models.Model):
    """So many more, or fewer, of something in a window. A figure is the sum of its rows; applications.tallies has the rules.

    Rows are only ever added: whoever counts waits for nobody, and a rollback takes its rows along. The worker folds those
    of one figure into one.
    """

    class What(models.TextChoices):
        """What is counted, and what `name` and `value` say of it."""

        NOW = "now", _("applications with this status")  # name: the status
        REACHED = "reached", _("applications that ever had it")  # name: the status
        STAYED = "stayed", _("stays that ended")  # name: the status, value: tenths of a day
        SENT = "sent", _("first sendings")  # value: the quarter of an hour, from the epoch
        REJECTED = "rejected", _("rejections that stand")  # name: the id of the reason, "" where none was given
        FIRST = "first", _("first choices of an office")  # name: the office's id
        NAMED = "named", _("choices of an office")  # name: the office's id
        READ_BY = "read_by", _("early applications with so many readers")  # name: how many, from 1 on
        RANKED = "ranked", _("applications that somebody was given to read")  # name: the status
        SCORED = "scored", _("applications with a review")  # name: the status
        # Of reviews; the name is the reader's id.
        ASSIGNED = "assigned", _("applications given to a reader")
        RECUSED = "recused", _("applications that a reader left")
        WAITING = "waiting", _("reviews that are waited for")
        HANDED_IN = "handed_in", _("reviews handed in")  # value: the day (UTC), from the epoch
        READ_FOR = "read_for", _("reviews that took so long")  # value: tenths of a day
        COMPARED = "compared", _("reviews that others stand beside")
        OWN_SCORES = "own", _("their scores")  # number: hundredths
        PANEL_SCORES = "panel", _("scores of their panels")  # number: hundredths

    # No constraint in the database: for each row it would lock that of the window, for which everybody who sends waits.
    window = models.ForeignKey(
        Window,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("window"),
    )
    what = models.CharField(_("what"), max_length=10, choices=What)
    name = models.CharField(_("of which"), max_length=20, blank=True)
    value = models.IntegerField(_("value"), default=0)
    number = models.IntegerField(_("number"))

    class Meta:
        verbose_name = _("kept figure")
        verbose_name_plural = _("kept figures")
        default_permissions = ()
        indexes = [models.Index(fields=["window", "what", "value"], name="tally_by_window")]

    def __str__(self) -> str:
        return f"{self.window_id}, {self.what} {self.name} {self.value}: {self.number:+}"
