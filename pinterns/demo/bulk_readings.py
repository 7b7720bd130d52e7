"""The reviews of the bulk as rows: who was given which application, what each found, and the standing that follows."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random

from pinterns.demo.lives import Life
from pinterns.demo.readings import READERS, Opinion, opinions, read_at
from pinterns.demo.table import Table
from programs.models import Membership, Window
from reviews.models import Assignment, Criterion, Review, Score, Standing
from reviews.reviewing import weighted_mean
from reviews.standings import figures


@dataclass(frozen=True)
class Reading:
    """One reader's share of an application. `overall` is None until the review is in, `opinion` until it is begun."""

    application: int
    reader: int
    given_at: datetime
    read_at: datetime
    revision: int
    opinion: Opinion | None
    overall: Decimal | None

    @property
    def is_in(self) -> bool:
        return self.overall is not None


class BulkReadings:
    """Collects the readings of a batch of applications, and writes them at once."""

    def __init__(self, *, recruiter: int, at: datetime) -> None:
        self.recruiter, self.at = recruiter, at
        self.assignments, self.reviews = Table(Assignment, with_key=True), Table(Review, with_key=True)
        self.scores, self.standings = Table(Score), Table(Standing, with_key=True)
        self.panels: dict[int, list[tuple[int, str]]] = defaultdict(list)
        readers = Membership.objects.filter(role=Membership.Role.REVIEWER).order_by("user")
        for program, user, email in readers.values_list("program", "user", "user__email"):
            self.panels[program].append((user, email))
        self.criteria: dict[int, list[Criterion]] = defaultdict(list)
        for criterion in Criterion.objects.active():
            self.criteria[criterion.program_id].append(criterion)
        self.readings: list[Reading] = []
        self.ranked: list[list] = []

    def add(self, application: int, window: Window, life: Life, rng: Random) -> None:
        """What became of one application, from the beginning of its review on; nothing where there was none."""
        actions = [step.action for step in life.steps]
        panel, criteria = self.panels[window.program_id], self.criteria[window.program_id]
        if "review" not in actions or not panel or not criteria:
            return
        number = actions.index("review")
        at, later = life.steps[number].at, life.steps[number + 1 :]
        readers = rng.sample(panel, k=min(READERS, len(panel)))
        emails = [email for _user, email in readers]
        found = opinions(emails, criteria, actions=actions, finished=bool(later), rng=rng)
        readings = [
            Reading(
                application=application,
                reader=user,
                given_at=at,
                read_at=read_at(at, later[0].at if later else self.at, rng),
                revision=actions.count("submit") + actions.count("change"),
                opinion=opinion,
                overall=weighted_mean(criteria, opinion.scores) if opinion and opinion.done else None,
            )
            for (user, _email), opinion in zip(readers, found, strict=True)
        ]
        self.readings += readings
        standing = figures(readings, readings)
        self.ranked.append(self.standings.row(application_id=application, window_id=window.pk, **standing))

    def write(self) -> None:
        """Writes what was collected; call it in the transaction that has written the applications."""
        keys = zip(self.readings, self.assignments.new_keys(len(self.readings)), strict=True)
        given = [(reading, reading.opinion, key) for reading, key in keys]
        begun = [(reading, opinion, key) for reading, opinion, key in given if opinion]
        self.assignments.insert(self._assignment(reading, key) for reading, _opinion, key in given)
        reviews, scores = [], []
        for (reading, opinion, assignment), key in zip(begun, self.reviews.new_keys(len(begun)), strict=True):
            reviews.append(self._review(reading, opinion, assignment, key))
            for criterion, value in opinion.scores.items():
                scores.append(self.scores.row(review_id=key, criterion_id=criterion, value=value))
        self.reviews.insert(reviews)
        self.scores.insert(scores)
        self.standings.insert(self.ranked)
        self.readings, self.ranked = [], []

    def _assignment(self, reading: Reading, key: int) -> list:
        return self.assignments.row(
            id=key,
            application_id=reading.application,
            reviewer_id=reading.reader,
            assigned_at=reading.given_at,
            assigned_by_id=self.recruiter,
            handed_in_at=reading.read_at if reading.is_in else None,
        )

    def _review(self, reading: Reading, opinion: Opinion, assignment: int, key: int) -> list:
        return self.reviews.row(
            id=key,
            assignment_id=assignment,
            comment=opinion.comment,
            confidence=opinion.confidence,
            recommendation=opinion.recommendation,
            saved_at=reading.read_at,
            submitted_at=reading.read_at if reading.is_in else None,
            revision=reading.revision if reading.is_in else None,
            overall=reading.overall,
        )
