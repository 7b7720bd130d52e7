"""What needs one person now: each a number, what it is a number of, and the list behind it. No query for each window."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import ErasureRequest, User
from applications.models import Application, PreparedDecision
from applications.undecided import undecided_in
from letters.models import Letter
from programs.admin.pages import list_url
from programs.models import Window
from programs.times import day
from reviews.models import Assignment
from reviews.reviewing import still_to_write
from reviews.tallies import lacking_readers

ERASURE_DUE = timedelta(days=30)
# Letters leave within seconds of their time, which the delay of a decision's letter puts off.
LETTER_LATE = timedelta(minutes=settings.LETTER_DELAY_MINUTES + 10)


@dataclass(frozen=True)
class Need:
    """`what` goes on where the number ends; `mark` and `word` are a badge: overdue, due, failed or none."""

    number: int
    what: str
    detail: str
    url: str
    mark: str = ""
    word: str = ""


def of_reviewer(user: User) -> list[Need]:
    """What `user` has to read. It tells of no application, only how many there are."""
    found = still_to_write(Assignment.objects.for_reviewer(user)).aggregate(
        waiting=Count("pk", filter=Q(review=None)),
        begun=Count("review"),
        oldest=Min("assigned_at"),
        promised=Min("application__window__decide_by"),
    )
    needs = []
    if number := found["waiting"]:
        dates = {"oldest": day(found["oldest"]), "promised": day(found["promised"])}
        detail = _("The oldest since %(oldest)s. The first decisions are promised by %(promised)s.") % dates
        what = ngettext("review waits for you", "reviews wait for you", number)
        needs.append(Need(number, what, detail, list_url(Assignment, state="waiting")))
    if number := found["begun"]:
        what = ngettext("review is begun", "reviews are begun", number)
        needs.append(
            Need(number, what, _("Your scores are kept until you hand it in."), list_url(Assignment, state="begun"))
        )
    return needs


def of_administrator(at: datetime) -> list[Need]:
    """Who asked to be erased: the law gives a month."""
    found = ErasureRequest.objects.aggregate(number=Count("pk"), oldest=Min("asked_at"))
    if not (number := found["number"]):
        return []
    what = ngettext("person asks to be erased", "people ask to be erased", number)
    late = at - found["oldest"] > ERASURE_DUE
    return [
        Need(
            number,
            what,
            _("The first of them since %(day)s. It is to be done within a month.") % {"day": day(found["oldest"])},
            list_url(ErasureRequest),
            "overdue" if late else "",
            _("Overdue") if late else "",
        )
    ]


def of_recruiter(user: User, windows: Sequence[Window], at: datetime) -> list[Need]:
    """What has to be decided, applied, sent again or given to readers in `windows`, which `user` runs."""
    return [
        *_decisions(windows, at),
        *_prepared(windows),
        *_letters(user, windows, at),
        *_lacking_readers(windows),
    ]


def _decisions(windows: Sequence[Window], at: datetime) -> Iterator[Need]:
    """Those overdue first, by the promised day."""
    pressing = {window.pk: (window, state) for window in windows if (state := window.decision_state(at))}
    found = [(*pressing[pk], number) for pk, number in undecided_in(pressing).items()]
    for window, state, number in sorted(found, key=lambda row: (row[0].decide_by, row[0].pk)):
        overdue = state == "overdue"
        promise = _("Decisions were promised by %(day)s.") if overdue else _("Decisions are promised by %(day)s.")
        yield Need(
            number,
            ngettext("undecided in %(window)s", "undecided in %(window)s", number) % {"window": window},
            promise % {"day": day(window.decide_by)},
            list_url(Application, window=window.pk, decision=state),
            state,
            _("Overdue") if overdue else _("Due"),
        )


def _prepared(windows: Sequence[Window]) -> Iterator[Need]:
    State = PreparedDecision.State
    own = PreparedDecision.objects.filter(application__window__in=windows)
    rows = own.filter(state__in=[State.PREPARED, State.APPROVED])
    numbers = dict(rows.order_by().values_list("state").annotate(number=Count("pk")))
    if number := own.undone().count():
        yield Need(
            number,
            ngettext("prepared decision was not done", "prepared decisions were not done", number),
            _("Each says why. Decide anew."),
            list_url(PreparedDecision, state="undone"),
            "failed",
            _("Not done"),
        )
    if number := numbers.get(State.PREPARED):
        yield Need(
            number,
            ngettext("prepared decision waits to be applied", "prepared decisions wait to be applied", number),
            _("Candidates don't know of them yet."),
            list_url(PreparedDecision, state=State.PREPARED),
        )
    if number := numbers.get(State.APPROVED):
        yield Need(
            number,
            ngettext("decision is being applied", "decisions are being applied", number),
            _("The worker takes them one by one."),
            list_url(PreparedDecision, state=State.APPROVED),
        )


def _letters(user: User, windows: Sequence[Window], at: datetime) -> Iterator[Need]:
    """Those about applications in `windows`; administrators have all letters, with a list of them."""
    waits, failed = Letter.Status.QUEUED, Letter.Status.FAILED
    letters = Letter.objects.filter(Q(status=waits) | Q(status=failed))  # two small indexes, which IN would not use
    if not user.is_superuser:
        letters = letters.filter(Exists(Application.objects.filter(reference=OuterRef("about"), window__in=windows)))
    later = Q(status=waits, tries=0, send_after__gt=at)
    numbers = letters.aggregate(
        failed=Count("pk", filter=Q(status=failed)),
        later=Count("pk", filter=later),
        waiting=Count("pk", filter=Q(status=waits)),
        oldest=Min("created_at", filter=Q(status=waits) & ~later),
    )
    if number := numbers["failed"]:
        what = ngettext("letter did not arrive", "letters did not arrive", number)
        detail = _("Look at the address, and send it again.")
        yield Need(number, what, detail, _letters_url(user, failed), "failed", _("Failed"))
    if number := numbers["waiting"]:
        late = numbers["oldest"] is not None and at - numbers["oldest"] > LETTER_LATE
        yield Need(
            number,
            ngettext("letter waits", "letters wait", number),
            _detail_of_waiting(numbers, late, at),
            _letters_url(user, waits),
            "overdue" if late else "",
            _("Overdue") if late else "",
        )


def _detail_of_waiting(numbers: dict, late: bool, at: datetime) -> str:
    sentences = []
    if numbers["oldest"]:
        age = timesince(numbers["oldest"], at)
        sentences.append(_("The oldest was written %(age)s ago.") % {"age": age})
    if late:
        sentences.append(_("The mail server or the worker is away; they leave by themselves once it is back."))
    if numbers["later"]:
        sentences.append(_("%(later)d can still be taken back.") % numbers)
    return " ".join(sentences)


def _letters_url(user: User, status: Letter.Status) -> str:
    if user.is_superuser:
        return list_url(Letter, status__exact=status)
    return list_url(Application, letters=status)


def _lacking_readers(windows: Sequence[Window]) -> Iterator[Need]:
    by_pk = {window.pk: window for window in windows}
    numbers = Counter(lacking_readers(by_pk))
    for pk, number in numbers.most_common():
        window = by_pk[pk]
        yield Need(
            number,
            ngettext("lacks reviewers in %(window)s", "lack reviewers in %(window)s", number) % {"window": window},
            ngettext("%(needed)d review each.", "%(needed)d reviews each.", window.reviews_needed)
            % {"needed": window.reviews_needed},
            reverse("admin:reviews_panel", args=[pk]),
        )
