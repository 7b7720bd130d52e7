"""The kept figures: what is counted of an application, and how it is kept, read and counted anew.

contribution() says what one application adds to the figures of its window; apps above count more of it, by MORE. Whoever
changes that adds the difference, in the same transaction; recount() sums it over all applications. Both follow one rule.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from applications.models import Application, OfficeChoice, StatusChange, Tally
from applications.workflow import LIVE, Status
from programs.models import Window

logger = logging.getLogger(__name__)

What = Tally.What
Key = tuple[str, str, int]  # a Tally's what, name and value
Step = tuple[str, datetime, int | None]  # a StatusChange's status, time and reason, by _STEP
Judge = Callable[[str], Counter[Key]]  # what an application with this status adds
# What the apps above count of applications, by their ids; each of these reads its rows once for any number of them.
MORE: list[Callable[[Sequence[int]], dict[int, Judge]]] = []
_STEP = ("to_status", "at", "reason")
_KEY = ("window", "what", "name", "value")

# The zones of the world differ from each other by whole quarters of an hour, so that each day of each is some of these.
QUARTER = timedelta(minutes=15)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
CHUNK = 2000  # rows
FEW = 10  # rows of one figure that are left alone
MOST_FOLDED = 5000  # rows at once: their keys are in one statement


def contribution(status: str, submitted_at: datetime, steps: Sequence[Step]) -> Counter[Key]:
    """What an application that was sent adds to the figures. `steps` are its history as it stood(), in order."""
    counted: Counter[Key] = Counter({(What.NOW, status, 0): 1, (What.SENT, "", quarter(submitted_at)): 1})
    counted.update((What.REACHED, reached, 0) for reached in {step[0] for step in steps})
    counted.update(_stays(steps))
    if status == Status.REJECTED:
        reasons = [reason for to_status, _at, reason in steps if to_status == Status.REJECTED]
        counted.update((What.REJECTED, str(reason or ""), 0) for reason in reasons[-1:])
    return counted


def _stays(steps: Sequence[Step]) -> Iterator[Key]:
    """Each stay where an application waits, from the change into a status to the next change out of it."""
    status, since = "", EPOCH
    for to_status, at, _reason in steps:
        if to_status == status:
            continue  # sending changes leaves it where it is
        if status in LIVE:
            yield What.STAYED, status, tenths(at - since)
        status, since = to_status, at


def chosen(offices: Iterable[tuple[int, int]]) -> Counter[Key]:
    """What an application's offices, as (id, position), add to the figures."""
    counted: Counter[Key] = Counter()
    for office, position in offices:
        counted[What.NAMED, str(office), 0] += 1
        counted[What.FIRST, str(office), 0] += position == 1
    return counted


def quarter(at: datetime) -> int:
    """The number of the quarter of an hour in which `at` (aware) lies."""
    return (at - EPOCH) // QUARTER


def day_number(at: datetime) -> int:
    """The number of the day (UTC) in which `at` (aware) lies."""
    return (at - EPOCH) // DAY


def tenths(span: timedelta) -> int:
    """How many tenths of a day that is."""
    return round(10 * (span / DAY))


# --- Moved, in the transaction of what they count ---


def count_moves(changes: Sequence[StatusChange], *, also: Counter[Key] | None = None) -> None:
    """Counts what `changes`, just written, have moved; `also` is what else has changed of the only one.

    Call it in their transaction, whose alone the rows of their applications are.
    """
    again = [change.application_id for change in changes if change.from_status != Status.DRAFT]
    histories, judges = _histories(again), _judges(again)
    moved: dict[int, Counter[Key]] = defaultdict(Counter)
    for change in changes:
        application = change.application
        own = histories.get(application.pk) or {change.pk: (change.to_status, change.at, change.reason_id)}
        counted = moved[application.window_id]
        counted.update(contribution(application.status, application.submitted_at, list(own.values())))
        if change.from_status != Status.DRAFT:
            before = [step for pk, step in own.items() if pk != change.pk]
            counted.subtract(contribution(change.from_status, application.submitted_at, before))
        for judge in judges[application.pk]:
            counted.update(judge(change.to_status))
            counted.subtract(judge(change.from_status))
        counted.update(also or {})
    add(moved)


@contextmanager
def counting(application: Application) -> Iterator[None]:
    """Counts what the block changes in the history of `application` without a move; holds its row from then on."""
    Application.objects.select_for_update().only("pk").get(pk=application.pk)
    moved: Counter[Key] = Counter()
    moved.subtract(_of(application))
    yield
    moved.update(_of(application))
    add({application.window_id: moved})


def _of(application: Application) -> Counter[Key]:
    steps = _histories([application.pk])[application.pk].values()
    return contribution(application.status, application.submitted_at, list(steps))


def _histories(applications: Sequence[int]) -> dict[int, dict[int, Step]]:
    """The steps of each application by the id of the change, in order; one query, or none for no applications."""
    found: dict[int, dict[int, Step]] = defaultdict(dict)
    if not applications:  # as in each first sending: Django would make a statement to find that out
        return found
    rows = StatusChange.objects.stood().filter(application__in=applications).order_by("at", "pk")
    for application, pk, *step in rows.values_list("application", "pk", *_STEP):
        found[application][pk] = tuple(step)
    return found


def _judges(applications: Sequence[int]) -> dict[int, list[Judge]]:
    found: dict[int, list[Judge]] = defaultdict(list)
    for judges_of in MORE if applications else []:
        for application, judge in judges_of(applications).items():
            found[application].append(judge)
    return found


def add(moved: dict[int, Counter[Key]]) -> None:
    """Writes what has moved, by the window's id, in one query; in the transaction that moved it."""
    Tally.objects.bulk_create(
        Tally(window_id=window, what=what, name=name, value=value, number=number)
        for window, counted in moved.items()
        for (what, name, value), number in counted.items()
        if number
    )


# --- Read ---


def totals(windows: Iterable[Window | int], what: What) -> dict[int, Counter[str]]:
    """The figures of that kind: by the id of the window, and by name. Nothing that is 0."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Tally.objects.filter(window__in=windows, what=what).order_by().values_list("window", "name")
    for window, name, number in rows.annotate(Sum("number")).filter(number__sum__gt=0):
        found[window][name] = number
    return dict(found)


def by_name(windows: Iterable[Window], *kinds: What) -> dict[str, Counter[str]]:
    """The figures of these kinds in all `windows` together: by kind, and by name. One query."""
    found: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    rows = Tally.objects.filter(window__in=windows, what__in=kinds).order_by().values_list("what", "name")
    for what, name, number in rows.annotate(Sum("number")).filter(number__sum__gt=0):
        found[what][name] = number
    return found


def by_value(windows: Iterable[Window], what: What) -> dict[str, Counter[int]]:
    """The figures of that kind in all `windows` together: by name, and by value."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    rows = Tally.objects.filter(window__in=windows, what=what).order_by().values_list("name", "value")
    for name, value, number in rows.annotate(Sum("number")).filter(number__sum__gt=0):
        found[name][value] = number
    return found


def sent_between(windows: Iterable[Window], begins: datetime, ends: datetime) -> Iterator[tuple[datetime, int]]:
    """How many were sent in each quarter of an hour, by its beginning (UTC). The ends, aware, are quarters' beginnings."""
    rows = Tally.objects.filter(window__in=windows, what=What.SENT, value__gte=quarter(begins), value__lt=quarter(ends))
    for number, sent in rows.order_by().values_list("value").annotate(Sum("number")):
        yield EPOCH + number * QUARTER, sent


# --- Counted anew, and folded ---


def recount(window_id: int) -> int:
    """Puts the kept figures of a window right while others go on counting; returns how many were wrong.

    Not two at once for the same window: each would put it right.
    """
    with _one_snapshot():
        wrong = true_figures(window_id)
        wrong.subtract(kept_figures(window_id))
    add({window_id: wrong})
    found = sum(map(bool, wrong.values()))
    if found:
        logger.info("%s kept figures of window %s were put right", found, window_id)
    return found


def count_first() -> None:
    """Counts the windows to which applications were sent before figures were kept."""
    uncounted = ~Exists(Tally.objects.filter(window=OuterRef("pk")))
    sent = Exists(Application.objects.filter(window=OuterRef("pk")).exclude(status=Status.DRAFT))
    for window in Window.objects.filter(uncounted, sent).order_by("pk").values_list("pk", flat=True):
        recount(window)


@contextmanager
def _one_snapshot() -> Iterator[None]:
    """What is read in the block is of one instant; where a transaction has begun before, it is that one's."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost and connection.vendor == "postgresql":  # SQLite has one writer at a time
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def kept_figures(window_id: int) -> Counter[Key]:
    """All kept figures of a window."""
    rows = Tally.objects.filter(window=window_id).order_by().values_list("what", "name", "value")
    return Counter({tuple(key): number for *key, number in rows.annotate(Sum("number"))})


def true_figures(window_id: int) -> Counter[Key]:
    """The same from the rows that they count: a stream, in the memory of the figures alone."""
    counted: Counter[Key] = Counter()
    sent = StatusChange.objects.stood().filter(application__window=window_id).order_by("application", "at", "pk")
    facts = ("application", "application__status", "application__submitted_at")
    rows = sent.values_list(*facts, *_STEP).iterator(chunk_size=CHUNK)
    applications = groupby(rows, key=itemgetter(0, 1, 2))
    while batch := _some(applications, len(facts)):
        judges = _judges(list(batch))
        for pk, (status, submitted_at, steps) in batch.items():
            counted.update(contribution(status, submitted_at, steps))
            for judge in judges[pk]:
                counted.update(judge(status))
    choices = OfficeChoice.objects.filter(application__window=window_id).exclude(application__status=Status.DRAFT)
    counted.update(chosen(choices.values_list("office", "position").iterator(chunk_size=CHUNK)))
    return counted


def _some(applications: Iterator, facts: int) -> dict[int, tuple[str, datetime, list[Step]]]:
    """The next applications of the stream with their steps, by their ids."""
    return {
        pk: (status, submitted_at, [step[facts:] for step in steps])
        for (pk, status, submitted_at), steps in islice(applications, CHUNK)
    }


def fold() -> int:
    """Makes one row of the rows of each figure that has more than a few; returns how many went. The worker calls it.

    Of two workers each folds what the other does not hold; whoever reads meanwhile finds the same sum.
    """
    keys: QuerySet = Tally.objects.order_by().values(*_KEY).annotate(rows=Count("pk")).filter(rows__gt=FEW)
    return sum(_fold({name: key[name] for name in _KEY}) for key in list(keys))


@transaction.atomic
def _fold(key: dict) -> int:
    key = {"window_id": key.pop("window"), **key}
    rows = Tally.objects.filter(**key).select_for_update(skip_locked=True).values_list("pk", "number")
    found = dict(rows[:MOST_FOLDED])
    Tally.objects.filter(pk__in=found).delete()
    number = sum(found.values())
    if number:
        Tally.objects.create(**key, number=number)
    return len(found) - bool(number)
