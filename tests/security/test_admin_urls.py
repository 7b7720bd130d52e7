"""Every address of the admin, with everybody: what is not allowed here by hand is forbidden.

For each pattern of the resolver RULES says who may open it on a row of their own program. Nobody else may: not the
same roles of a neighbouring program, no candidate, nobody who is not signed in. A pattern without a rule fails.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from applications.models import PreparedDecision, StatusChange
from letters.models import Letter
from programs.models import WindowChange
from programs.roles import revoke
from reviews.models import Assignment, Conflict, Criterion, Review
from tests.factories import make_user
from tests.security.world import Side, make_side

pytestmark = pytest.mark.django_db

NOBODY: frozenset[str] = frozenset()
REVIEWER = frozenset({"reviewer"})
RECRUITER = frozenset({"recruiter", "administrator"})
ADMINISTRATOR = frozenset({"administrator"})
STAFF = REVIEWER | RECRUITER
# Lists of what is one's own: an administrator's is empty, unless they read as well.
OWN_LIST = REVIEWER | ADMINISTRATOR
Arguments = Callable[[Side], list]


def of(name: str, *more: object) -> Arguments:
    """The arguments of an address: the id of the side's row of that name, and what follows it."""
    return lambda side: [getattr(side, name).pk, *more]


def none(side: Side) -> list:
    return []


@dataclass(frozen=True)
class Rule:
    """`who` may open it; `arguments` are those of a side's own row."""

    who: frozenset[str]
    arguments: Arguments = none


def model(name: str, row: str, *, look: frozenset, add: frozenset, change: frozenset, delete: frozenset) -> dict:
    """The five pages that Django makes for a model, and who may open each."""
    return {
        f"{name}_changelist": Rule(look),
        f"{name}_add": Rule(add),
        f"{name}_change": Rule(change, of(row)),
        f"{name}_delete": Rule(delete, of(row)),
        f"{name}_history": Rule(look, of(row)),
    }


RULES: dict[str, Rule] = {
    "index": Rule(STAFF),
    "login": Rule(STAFF),
    "logout": Rule(STAFF),
    "password_change": Rule(NOBODY),
    "password_change_done": Rule(NOBODY),
    "autocomplete": Rule(NOBODY),
    "jsi18n": Rule(STAFF),
    "view_on_site": Rule(STAFF, lambda side: [ContentType.objects.get_for_model(side.program).pk, side.program.pk]),
    "app_list": Rule(RECRUITER, lambda side: ["programs"]),
    "reports": Rule(RECRUITER),
    "reports_file": Rule(RECRUITER, lambda side: ["funnel"]),
    **model(
        "accounts_user",
        "candidate",
        look=ADMINISTRATOR,
        add=ADMINISTRATOR,
        change=ADMINISTRATOR,
        delete=NOBODY,  # whoever has applied: what they sent hangs on it
    ),
    **model(
        "programs_office", "office", look=ADMINISTRATOR, add=ADMINISTRATOR, change=ADMINISTRATOR, delete=ADMINISTRATOR
    ),
    **model("programs_program", "program", look=RECRUITER, add=ADMINISTRATOR, change=RECRUITER, delete=ADMINISTRATOR),
    **model("programs_requirement", "requirement", look=RECRUITER, add=RECRUITER, change=RECRUITER, delete=RECRUITER),
    "programs_requirement_move": Rule(RECRUITER, of("requirement", "up")),
    "programs_requirement_restore": Rule(RECRUITER, of("requirement")),
    **model("programs_window", "window", look=RECRUITER, add=RECRUITER, change=RECRUITER, delete=RECRUITER),
    "programs_window_do": Rule(RECRUITER, of("window", "close")),
    "programs_window_list": Rule(RECRUITER),
    "programs_window_next_season": Rule(RECRUITER),
    "programs_window_drafts": Rule(RECRUITER),
    **model("applications_application", "application", look=RECRUITER, add=NOBODY, change=RECRUITER, delete=NOBODY),
    "applications_application_export": Rule(RECRUITER),
    "applications_decide": Rule(RECRUITER, of("application", "reject")),
    "applications_bulk": Rule(RECRUITER, lambda side: ["reject"]),
    "applications_move_up": Rule(RECRUITER, of("window")),
    "applications_letter": Rule(RECRUITER, lambda side: [side.application.pk, side.letter.pk]),
    "applications_letter_again": Rule(RECRUITER, lambda side: [side.application.pk, side.letter.pk]),
    "applications_page_image": Rule(RECRUITER, lambda side: [side.application.pk, side.clear_image.pk]),
    **model("applications_extension", "extension", look=RECRUITER, add=RECRUITER, change=RECRUITER, delete=NOBODY),
    **model("applications_lettertemplate", "template", look=RECRUITER, add=NOBODY, change=RECRUITER, delete=RECRUITER),
    "applications_words": Rule(RECRUITER, lambda side: [side.program.pk, "reject"]),
    "applications_words_preview": Rule(RECRUITER, lambda side: [side.program.pk, "reject"]),
    **model(
        "applications_rejectionreason", "reason", look=RECRUITER, add=RECRUITER, change=RECRUITER, delete=RECRUITER
    ),
    **model(
        "applications_prepareddecision", "prepared", look=RECRUITER, add=NOBODY, change=RECRUITER, delete=RECRUITER
    ),
    "applications_prepared": Rule(RECRUITER, lambda side: ["apply"]),
    "applications_batch": Rule(RECRUITER, lambda side: [side.batch]),
    **model("reviews_criterion", "criterion", look=RECRUITER, add=RECRUITER, change=RECRUITER, delete=RECRUITER),
    "reviews_criterion_move": Rule(RECRUITER, of("criterion", "up")),
    "reviews_criterion_restore": Rule(RECRUITER, of("criterion")),
    **model("reviews_assignment", "assignment", look=OWN_LIST, add=NOBODY, change=REVIEWER, delete=NOBODY),
    "reviews_assignment_history": Rule(REVIEWER, of("assignment")),
    "reviews_assignment_export": Rule(OWN_LIST),
    "reviews_save": Rule(REVIEWER, of("assignment")),
    "reviews_recuse": Rule(REVIEWER, of("assignment")),
    "reviews_page_image": Rule(REVIEWER, lambda side: [side.assignment.pk, side.blind_image.pk]),
    # Only once the review is in; before, nobody: see tests/reviews/.
    "reviews_document": Rule(NOBODY, lambda side: [side.assignment.pk, side.document.public_id]),
    **model("reviews_conflict", "conflict", look=OWN_LIST, add=OWN_LIST, change=REVIEWER, delete=REVIEWER),
    "reviews_conflict_history": Rule(REVIEWER, of("conflict")),
    **model("reviews_standing", "application", look=RECRUITER, add=NOBODY, change=RECRUITER, delete=NOBODY),
    "reviews_ranking": Rule(RECRUITER, of("window")),
    "reviews_effect": Rule(RECRUITER, of("window")),
    "reviews_panel": Rule(RECRUITER, of("window")),
    "reviews_spread": Rule(RECRUITER, of("window")),
    "reviews_readers": Rule(RECRUITER, lambda side: [side.window.pk, side.application.pk]),
    **model("letters_letter", "letter", look=ADMINISTRATOR, add=NOBODY, change=ADMINISTRATOR, delete=NOBODY),
}
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


def address(name: str, arguments: list) -> str:
    return reverse(f"admin:{name}", args=arguments)


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
    client.force_login(make_user(is_staff=True, is_superuser=True) if role == "administrator" else getattr(here, role))
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
    client.force_login(make_user(is_staff=True, is_superuser=True) if role == "administrator" else getattr(here, role))
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
