"""Every address of the site, with everybody: what is not allowed by hand, in doors.py and site_doors.py, is forbidden.

For each pattern of the resolver the table says who may open it on a row of their own, and with which methods. Nobody else
may: not the same people of a neighbouring program, nobody else who is signed in, nobody who is not. A pattern without a
rule fails, and so does an answer that wrote anything to the database but where a post is allowed.

The quick set asks each address, as each of six, for a row of their own, a neighbour's, one that is half and half, and none;
with a method that no page knows for their own alone. Administrators, for whom all rows are their own, are asked in the long set for a neighbour's.
The long set asks with every method, and as the neighbours, too. What is written is compared once a role, over all tables.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from http.cookies import SimpleCookie
from itertools import cycle
from uuid import UUID, uuid4

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.apps import apps
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils import timezone

from accounts.models import Session
from applications.models import Access
from programs.roles import revoke
from reviews.models import Review
from tests.factories import make_user
from tests.security.doors import NOBODY, STAFF, Rule
from tests.security.site_doors import ALL, address
from tests.security.world import Side, make_side

pytestmark = pytest.mark.django_db

ROLES = ["nobody", "candidate", "passer-by", "reviewer", "recruiter", "administrator"]
NEIGHBOURS = ["candidate", "reviewer", "recruiter"]
UNKNOWN_METHODS = ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"]
QUICK = ("GET", "POST")
EVERY_METHOD = ["GET", "HEAD", "POST", *UNKNOWN_METHODS]


def routes(found: list, before: str = "") -> Iterator[str]:
    """Every pattern of the resolver, as it is written."""
    for one in found:
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, before + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield (before + str(one.pattern)).replace("^", "")


@pytest.fixture
def here():
    return make_side("Here")


@pytest.fixture
def there(here):
    return make_side("There")


def test_every_address_has_a_rule(here):
    known = {resolve(address(name, rule.arguments(here))).route for name, rule in ALL.items()}
    assert {route.replace("^", "") for route in known} == set(routes(get_resolver().url_patterns))


# --- Who asks, for what, and what has to happen ---


def arrive(role: str, side: Side) -> Client:
    """A browser in which the side's person of that role is signed in."""
    client = Client(raise_request_exception=False)
    if role == "nobody":
        return client
    if role == "passer-by":
        client.force_login(make_user())
    elif role == "administrator":
        client.force_login(make_user(is_staff=True, is_superuser=True))
    else:
        client.force_login(getattr(side, role))
    return client


def rows(rule: Rule, own: Side, foreign: Side) -> dict[str, list]:
    """The arguments of the address, by whose row they name; where it names none, they are one's own."""
    mine, theirs = rule.arguments(own), rule.arguments(foreign)
    if mine == theirs or (rule.path and rule.public and "cards" not in rule.path):
        return {"own": mine}
    found = {"own": mine, "foreign": theirs}
    found["absent"] = [absent_of(one) if one != other else one for one, other in zip(mine, theirs, strict=True)]
    if sum(one != other for one, other in zip(mine, theirs, strict=True)) > 1:
        found["mixed"] = [mine[0], *theirs[1:]]
    return found


def absent_of(argument: object) -> object:
    """The like of an argument, of which there is none."""
    return {int: 10**9, UUID: uuid4()}.get(type(argument), "nothing-here")


def outcome(name: str, rule: Rule, role: str, row: str, method: str) -> str:
    """What the table says."""
    if method in UNKNOWN_METHODS:
        return "405"
    is_outside = role not in STAFF if name.startswith("admin:") else role == "nobody"
    if role not in rule.who:
        return rule.outside if is_outside else rule.others
    if method not in rule.takes:
        return "405" if row == "own" else "shut"
    if row == "own" or (row == "foreign" and (rule.public or role == "administrator")):
        return "open"
    return "absent" if row in ("absent", "mixed") else rule.others


def is_as_said(said: str, answer, *, taken: bool) -> bool:
    """Whether the answer is what the table says; a method that is not taken may say that it isn't, which tells nothing."""
    status, to = answer.status_code, answer.headers.get("Location", "").split("?")[0]
    door = status == 302 and to in ("/sign-in/", "/admin/login/")
    # Django's own pages lead to the admin's first one, with a message, when there is no such row.
    none_such = status == 404 or (status, to) == (302, "/admin/")
    if not taken and said != "405" and status == 405:
        return True
    match said:
        case "open":
            return not door and status in (200, 204, 301, 302, 400, 422)
        case "door":
            return door
        case "refused":
            return door or status == 403
        case "shut":
            return status == 403 or none_such
        case "absent":
            return none_such
        case "405":  # a page that this reader may look at and not change says 403
            return status in (403, 405)
        case _:
            return str(status) == said


# --- The walk ---


@pytest.fixture(autouse=True)
def _no_file_goes(monkeypatch):
    """What an allowed post deleted comes back with the transaction, and a file would not."""
    monkeypatch.setattr("django.core.files.storage.FileSystemStorage.delete", lambda self, name: None)


def traces() -> dict:
    """All that the database holds, but for sessions and the log of who looked at what."""
    return {
        model: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model not in (Session, Access) and model._meta.managed and not model._meta.proxy
    }


def ask(client: Client, method: str, url: str, posts: dict):
    """The answer. What an allowed post wrote is undone, and whoever it signed out is back."""
    cookies = client.cookies.output(header="", sep=";")
    with transaction.atomic():
        answer = client.generic(method, url) if method != "POST" else client.post(url, posts)
        answer.getvalue()  # a download is made, and its file closed, while it is read
        transaction.set_rollback(method == "POST")
    client.cookies = SimpleCookie(cookies)
    return answer


def walk(client: Client, role: str, own: Side, foreign: Side, methods: tuple[str, ...]) -> list[str]:
    """Every address, asked with these methods and, where the row is their own, by turns with one that no page knows; returns what
    is not as the table says."""
    wrong, turns, before = [], cycle(UNKNOWN_METHODS), traces()
    for name, rule in ALL.items():
        told = defaultdict(set)
        for row, arguments in rows(rule, own, foreign).items():
            if row == "foreign" and role == "administrator" and methods == QUICK:
                continue
            url = address(name, arguments)
            for method in {*methods, next(turns)} if row == "own" else methods:
                answer = ask(client, method, url, rule.posts)
                said = outcome(name, rule, role, row, method)
                if not is_as_said(said, answer, taken=method in rule.takes):
                    wrong.append(f"{name}, {row}, {method} {url}: {answer.status_code}, and should be {said}")
                if role != "administrator" and row in ("foreign", "absent") and said in ("shut", "404", "absent"):
                    told[method].add((answer.status_code, answer.headers.get("Location")))
        wrong += [
            f"{name}, {method}: tells what there is, {told[method]}" for method in methods if len(told[method]) > 1
        ]
    after = traces()
    return wrong + [f"{model.__name__} was written to" for model in before if before[model] != after[model]]


@pytest.mark.parametrize("role", ROLES)
def test_everybody_meets_what_the_table_says(here, there, role):
    assert walk(arrive(role, here), role, here, there, QUICK) == []


@pytest.mark.soak
@pytest.mark.parametrize("role", ROLES)
def test_with_every_method(here, there, role):
    assert walk(arrive(role, here), role, here, there, tuple(EVERY_METHOD)) == []


@pytest.mark.soak
@pytest.mark.parametrize("role", NEIGHBOURS)
def test_the_neighbours_too(here, there, role):
    assert walk(arrive(role, there), role, there, here, tuple(EVERY_METHOD)) == []


def test_control_a_wrong_rule_is_found(here, there, monkeypatch):
    """The walk fails where the table forbids what the site allows, and where it allows what the site forbids."""
    closed = replace(ALL["application"], who=NOBODY)
    opened = replace(ALL["preview"], who=frozenset({"candidate"}))
    for name, rule in (("application", closed), ("preview", opened)):
        monkeypatch.setattr("tests.security.test_every_url.ALL", {name: rule})
        assert walk(arrive("candidate", here), "candidate", here, there, ("GET",)) != []


def test_a_file_is_the_reviewers_once_their_review_is_in(here):
    client = arrive("reviewer", here)
    page = address("admin:reviews_document", [here.assignment.pk, here.document.public_id])
    assert client.get(page).status_code == 404
    now = timezone.now()
    Review.objects.create(
        assignment=here.assignment,
        saved_at=now,
        submitted_at=now,
        recommendation="yes",
        confidence=2,
        comment="Good.",
        overall=3,
        revision=1,
    )
    assert client.get(page).status_code == 200
    assert arrive("reviewer", make_side("There")).get(page).status_code == 404


def test_a_reviewer_who_is_no_member_any_more_reads_nothing(here):
    client = arrive("reviewer", here)
    page = address("admin:reviews_assignment_change", [here.assignment.pk])
    assert client.get(page).status_code == 200
    revoke(user=here.reviewer, program=here.program, role="reviewer")
    assert client.get(page).status_code in (302, 403, 404)


@pytest.mark.parametrize("page", ["mfa_edit_webauthn", "mfa_remove_webauthn"])
def test_a_passkey_is_its_owners_alone(here, there, page):
    client, owner = Client(), here.passkey.user
    client.force_login(owner)
    request = RequestFactory().get("/")
    request.session = client.session
    record_authentication(request, owner, "mfa", type="webauthn", id=here.passkey.pk, reauthenticated=True)
    request.session.save()
    assert client.get(address(page, [here.passkey.pk])).status_code == 200
    before = traces()
    for strange in (there.passkey.pk, 10**9):
        assert client.get(address(page, [strange])).status_code == 404
        assert client.post(address(page, [strange]), {"name": "Mine"}).status_code == 404
    assert traces() == before
    assert client.post(address(page, [here.passkey.pk]), {"name": "Mine"}).status_code == 302
    assert traces() != before
