"""Whatever reviewers, recruiters and candidates do, in whatever order: the kept figures equal a recount."""

from collections import Counter
from random import Random

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F

from applications import workflow
from applications.decisions import decide
from applications.drafts import NotEditable, save_draft
from applications.models import Application
from applications.services import NotSent, submit, withdraw
from programs.listed import remove_listed
from programs.models import Membership, Window
from programs.roles import grant
from reviews import assigning, reviewing, rubric, standings
from reviews.models import Assignment, Conflict, Criterion, Review, Standing
from reviews.ranking import NOT_READ, Counts, counts
from tests.applications.decided import INTERVIEW, offer_terms
from tests.factories import draft_for, make_application, make_program, make_recruiter, make_reviewer, make_window
from tests.reviews.desk import make_criterion

pytestmark = pytest.mark.django_db
STEPS = 250
REFUSED = (ValidationError, reviewing.NotTaken, workflow.TransitionError, NotEditable, NotSent)


class Office:
    """One window with its people, each of whom does something by chance. What a service refuses counts as done."""

    def __init__(self, seed: int) -> None:
        self.chance, self.done = Random(seed), Counter()
        program = make_program()
        for title in ("Craft", "Care"):
            make_criterion(program, title)
        self.window = make_window(program, reviews_needed=2)
        self.recruiter = make_recruiter(program)
        self.panel = [make_reviewer(program) for _number in range(6)]
        self.applications = [make_application(self.window).pk for _number in range(12)]

    def step(self) -> None:
        # What is done most days comes up most often.
        often = [self.save, self.hand_in] * 10 + [self.assign, self.spread, self.decide, self.leave_or_come] * 2
        deed = self.chance.choice([*often, self.recuse, self.declare, self.withdraw, self.send_again, self.rubric])
        try:
            deed()
            self.done[deed.__name__] += 1
        except REFUSED:
            self.done["refused"] += 1

    def _application(self) -> Application:
        return Application.objects.get(pk=self.chance.choice(self.applications))

    def _assignment(self) -> Assignment:
        given = Assignment.objects.select_related("reviewer").order_by("pk")
        if not given:
            raise reviewing.NotTaken("Nothing is given out.")
        return self.chance.choice(list(given))

    def assign(self) -> None:
        assigning.assign(application=self._application(), reviewer=self.chance.choice(self.panel), by=self.recruiter)

    def spread(self) -> None:
        assigning.spread(window=self.window, by=self.recruiter)

    def save(self) -> None:
        assignment = self._assignment()
        scores = {criterion.pk: self.chance.randint(1, 4) for criterion in reviewing.criteria_of(assignment)}
        facts = {"comment": "", "confidence": 2, "recommendation": "yes"}
        reviewing.save_review(assignment=assignment, scores=scores, by=assignment.reviewer, **facts)

    def hand_in(self) -> None:
        assignment = self._assignment()
        reviewing.hand_in(assignment=assignment, by=assignment.reviewer)

    def recuse(self) -> None:
        assignment = self._assignment()
        reviewing.recuse(assignment=assignment, reason="I know them.", by=assignment.reviewer)

    def declare(self) -> None:
        assigning.declare_conflict(
            reviewer=self.chance.choice(self.panel), email=self._application().candidate.email, reason="A friend"
        )

    def withdraw(self) -> None:
        withdraw(application=self._application())

    def send_again(self) -> None:
        editable = Application.objects.filter(status__in=["submitted", "withdrawn"]).order_by("pk")
        application = self.chance.choice(list(editable) or [self._application()])
        draft = draft_for(self.window)
        application = save_draft(candidate=application.candidate, window=self.window, draft=draft)
        submit(application=application, revision=application.revision)

    def decide(self) -> None:
        application = self._application()
        action = self.chance.choice(["review", "interview", "offer", "waitlist", "reject", *["return"] * 4])
        decide(
            application=application,
            action=action,
            by=self.recruiter,
            note="Why",
            seen_status=application.status,
            terms=offer_terms(self.window) if action == "offer" else None,
            interview=INTERVIEW if action == "interview" else None,
        )

    def rubric(self) -> None:
        criterion = self.chance.choice(list(Criterion.objects.order_by("pk")))
        if criterion.retired_at:
            criterion.retired_at = None
            rubric.save_criterion(criterion=criterion)
        else:
            remove_listed(row=criterion)
        if not Criterion.objects.active().exists():
            make_criterion(self.window.program, "Another")

    def leave_or_come(self) -> None:
        person, program = self.chance.choice(self.panel), self.window.program
        role = Membership.Role.REVIEWER
        if not program.memberships.filter(user=person).delete()[0]:
            grant(user=person, program=program, role=role)


def wrong() -> list[str]:
    """Every kept figure that a recount does not find, and whatever counts and must not."""
    found = []
    for application in Application.objects.all():
        active = list(Assignment.objects.filter(application=application, recused_at=None))
        reviews = list(Review.objects.filter(assignment__in=active))
        expected = standings.figures(active, reviews)
        kept = Standing.objects.filter(application=application).first()
        given = application.assignments.exists()
        if kept is None:
            found += [f"{application}: no standing"] if given else []
        elif {name: getattr(kept, name) for name in expected} != expected:
            found.append(f"{application}: {expected}")
    for window in Window.objects.all():
        ranked = Counter(Standing.objects.filter(window=window).values_list("application__status", flat=True))
        unread = Application.objects.filter(window=window, status__in=NOT_READ).exclude(standing__score__isnull=False)
        if counts(window) != Counts(statuses=dict(ranked), not_read=unread.count()):
            found.append(f"{window}: {counts(window)}, and there are {ranked}, {unread.count()} of them not read")
    for review in Review.objects.filter(submitted_at__isnull=False).prefetch_related("scores__criterion"):
        scores = {score.criterion_id: score.value for score in review.scores.all()}
        criteria = [score.criterion for score in review.scores.all()]
        if review.overall != reviewing.weighted_mean(criteria, scores):
            found.append(f"{review}: overall {review.overall} of {scores}")
    for assignment in Assignment.objects.exclude(handed_in_at=F("review__submitted_at")).select_related("review"):
        if assignment.handed_in_at or (hasattr(assignment, "review") and assignment.review.is_in):
            found.append(f"{assignment}: handed in at {assignment.handed_in_at}")
    void = Assignment.objects.filter(is_untold=True, review__submitted_at__isnull=False)
    found += [f"{assignment}: counts in spite of a conflict" for assignment in void]
    for conflict in Conflict.objects.all():
        theirs = Assignment.objects.active().waiting().filter(reviewer=conflict.reviewer)
        found += [f"{row}: in conflict" for row in theirs.filter(application__candidate__email=conflict.email)]
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_anything_that_is_done_the_figures_equal_a_recount(seed):
    office = Office(seed)
    for number in range(STEPS):
        office.step()
        if number % 25 == 0:
            assert wrong() == [], (number, office.done)
    assert wrong() == []
    # Who is given what depends on primary keys, too, which PostgreSQL never gives twice: so not each run does each deed.
    assert len(office.done) >= 10, office.done
    assert office.done["hand_in"] >= 3


def test_control_a_service_that_forgets_the_figures_is_found(monkeypatch):
    monkeypatch.setattr(standings, "refresh", lambda application: None)
    office = Office(1)
    for _number in range(100):
        office.step()
    assert wrong() != []
