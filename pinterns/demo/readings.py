"""What the demo's reviewers found: assignments, scores and comments, through the services and at the times of the lives."""

from datetime import datetime, timedelta
from random import Random

from accounts.models import User
from applications.models import Application
from programs.models import Membership
from reviews.assigning import assign
from reviews.models import HIGHEST, LOWEST, Assignment, Criterion, Review
from reviews.reviewing import hand_in, save_review

# How good readers find those of each fate, on the scale of a score; others are in between.
FATES = {"offer": 3.4, "interview": 3.1, "waitlist": 2.9, "reject": 1.9}
ORDINARY = 2.6
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


def read(
    application: Application, *, fate: str, by: User, at: datetime, until: datetime, finished: bool, rng: Random
) -> None:
    """Two of the program's panel get it at `at`; by `until` both are done, or as far as people come."""
    panel = User.objects.filter(
        memberships__program=application.program, memberships__role=Membership.Role.REVIEWER
    ).order_by("pk")
    good = rng.gauss(FATES.get(fate, ORDINARY), 0.35)
    for reviewer in rng.sample(list(panel), k=min(2, len(panel))):
        assignment = assign(application=application, reviewer=reviewer, by=by, at=at)
        chance = rng.random()
        if finished or chance < DONE + BEGUN:
            _score(assignment, good, finished or chance < DONE, at + (until - at) * rng.uniform(0.1, 0.9), rng)


def _score(assignment: Assignment, good: float, done: bool, at: datetime, rng: Random) -> None:
    criteria = list(Criterion.objects.active().filter(program=assignment.application.program))
    scores = {criterion.pk: min(max(round(rng.gauss(good, 0.6)), LOWEST), HIGHEST) for criterion in criteria}
    if not done:
        scores = dict(list(scores.items())[:1])
    mean = sum(scores.values()) / len(scores)
    recommendation = list(Review.Recommendation)[min(int(mean + 0.4), HIGHEST) - 1]
    save_review(
        assignment=assignment,
        scores=scores,
        comment=rng.choice(COMMENTS[recommendation]) if done else "",
        confidence=rng.choice([2, 2, 3, 3, 1]) if done else None,
        recommendation=recommendation if done else "",
        by=assignment.reviewer,
        at=at - timedelta(minutes=8),
    )
    if done:
        hand_in(assignment=assignment, by=assignment.reviewer, at=at)
