"""All that a new candidate does, from the door to the status page: what each request asks the database."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import Application
from tests.accounts.helpers import ASK, CODE, newest_code
from tests.factories import make_program, make_window, post_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(client):
    """Does a request and returns its answer and how many queries it took, begin and end of transactions apart."""

    def ask(method: str, path: str, data: dict | None = None):
        with CaptureQueriesContext(connection) as queries:
            answer = getattr(client, method)(path, data)
        counted = [one["sql"] for one in queries if not one["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
        return answer, len(counted)

    return ask


def test_the_whole_way_takes_few_queries(asked):
    window = make_window(make_program("Machine Learning", asks=("skills", "statement", "document")))
    form, queries = window.program.apply_url, {}
    door, code = f"{ASK}?next={form}", f"{CODE}?next={form}"
    filled = post_for(window)
    texts = {name: value for name, value in filled.items() if isinstance(value, str)}
    _page, queries["the door"] = asked("get", door)
    _to_code, queries["a code"] = asked("post", door, {"email": "ada@example.org"})
    _page, queries["where it is typed"] = asked("get", code)
    _to_form, queries["signing in"] = asked("post", code, {"code": newest_code()})
    _page, queries["an empty form"] = asked("get", form)
    _to_form, queries["saving"] = asked("post", form, {**texts, "action": "save"})
    _page, queries["what is saved"] = asked("get", form)
    to_status, queries["sending"] = asked("post", form, {**filled, "action": "send"})
    _page, queries["its page"] = asked("get", to_status.url)
    assert Application.objects.get().status == "submitted"
    assert queries == {
        "the door": 0,
        "a code": 4,
        "where it is typed": 2,
        "signing in": 10,
        "an empty form": 7,
        "saving": 7,
        "what is saved": 7,
        "sending": 19,
        "its page": 8,
    }
