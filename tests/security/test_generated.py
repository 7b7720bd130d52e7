"""Whatever is posted to a form is answered: at once, without an error of the server's, and nothing changes that the form is
not for.

Hypothesis draws who posts, one of all addresses of the site and the admin, one of the forms that its page has (or none: a
post of what somebody made up), and what is in its fields. Each post is undone, so that the next one finds the same world.
"""

import time
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import resolve
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import User
from applications import apply
from applications.drafts import save_draft
from tests.accounts.helpers import sign_in
from tests.factories import make_user
from tests.security.addresses import SITE, make_world, more_of, names_of_the_site, site_address
from tests.security.doors import RULES, address
from tests.security.forms import Form, Page
from tests.security.nonsense import requests
from tests.security.watched import MAY, Rows, changes, rows_now, rows_of

pytestmark = pytest.mark.django_db

ROLES = ("nobody", "candidate", "reviewer", "recruiter", "administrator")
SECONDS, TRIES = 1, 4
FEW, SOME, MANY = 60, 200, 10_000


class Site:
    """Everybody at their browser, and the addresses that each may post to."""

    def __init__(self) -> None:
        self.world = make_world()
        self.theirs = rows_of(self.world.there)
        administrator = make_user(is_staff=True, is_superuser=True)
        self.people = {"administrator": administrator, **vars(self.world.here)}
        self.clients = {role: self._client_of(role) for role in ROLES}
        self.cookies = {role: client.cookies.copy() for role, client in self.clients.items()}
        self.addresses = {role: self._addresses_of(role) for role in ROLES}
        self.slowest = (0.0, "")
        self.reached: set[str] = set()
        self._forms: dict[tuple[str, str], list[Form]] = {}

    def _client_of(self, role: str) -> Client:
        client = Client(raise_request_exception=False)
        if role == "nobody":
            for name in ("account_request_login_code", "follow"):  # a code waits at both doors
                client.post(site_address(name, self.world), {"email": "somebody@example.org"})
        else:
            sign_in(client, self.people[role].email)  # by the door, so that the pages of the second factor open
        return client

    def _addresses_of(self, role: str) -> list[str]:
        """Of the site those that don't say that they take no post; of the admin those that the role may open."""
        found = [*(site_address(name, self.world) for name in SITE), self.world.sent.program.apply_url]
        found = [url for url in found if "POST" in self.clients[role].options(url).headers.get("Allow", "POST")]
        for name, rule in RULES.items():
            if role in rule.who:
                found += [address(name, rule.arguments(self.world.here)), *more_of(name, self.world.here)]
        return found

    def forms(self, role: str, url: str) -> list[Form]:
        """Those of the page, and one that nobody made: the address itself, without a field."""
        if (role, url) not in self._forms:
            with transaction.atomic():
                answer = self._client(role).get(url)
                is_page = answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")
                page = Page(url, answer.content.decode() if is_page else "")
                transaction.set_rollback(True)
            self._forms[role, url] = [*page.posts(), Form("post", url)]
        return self._forms[role, url]

    def post(
        self, role: str, form: Form, body: str | bytes, content_type: str, headers: dict
    ) -> tuple[list[str], float]:
        """What is wrong with the answer and with what has changed, and the seconds that it took; all is undone."""
        with transaction.atomic():
            before = rows_now()
            start = time.monotonic()
            answer = self._client(role).post(form.action, body, content_type=content_type, headers=headers)
            answer.getvalue()  # a download is made while it is read
            self.reached.add(resolve(urlsplit(form.action).path).view_name)
            seconds = time.monotonic() - start
            wrong = [f"status {answer.status_code}"] if answer.status_code >= 500 else []
            if not wrong:  # after an error PostgreSQL answers nothing more in this transaction
                wrong = self._wrongly_changed(role, form.action, before, rows_now())
            transaction.set_rollback(True)
        return wrong, seconds

    def _client(self, role: str) -> Client:
        """As it was after signing in, with no rate used up."""
        cache.clear()
        client = self.clients[role]
        client.cookies = self.cookies[role].copy()
        return client

    def _wrongly_changed(self, role: str, url: str, before: Rows, after: Rows) -> list[str]:
        """Deeds that the form is not for, rows of the neighbours, and applications that don't begin as one's own draft."""
        made = changes(before, after)
        allowed = MAY.get(resolve(urlsplit(url).path).url_name, set())
        wrong = [f"{deed} of {row}" for row, deed in made if deed not in allowed]
        wrong += [f"{deed} of the neighbours" for row, deed in made if row in self.theirs and role != "administrator"]
        begun = [after[row] for row, deed in made if deed == "Application+"]
        own_draft = ("draft", self.people[role].pk if role in self.people else None)
        return wrong + [f"{one} begins" for one in begun if (one["status"], one["candidate_id"]) != own_draft]


@pytest.fixture
def site(settings) -> Site:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 24 * 60 * 60  # seconds: longer than the test
    return Site()


def run(site: Site, examples: int, *, only: str = "") -> None:
    """Post so many times; `only`: by the candidate, to this address. Raises AssertionError with the smallest post that is
    answered wrongly."""

    @hypothesis_settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate] if only else [Phase.generate, Phase.shrink],
        report_multiple_bugs=False,
    )
    @given(st.data())
    def posts(data: st.DataObject) -> None:
        role = "candidate" if only else data.draw(st.sampled_from(ROLES))
        url = only or data.draw(st.sampled_from(site.addresses[role]))
        form = data.draw(st.sampled_from([form for form in site.forms(role, url) if only in form.action]))
        request = data.draw(requests(form))
        wrong, seconds = site.post(role, form, *request)
        for _again in range(TRIES):  # a machine that is busy elsewhere is no slow page
            if seconds > SECONDS:
                seconds = min(seconds, site.post(role, form, *request)[1])
        site.slowest = max(site.slowest, (seconds, f"{role} at {form.action}"))
        assert not wrong, f"{role} posts to {form.action}: {wrong}"
        assert seconds <= SECONDS, f"{role} waits {seconds:.1f} s for {form.action}"

    posts()


def test_every_address_of_the_site_is_among_them():
    assert set(SITE) == names_of_the_site()


def test_generated_input_is_answered_and_changes_nothing_else(site):
    run(site, FEW)


@pytest.mark.soak
def test_ten_thousand_generated_inputs(site, figure):
    run(site, MANY)
    seconds, where = site.slowest
    done = f"{MANY} posts to {len(site.reached)} addresses: 0 of 5xx, 0 privileged changes"
    figure("generated inputs to every form", f"{done}; the slowest {seconds:.2f} s ({where})")


def _let_in_whoever_saves(*, candidate, **kwargs):
    """A service that has lost its mind: what a form with one field too many would do."""
    User.objects.filter(pk=candidate.pk).update(is_staff=True)
    return save_draft(candidate=candidate, **kwargs)


def _read_numbers_as_they_come(values, name):
    return int(values.get(name, "-1"))


@pytest.mark.soak
@pytest.mark.parametrize(
    ("name", "careless", "told"),
    [("save_draft", _let_in_whoever_saves, "User.is_staff"), ("number", _read_numbers_as_they_come, "status 500")],
)
def test_careless_code_is_found(site, monkeypatch, name, careless, told):
    monkeypatch.setattr(apply, name, careless)
    with pytest.raises(AssertionError, match=told):
        run(site, SOME, only=site.world.draft.program.apply_url)
