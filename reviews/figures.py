"""What the panel's page tells of a window: how far its reviews are, and how much each reviewer has and does."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q

from accounts.models import User
from applications.models import Application
from programs.models import Window
from reviews.models import Assignment
from reviews.panel import READABLE, Panel

PACE = timedelta(days=7)


@dataclass(frozen=True)
class Member:
    """One reviewer in one window; `elsewhere` are reviews that they have still to write for other windows."""

    user: User
    on_panel: bool
    waiting: int
    handed_in: int
    recused: int
    lately: int
    last_active: datetime | None
    elsewhere: int


def members(window: Window, panel: Panel, *, at: datetime) -> list[Member]:
    """The panel and whoever has read in this window before, in two queries; `lately` is the last 7 days before `at`."""
    active, handed_in = Q(recused_at=None), Q(handed_in_at__isnull=False)
    rows = Assignment.objects.filter(application__window=window).order_by().values("reviewer")
    counted = {
        row["reviewer"]: row
        for row in rows.annotate(
            waiting=Count("pk", filter=active & ~handed_in & Q(application__status__in=READABLE)),
            handed_in=Count("pk", filter=active & handed_in),
            recused=Count("pk", filter=~active),
            lately=Count("pk", filter=active & Q(handed_in_at__gt=at - PACE)),
            last_active=Max("review__saved_at"),
        )
    }
    left = User.objects.filter(pk__in=counted.keys() - {user.pk for user in panel.members}).order_by("pk")
    nothing = {"waiting": 0, "handed_in": 0, "recused": 0, "lately": 0, "last_active": None}
    found = []
    for users, on_panel in ((panel.members, True), (left, False)):
        for user in users:
            row = {name: counted.get(user.pk, nothing)[name] for name in nothing}
            elsewhere = panel.load[user.pk] - row["waiting"] if on_panel else 0
            found.append(Member(user=user, on_panel=on_panel, elsewhere=elsewhere, **row))
    return found


@dataclass(frozen=True)
class Step:
    """How many applications have so many of the reviews that they need; the last step counts those with more, too."""

    done: int
    applications: int


def progress(window: Window) -> list[Step]:
    """Where the applications that are being read stand, from none of their reviews to all of them; one query."""
    counts = [0] * (window.reviews_needed + 1)
    rows = Application.objects.filter(window=window, status__in=READABLE).order_by().values("standing__done")
    for row in rows.annotate(number=Count("pk")):
        counts[min(row["standing__done"] or 0, window.reviews_needed)] += row["number"]
    return [Step(done, number) for done, number in enumerate(counts)]
