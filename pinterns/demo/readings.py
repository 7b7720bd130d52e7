"""What the demo's reviewers found: assignments, scores and comments, through the services and at the times of the lives."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from accounts.models import User
from applications.models import Application
from pinterns.demo.season import REVIEWERS
from programs.models import Membership
from reviews.assigning import assign
from reviews.models import HIGHEST, LOWEST, Assignment, Criterion, Review
from reviews.reviewing import hand_in, save_review

READERS = 2  # of an application
# Whoever signs in as the first reviewer finds something to do.
HAS_A_QUEUE = REVIEWERS[0][0]
# How good readers find those of each fate, on the scale of a score; others are in between.
FATES = {"offer": 3.4, "interview": 3.1, "waitlist": 2.9, "reject": 1.9}
ORDINARY = 2.6
# Some are on the waitlist because their readers are so far apart.
APART = 1.8
# Of applications that nobody has decided on, so many readers are done, and so many have begun.
DONE, BEGUN = 0.35, 0.25
COMMENTS = {
    "strong_yes": [
        "Own work with hard choices, well told. I would like to work with them.",
        "The best of my pile so far.",
    ],
    "yes": ["Solid, and they know where it is weak.", "Good work; the explanation could be shorter."],
    "no": ["Follows the tutorial closely. I miss a choice of their own.", "Much is promised, little is shown."],
    "strong_no": ["What is asked for is not there.", "I could not find own work in it."],
}


@dataclass(frozen=True)
class Opinion:
    """What one reader comes to think: `done` is whether the review is in; if not, it was begun at most (`scores`)."""

    scores: dict[int, int]
    done: bool
    comment: str = ""
    confidence: int | None = None
    recommendation: str = ""


def opinions(
    readers: list[str], criteria: list[Criterion], *, actions: list[str], finished: bool, rng: Random
) -> list[Opinion | None]:
    """What each of `readers` (addresses) finds in an application of which `actions` become; None: not opened yet.

    All are done when `finished`, else as far as people come; whoever is to be shown a queue has handed in none.
    """
    fate = next((action for action in FATES if action in actions), "")
    good = rng.gauss(FATES.get(fate, ORDINARY), 0.35)
    found = []
    for number, reader in enumerate(readers):
        chance = rng.random()
        done = finished or (chance < DONE and reader != HAS_A_QUEUE)
        bias = (0.5 - number) * APART if fate == "waitlist" else 0
        found.append(_opinion(criteria, good + bias, done, rng) if done or chance < DONE + BEGUN else None)
    return found


def _opinion(criteria: list[Criterion], good: float, done: bool, rng: Random) -> Opinion:
    scores = {criterion.pk: min(max(round(rng.gauss(good, 0.6)), LOWEST), HIGHEST) for criterion in criteria}
    if not done:
        return Opinion(dict(list(scores.items())[:1]), done)
    mean = sum(scores.values()) / len(scores)
    recommendation = list(Review.Recommendation)[min(int(mean + 0.4), HIGHEST) - 1].value
    return Opinion(scores, done, rng.choice(COMMENTS[recommendation]), rng.choice([2, 2, 3, 3, 1]), recommendation)


def read_at(at: datetime, until: datetime, rng: Random) -> datetime:
    """When somebody who got it at `at` had read it, before `until`."""
    return at + (until - at) * rng.uniform(0.1, 0.9)


def read(
    application: Application,
    *,
    actions: list[str],
    by: User,
    at: datetime,
    until: datetime,
    finished: bool,
    rng: Random,
) -> None:
    """Two of the program's panel get it at `at`; by `until` both are done, or as far as people come."""
    panel = User.objects.filter(
        memberships__program=application.program, memberships__role=Membership.Role.REVIEWER
    ).order_by("pk")
    criteria = list(Criterion.objects.active().filter(program=application.program))
    readers = rng.sample(list(panel), k=min(READERS, len(panel)))
    emails = [reader.email for reader in readers]
    found = opinions(emails, criteria, actions=actions, finished=finished, rng=rng)
    for reader, opinion in zip(readers, found, strict=True):
        assignment = assign(application=application, reviewer=reader, by=by, at=at)
        if opinion:
            _write(assignment, opinion, at=read_at(at, until, rng))


def _write(assignment: Assignment, opinion: Opinion, *, at: datetime) -> None:
    save_review(
        assignment=assignment,
        scores=opinion.scores,
        comment=opinion.comment,
        confidence=opinion.confidence,
        recommendation=opinion.recommendation,
        by=assignment.reviewer,
        at=at - timedelta(minutes=8),
    )
    if opinion.done:
        hand_in(assignment=assignment, by=assignment.reviewer, at=at)
