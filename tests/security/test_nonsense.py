"""Nonsense in every parameter and every field of the admin is answered, never with an error of the server's.

Parameters and fields are those that the pages show themselves: in their links to themselves and in their forms. Each
nonsense is sent in all of them at once, and a few, by turns, in each alone, so that what comes after the fields' own checks
meets it too: others on each database, and once for a field that the forms to add and to change a row both have. With every
change each page and each field meets some, by turns; in the long set each page meets all.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import cycle, islice
from typing import NamedTuple

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from applications.models import StatusChange
from letters.models import Letter
from programs.models import WindowChange
from tests.security.addresses import more_of
from tests.security.doors import RULES, address, somebody
from tests.security.forms import Form, Page, Pairs, encoded
from tests.security.world import Side, make_side

pytestmark = pytest.mark.django_db

NONSENSE = [
    *("", "x", "-1", "9" * 30, "1e999", "x" * 10_000),
    *("a\x00b", "\ud800", "%'\"><script>"),
    *("0001-01-01", "9999-12-31T23:59"),
]
# What no link of a fresh page shows, and pages of Django's or ours read all the same.
OF_LISTS = ["q", "o", "p"]
OF_ROWS = ["_changelist_filters"]
UNSHOWN = {
    "applications_move_up": ["number"],
    "applications_application_change": ["reading"],
    "reviews_ranking": ["page"],
    "reviews_ranking_file": ["status"],
    "reviews_effect": ["offer", "waitlist", "reject_rest", "mark-1"],
}


class Measure(NamedTuple):
    """How many nonsenses a page meets in everything at once, and how many each of its fields alone."""

    together: int
    alone: int


MEASURES = [
    pytest.param(Measure(together=2, alone=1), id="by-turns"),
    pytest.param(Measure(together=len(NONSENSE), alone=2), id="all", marks=pytest.mark.soak),
]
IN_TURN = NONSENSE if connection.vendor == "sqlite" else NONSENSE[::-1]
TRACES = [StatusChange, WindowChange, Letter]


def status(answer) -> int:
    answer.getvalue()  # a download is made while it is read
    return answer.status_code


@pytest.fixture(params=["reviewer", "recruiter", "administrator"])
def role(request):
    return request.param


@pytest.fixture
def side():
    return make_side("Here")


@pytest.fixture
def staff(client, side, role) -> Client:
    client.force_login(somebody(role, side))
    client.raise_request_exception = False
    return client


def pages_of(staff: Client, role: str, side: Side) -> list[tuple[str, Page]]:
    """Every page that the role may look at; an administrator, those that recruiters may not."""
    found = []
    for name, rule in RULES.items():
        is_seen_by_others = role == "administrator" and "recruiter" in rule.who
        if role not in rule.who or is_seen_by_others or name in ("login", "logout"):
            continue
        for url in [address(name, rule.arguments(side)), *more_of(name, side)]:
            answer = staff.get(url)
            is_page = answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")
            found.append((name, Page(url, answer.content.decode() if is_page else "")))
    return found


@pytest.mark.parametrize("measure", MEASURES)
def test_in_addresses(staff, role, side, measure):
    wrong, turns, all_turns, seen = [], cycle(IN_TURN), cycle(IN_TURN), set()
    for name, page in pages_of(staff, role, side):
        fields = {name for form in page.forms.values() if form.method == "get" for name, _value in form.held}
        always = OF_LISTS if name.endswith(("_changelist", "_list", "_export")) else []
        always = OF_ROWS if name.endswith("_change") else always
        parameters = sorted({*always, *UNSHOWN.get(name, []), *fields, *page.parameters})
        several = islice(all_turns, measure.together if len(parameters) > 1 else 0)
        together = [[(parameter, nonsense) for parameter in parameters] for nonsense in several]
        unseen = [parameter for parameter in parameters if (name, parameter) not in seen]
        alone = [[(parameter, nonsense)] for parameter in unseen for nonsense in islice(turns, measure.alone)]
        seen |= {(name, parameter) for parameter in parameters}
        addresses = [f"{page.path}?{encoded(query)}" for query in together + alone]
        wrong += [f"{name}: {address[:100]}" for address in addresses if status(staff.get(address)) >= 500]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("measure", MEASURES)
def test_in_forms(staff, role, side, measure):
    """And one post does one deed at the most. What it did is undone, so that the next one finds the same world."""
    wrong, seen, turns = [], defaultdict(set), cycle(enumerate(IN_TURN))
    for name, page in pages_of(staff, role, side):
        for form in page.forms.values():
            if form.method != "post" or form.action == reverse("account_logout"):
                continue
            fields = name.rpartition("_")[0] if name.endswith(("_add", "_change")) else form.action
            for told, sent in _spoilt(form, seen[fields], turns, measure):
                wrong += [f"{name} → {form.action}: {told}: {found}" for found in _post(staff, form.action, sent)]
    assert not wrong, "\n".join(wrong)


def _spoilt(
    form: Form, seen: set[str], turns: Iterator[tuple[int, str]], measure: Measure
) -> Iterator[tuple[str, Pairs]]:
    """What to post to the form, each with words for that. `seen`: the fields that were spoilt alone before. `turns`: the
    nonsenses with their numbers, without end; by these the buttons take turns too.
    """
    buttons = form.buttons or [("", "")]
    for number, nonsense in islice(turns, measure.together):
        button = buttons[number % len(buttons)]
        yield (
            f"everything = {nonsense[:30]!r} with {button}",
            [*((name, nonsense) for name, _value in form.held), button],
        )
    for place, (name, _value) in enumerate(form.held):
        if name in seen:
            continue
        for number, nonsense in islice(turns, measure.alone):
            button = buttons[number % len(buttons)]
            sent = [*form.held[:place], (name, nonsense), *form.held[place + 1 :], button]
            yield f"{name} = {nonsense[:30]!r} with {button}", sent
    for name in sorted({name for name, _value in form.buttons} - seen):
        for _number, nonsense in islice(turns, measure.alone):
            yield f"the button {name} = {nonsense[:30]!r}", [*form.held, (name, nonsense)]
    seen |= {name for name, _value in [*form.held, *form.buttons]}


def _post(staff: Client, url: str, sent: Pairs) -> list[str]:
    """What is wrong with the answer."""
    before = [found.objects.count() for found in TRACES]
    with transaction.atomic():
        answer = staff.post(url, encoded(sent), content_type="application/x-www-form-urlencoded")
        assert staff.cookies["sessionid"].value, "signed out, it would be refused whatever it posts"
        found = [f"status {status(answer)}"] if answer.status_code >= 500 else []
        after = [found.objects.count() for found in TRACES]
        if any(now > then + 1 for now, then in zip(after, before, strict=True)):
            found.append(f"{before} rows became {after}")
        transaction.set_rollback(True)
    return found
