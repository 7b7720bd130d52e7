"""What reviews add to the kept figures (applications.tallies): who was given how much, and what came of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from applications import tallies
from applications.models import Application, Tally
from applications.tallies import Judge, Key
from applications.workflow import UNDECIDED
from programs.models import Window
from reviews.models import Assignment
from reviews.panel import SPREAD
from reviews.standings import figures

What = Tally.What
_FACTS = ("application", "reviewer", "assigned_at", "recused_at", "review__submitted_at", "review__overall")


def judges(applications: Sequence[int]) -> dict[int, Judge]:
    """contribution() of each of these applications (ids) that somebody was given; one query."""
    found: dict[int, list[Assignment]] = defaultdict(list)
    rows = Assignment.objects.filter(application__in=applications).select_related("review")
    for assignment in rows.only(*_FACTS):
        found[assignment.application_id].append(assignment)
    return {application: partial(contribution, assignments) for application, assignments in found.items()}


def contribution(assignments: Sequence[Assignment], status: str) -> Counter[Key]:
    """What the readers of one application that has this status add to the figures of its window; it has some, or had."""
    active = [assignment for assignment in assignments if assignment.recused_at is None]
    reviews = [assignment.review for assignment in active if hasattr(assignment, "review")]
    standing = figures(active, reviews)
    counted: Counter[Key] = Counter({(What.RANKED, status, 0): 1})
    counted[What.SCORED, status, 0] = int(standing["done"] > 0)
    if active and status in SPREAD:
        counted[What.READ_BY, str(len(active)), 0] = 1
    for assignment in assignments:
        reader = str(assignment.reviewer_id)
        if assignment.recused_at:
            counted[What.RECUSED, reader, 0] += 1
            continue
        counted[What.ASSIGNED, reader, 0] += 1
        review = getattr(assignment, "review", None)
        if review is None or not review.is_in:
            counted[What.WAITING, reader, 0] += status in UNDECIDED
            continue
        counted[What.HANDED_IN, reader, tallies.day_number(review.submitted_at)] += 1
        counted[What.READ_FOR, reader, tallies.tenths(review.submitted_at - assignment.assigned_at)] += 1
        if standing["done"] > 1:
            counted[What.COMPARED, reader, 0] += 1
            counted[What.OWN_SCORES, reader, 0] += round(100 * review.overall)
            counted[What.PANEL_SCORES, reader, 0] += round(100 * standing["score"])
    return counted


@contextmanager
def counting(*applications: Application) -> Iterator[None]:
    """Counts what the block changes in the assignments and reviews of `applications`, whose rows the caller has locked.

    Not around a change of status, which counts by itself.
    """
    pks = [application.pk for application in applications]
    before = judges(pks)
    yield
    after = judges(pks)
    moved: dict[int, Counter[Key]] = defaultdict(Counter)
    for application in applications:
        if application.pk in after:
            moved[application.window_id].update(after[application.pk](application.status))
        if application.pk in before:
            moved[application.window_id].subtract(before[application.pk](application.status))
    tallies.add(moved)


def lacking_readers(windows: dict[int, Window]) -> dict[int, int]:
    """How many early applications have fewer readers than their window needs: by its id, windows without any left out."""
    lacking = {pk: sum(counts[status] for status in SPREAD) for pk, counts in tallies.totals(windows, What.NOW).items()}
    for pk, read_by in tallies.totals(windows, What.READ_BY).items():
        needed = windows[pk].reviews_needed
        lacking[pk] -= sum(number for readers, number in read_by.items() if int(readers) >= needed)
    return {pk: number for pk, number in lacking.items() if number}
