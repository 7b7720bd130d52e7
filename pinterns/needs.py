"""What needs one person now: each a number, what it is a number of, and the list behind it. No query for each window."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from applications.models import Application, PreparedDecision
from applications.undecided import undecided_in
from applications.workflow import Status
from letters.models import Letter
from programs.admin.pages import list_url
from programs.models import Window
from programs.times import day
from reviews.models import Assignment
from reviews.reviewing import still_to_write


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
    rows = PreparedDecision.objects.filter(application__window__in=windows, state__in=[State.PREPARED, State.APPROVED])
    numbers = dict(rows.order_by().values_list("state").annotate(number=Count("pk")))
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
    letters = Letter.objects.filter(status__in=[waits, failed])
    if not user.is_superuser:
        letters = letters.filter(Exists(Application.objects.filter(reference=OuterRef("about"), window__in=windows)))
    numbers = letters.aggregate(
        failed=Count("pk", filter=Q(status=failed)),
        later=Count("pk", filter=Q(status=waits, send_after__gt=at)),
        due=Count("pk", filter=Q(status=waits, send_after__lte=at)),
    )
    if number := numbers["failed"]:
        what = ngettext("letter did not arrive", "letters did not arrive", number)
        detail = _("Look at the address, and send it again.")
        yield Need(number, what, detail, _letters_url(user, failed), "failed", _("Failed"))
    if number := numbers["due"] + numbers["later"]:
        detail = _("%(later)d can still be taken back.") if numbers["later"] else _("They leave within minutes.")
        detail %= numbers
        yield Need(number, ngettext("letter waits", "letters wait", number), detail, _letters_url(user, waits))


def _letters_url(user: User, status: Letter.Status) -> str:
    if user.is_superuser:
        return list_url(Letter, status__exact=status)
    return list_url(Application, letters=status)


def _lacking_readers(windows: Sequence[Window]) -> Iterator[Need]:
    by_pk = {window.pk: window for window in windows}
    rows = Application.objects.filter(
        Q(standing=None) | Q(standing__assigned__lt=F("window__reviews_needed")),
        window__in=windows,
        status__in=[Status.SUBMITTED, Status.IN_REVIEW],
    )
    numbers = Counter(dict(rows.order_by().values_list("window").annotate(number=Count("pk"))))
    for pk, number in numbers.most_common():
        window = by_pk[pk]
        yield Need(
            number,
            ngettext("lacks reviewers in %(window)s", "lack reviewers in %(window)s", number) % {"window": window},
            ngettext("%(needed)d review each.", "%(needed)d reviews each.", window.reviews_needed)
            % {"needed": window.reviews_needed},
            reverse("admin:reviews_panel", args=[pk]),
        )
