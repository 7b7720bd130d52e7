"""Nonsense in every parameter and every field of the admin is answered, never with an error of the server's.

Parameters and fields are those that the pages show themselves: in their links to themselves and in their forms. Each is sent
with each nonsense, the others as the page has them.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import product
from urllib.parse import parse_qsl, quote_plus, urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client

from applications.models import StatusChange
from applications.workflow import TRANSITIONS, Actor
from letters.models import Letter
from programs import kinds
from programs.admin.window_pages import BY_NAME
from programs.models import WindowChange
from tests.security.doors import RULES, address, somebody
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
DECISIONS = [row.action for row in TRANSITIONS if row.actor == Actor.RECRUITER]
TRACES = [StatusChange, WindowChange, Letter]


@dataclass
class Form:
    """A form of a page: where it goes, what it holds, and the buttons that send it."""

    method: str
    action: str
    held: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """The forms of a page, with what a browser would send, and the parameters of its links to itself."""

    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.url, self.path = url, urlsplit(url).path
        self.forms: dict[str, Form] = {}
        self.parameters: set[str] = set()
        self._open: Form | None = None
        self._list = ""
        self._long: tuple[Form, str] | None = None
        self._text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "a":
            target = urlsplit(urljoin(self.url, has.get("href", "")))
            if target.path == self.path:
                self.parameters |= {name for name, _value in parse_qsl(target.query, keep_blank_values=True)}
        elif tag == "form":
            self._open = Form(has.get("method", "get").lower(), urljoin(self.url, has.get("action", "")))
            self.forms[has.get("id", str(len(self.forms)))] = self._open
        elif form := self.forms.get(has.get("form", ""), self._open):
            self._take(form, tag, has)

    def _take(self, form: Form, tag: str, has: dict[str, str]) -> None:
        name, value, sort = has.get("name", ""), has.get("value", ""), has.get("type", "")
        if tag == "option" and self._list and "selected" in has:
            form.held.append((self._list, value))
        elif tag == "select":
            self._list = name
        elif not name:
            return
        elif tag == "button" or sort == "submit":
            form.buttons.append((name, value))
        elif tag == "textarea":
            self._long, self._text = (form, name), ""
        elif (
            tag == "input"
            and name != "csrfmiddlewaretoken"
            and (sort not in ("checkbox", "radio", "file") or "checked" in has)
        ):
            form.held.append((name, value))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._list = ""
        elif tag == "textarea" and self._long:
            form, name = self._long
            form.held.append((name, self._text))
            self._long = None


def encoded(pairs: list[tuple[str, str]]) -> str:
    """As a browser would send it, but for the lone surrogate, which none would."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value, errors='surrogatepass')}" for name, value in pairs)


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


def more_of(name: str, side: Side) -> list[str]:
    """Addresses of the same pattern whose page has another form."""
    match name:
        case "applications_decide":
            return [address(name, [side.application.pk, action]) for action in DECISIONS]
        case "programs_window_do":
            return [address(name, [side.window.pk, deed]) for deed in BY_NAME]
        case "programs_requirement_add":
            return [f"{address(name, [])}?program={side.program.pk}&kind={kind}" for kind, _label in kinds.choices]
        case "reviews_criterion_add":
            return [f"{address(name, [])}?program={side.program.pk}"]
        case "reviews_effect":
            return [f"{address(name, [side.window.pk])}?offer=1", f"{address(name, [side.window.pk])}?reject_rest=on"]
    return []


def test_in_addresses(staff, role, side):
    wrong = []
    for name, page in pages_of(staff, role, side):
        fields = {name for form in page.forms.values() if form.method == "get" for name, _value in form.held}
        always = OF_LISTS if name.endswith(("_changelist", "_list", "_export")) else []
        always = OF_ROWS if name.endswith("_change") else always
        for parameter in {*always, *UNSHOWN.get(name, []), *fields, *page.parameters}:
            for nonsense in NONSENSE:
                query = encoded([(parameter, nonsense)])
                if status(staff.get(f"{page.path}?{query}")) >= 500:
                    wrong.append(f"{name}?{query[:60]}")
    assert not wrong, "\n".join(wrong)


def test_in_forms(staff, role, side):
    """And one post does one deed at the most. What it did is undone, so that the next one finds the same world."""
    wrong = []
    for name, page in pages_of(staff, role, side):
        for form in page.forms.values():
            if form.method != "post" or form.action.endswith("/logout/"):
                continue
            for place, (field_name, _value) in enumerate(form.held):
                for turn, nonsense in enumerate(NONSENSE):
                    button = form.buttons[turn % len(form.buttons)] if form.buttons else ("", "")
                    sent = [*form.held[:place], (field_name, nonsense), *form.held[place + 1 :], button]
                    told = f"{name} → {form.action}: {field_name} = {nonsense[:30]!r} with {button}"
                    wrong += [f"{told}: {found}" for found in _post(staff, form.action, sent)]
            for field_name, nonsense in product({name for name, _value in form.buttons}, NONSENSE):
                told = f"{name} → {form.action}: {field_name} = {nonsense[:30]!r}"
                wrong += [
                    f"{told}: {found}" for found in _post(staff, form.action, [*form.held, (field_name, nonsense)])
                ]
    assert not wrong, "\n".join(wrong)


def _post(staff: Client, url: str, sent: list[tuple[str, str]]) -> list[str]:
    """What is wrong with the answer."""
    before = [found.objects.count() for found in TRACES]
    with transaction.atomic():
        answer = staff.post(url, encoded(sent), content_type="application/x-www-form-urlencoded")
        found = [f"status {status(answer)}"] if answer.status_code >= 500 else []
        after = [found.objects.count() for found in TRACES]
        if any(now > then + 1 for now, then in zip(after, before, strict=True)):
            found.append(f"{before} rows became {after}")
        transaction.set_rollback(True)
    return found
