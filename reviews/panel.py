"""Who may read what: the panel of a program, what bars a reviewer from an application, and a plan of who gets which.

Nothing is written here; reviews/assigning.py does that.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from applications.models import Application
from applications.workflow import Status
from programs.models import Membership, Window
from reviews.models import Assignment, AssignmentQuerySet, Conflict

# While an application is one of these it can be given to readers, and what they find still matters.
READABLE = (Status.SUBMITTED, Status.IN_REVIEW, Status.INTERVIEW)
SPREAD = (Status.SUBMITTED, Status.IN_REVIEW)  # what gets its readers by itself
_LIGHT = (
    "status",
    "revision",
    "submitted_at",
    "reference",
    "window",
    "candidate__email",
)  # a window has thousands of these


@dataclass
class Panel:
    """The reviewers of a program with what each has to read, and whom each may not.

    `load` counts the reviews that somebody still has to write, in all windows; `here` all that they were given in one.
    """

    members: list[User]
    conflicts: dict[str, set[int]]  # reviewers by the address that they declared
    stepped_back: dict[int, set[int]]  # reviewers by the candidate
    load: Counter
    here: Counter

    def barred(self, application: Application) -> set[int]:
        """Whom a conflict of interest, declared or told by stepping back, keeps from the application; its own candidate too."""
        declared = self.conflicts.get(application.candidate.email, set())
        return declared | self.stepped_back.get(application.candidate_id, set()) | {application.candidate_id}

    def eligible(self, application: Application, readers: set[int]) -> list[User]:
        """Who could still be given the application, the least loaded first. `readers` are those who were given it.

        Among equals the order differs from one application to the next, so that the same two do not always read together.
        """
        out = readers | self.barred(application)
        return sorted(
            (member for member in self.members if member.pk not in out),
            key=lambda member: (
                self.load[member.pk],
                self.here[member.pk],
                crc32(f"{application.pk} {member.pk}".encode()),
                member.pk,
            ),
        )

    def give(self, member: User) -> None:
        """Counts one more review to write for `member`."""
        self.load[member.pk] += 1
        self.here[member.pk] += 1

    def why_nobody(self, application: Application, readers: set[int]) -> str:
        """The sentence for an application for which nobody is left."""
        if not self.members:
            return _("Nobody is on the panel of this program. An administrator gives people the role of a reviewer.")
        members = {member.pk for member in self.members}
        barred = members & self.barred(application)
        reading = (members & readers) - barred
        parts = []
        if reading:
            parts.append(
                ngettext("%(count)d of the panel reads it", "%(count)d of the panel read it", len(reading))
                % {"count": len(reading)}
            )
        if barred:
            parts.append(
                ngettext(
                    "%(count)d has a conflict of interest or has stepped back",
                    "%(count)d have a conflict of interest or have stepped back",
                    len(barred),
                )
                % {"count": len(barred)}
            )
        return _("Nobody is left: %(why)s.") % {"why": ", ".join(parts)}


def panel_of(window: Window) -> Panel:
    """The panel of the window's program as it is now, in a fixed number of queries."""
    members = list(
        User.objects.filter(
            is_active=True,
            is_staff=True,
            memberships__program=window.program_id,
            memberships__role=Membership.Role.REVIEWER,
        ).order_by("pk")
    )
    given = Assignment.objects.filter(reviewer__in=members)
    to_write = given.active().waiting().filter(application__status__in=READABLE)
    here = given.active().filter(application__window=window)
    declared = Conflict.objects.filter(reviewer__in=members)
    return Panel(
        members=members,
        conflicts=_grouped(declared.values_list("email", "reviewer")),
        stepped_back=_grouped(given.filter(recused_at__isnull=False).values_list("application__candidate", "reviewer")),
        load=_counted(to_write),
        here=_counted(here),
    )


def _counted(assignments: AssignmentQuerySet) -> Counter:
    """How many of `assignments` each reviewer has, by their id."""
    return Counter(dict(assignments.order_by().values_list("reviewer").annotate(Count("pk"))))


def _grouped(pairs: Iterable[tuple]) -> dict:
    """The second parts of `pairs` by the first."""
    found = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return found


@dataclass
class Readers:
    """Who was given one application: all of them, and those who have written their review or still can."""

    given: set[int]
    counting: set[int]


def readers_of(assignments: AssignmentQuerySet, panel: Panel) -> dict[int, Readers]:
    """The readers of each application that `assignments` are of, by its id; one query.

    Whoever has left the panel counts only with a review that is in: they see the application no more.
    """
    found: dict[int, Readers] = defaultdict(lambda: Readers(set(), set()))
    on_panel = {member.pk for member in panel.members}
    for application, reviewer, recused_at, handed_in in assignments.order_by().values_list(
        "application", "reviewer", "recused_at", "handed_in_at"
    ):
        found[application].given.add(reviewer)
        if recused_at is None and (handed_in or reviewer in on_panel):
            found[application].counting.add(reviewer)
    return found


@dataclass(frozen=True)
class Lacking:
    """An application that stays without enough readers: how many are missing, and why."""

    application: Application
    missing: int
    why: str


@dataclass(frozen=True)
class Plan:
    """Who would be given which application, and which applications nobody is left for."""

    given: list[tuple[Application, User]]
    lacking: list[Lacking]

    @property
    def applications(self) -> int:
        """How many applications get a reader."""
        return len({application.pk for application, _member in self.given})


def to_spread(window: Window) -> QuerySet:
    """The applications of `window` that get readers by themselves, light enough for thousands."""
    return (
        Application.objects.filter(window=window, status__in=SPREAD)
        .select_related("candidate")
        .only(*_LIGHT)
        .order_by("pk")
    )


def plan(window: Window, applications: list[Application], panel: Panel) -> Plan:
    """Gives each of `applications`, as to_spread() finds them, the readers it lacks, the least loaded first.

    `panel` counts them as it goes.
    """
    # Those of the others, of which a window has thousands when it is decided, tell nothing here.
    of_these = Assignment.objects.filter(application__window=window, application__status__in=SPREAD)
    readers = readers_of(of_these, panel)
    given: list[tuple[Application, User]] = []
    lacking: list[Lacking] = []
    for application in applications:
        own = readers[application.pk]
        missing = window.reviews_needed - len(own.counting)
        if missing <= 0:
            continue
        for member in panel.eligible(application, own.given)[:missing]:
            given.append((application, member))
            own.given.add(member.pk)
            panel.give(member)
            missing -= 1
        if missing:
            lacking.append(Lacking(application, missing, panel.why_nobody(application, own.given)))
    return Plan(given, lacking)
