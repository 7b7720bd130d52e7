"""Every address of the admin, with everybody: what is not allowed here by hand is forbidden.

For each pattern of the resolver RULES says who may open it on a row of their own program. Nobody else may: not the
same roles of a neighbouring program, no candidate, nobody who is not signed in. A pattern without a rule fails.
"""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver

from applications.models import PreparedDecision, StatusChange
from letters.models import Letter
from programs.models import WindowChange
from programs.roles import revoke
from reviews.models import Assignment, Conflict, Criterion, Review
from tests.security.doors import RULES, address, somebody
from tests.security.world import Side, make_side

pytestmark = pytest.mark.django_db

OPEN = (200, 302, 405)


def patterns() -> Iterator[str]:
    """The names of the admin's addresses; those without one are Django's redirects and its page for what is unknown."""

    def walk(found: list) -> Iterator[URLPattern]:
        for one in found:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns)
            else:
                yield one

    admin = next(one for one in get_resolver().url_patterns if getattr(one, "namespace", None) == "admin")
    return (one.name for one in walk(admin.url_patterns) if one.name)


def test_every_address_of_the_admin_has_a_rule():
    assert set(patterns()) == set(RULES)


# --- Everybody at every door ---

TRACES = [StatusChange, WindowChange, LogEntry, Review, Assignment, Letter, PreparedDecision, Conflict, Criterion]


def traces() -> list[int]:
    """How many rows there are of everything that somebody could have brought about."""
    return [found.objects.count() for found in TRACES]


@pytest.fixture
def here():
    return make_side("Here")


@pytest.fixture
def there(here):
    return make_side("There")


def is_of_a_row(name: str, here: Side, there: Side) -> bool:
    return name != "view_on_site" and RULES[name].arguments(here) != RULES[name].arguments(there)


@pytest.mark.parametrize("who", ["nobody", "candidate"])
def test_who_is_not_staff_meets_the_door_everywhere(client, here, who):
    if who == "candidate":
        client.force_login(here.candidate)
    before = traces()
    for name, rule in RULES.items():
        if name in ("login", "logout"):  # the door itself
            continue
        for answer in (
            client.get(address(name, rule.arguments(here))),
            client.post(address(name, rule.arguments(here))),
        ):
            assert (answer.status_code, answer.headers.get("Location", "").split("?")[0]) == (302, "/admin/login/"), (
                name
            )
    assert traces() == before


@pytest.mark.parametrize("role", ["reviewer", "recruiter", "administrator"])
def test_staff_open_what_the_rules_say_and_nothing_else(client, here, there, role):
    client.force_login(somebody(role, here))
    wrong, before = [], traces()
    for name, rule in RULES.items():
        may = role in rule.who
        own = address(name, rule.arguments(here))
        wrong += _judge(client, own, name, may)
        if is_of_a_row(name, here, there):
            may_there = may and role == "administrator"
            wrong += _judge(client, address(name, rule.arguments(there)), f"{name} of the neighbour", may_there)
    assert not wrong, "\n".join(wrong)
    assert traces() == before


def _judge(client: Client, url: str, name: str, may: bool) -> list[str]:
    got = client.get(url).status_code
    if may:
        return [] if got in OPEN else [f"{name}: {got}, and should open"]
    posted = client.post(url).status_code
    # 405 for a method that the page does not know tells nothing; the one that it knows is refused.
    shut = {got, posted} <= {403, 404, 405} and {got, posted} != {405}
    return [] if shut else [f"{name}: GET {got}, POST {posted}, and should not open"]


@pytest.mark.parametrize("role", ["reviewer", "recruiter", "administrator"])
def test_what_does_not_exist_is_told_so(client, here, there, role):
    client.force_login(somebody(role, here))
    for name, rule in RULES.items():
        if not is_of_a_row(name, here, there):
            continue
        for absent in (10**9, "10" * 12, "x", "_00", "é"):
            absences = {int: absent, UUID: uuid4()}
            arguments = [absences.get(type(one), one) for one in rule.arguments(here)]
            try:
                url = address(name, arguments)
            except NoReverseMatch:
                continue
            assert client.get(url).status_code in (302, 403, 404, 405), url
            assert client.post(url).status_code in (302, 403, 404, 405), url


def test_a_reviewer_who_is_no_member_any_more_reads_nothing(client, here):
    client.force_login(here.reviewer)
    page = address("reviews_assignment_change", [here.assignment.pk])
    assert client.get(page).status_code == 200
    revoke(user=here.reviewer, program=here.program, role="reviewer")
    assert client.get(page).status_code in (302, 403, 404)
