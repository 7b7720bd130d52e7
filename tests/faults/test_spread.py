"""Two recruiters spread the same window at the same moment: nobody is given anything twice, nothing gets too many readers."""

import json

import pytest

from tests.faults.rush import Client, all_at_once
from tests.server import running_server

pytestmark = pytest.mark.server
CLICKS, APPLICATIONS, NEEDED = 8, 60, 2


def clicks_of(server):
    """A recruiter's session and the address of the button, for a fresh window that nobody was given anything of."""
    made = json.loads(
        server.python(f"""
import json
from django.test import Client
from django.urls import reverse
from tests.factories import make_recruiter
from tests.reviews.panels import make_panel, sent_to
window, panel = make_panel(6, reviews_needed={NEEDED})
sent_to(window, {APPLICATIONS})
client = Client()
client.force_login(make_recruiter(window.program))
print(json.dumps({{
    "session": client.cookies["sessionid"].value,
    "path": reverse("admin:reviews_spread", args=[window.pk]),
}}))""")
    )
    return [Client(made["session"], made["path"], {})] * CLICKS


def counted(server):
    """How many readers applications have, how many applications each reader has, and how many moves there are for one."""
    return json.loads(
        server.python("""
import json
from django.db.models import Count
from applications.models import Application
from reviews.models import Assignment, Standing
own = Application.objects.annotate(readers=Count("assignments", distinct=True), moves=Count("history", distinct=True))
loads = Assignment.objects.order_by().values("reviewer").annotate(number=Count("pk")).values_list("number", flat=True)
print(json.dumps({
    "readers": sorted(set(own.values_list("readers", flat=True))),
    "moves": sorted(set(own.values_list("moves", flat=True))),
    "uneven": max(loads) - min(loads),
    "kept": sorted(set(Standing.objects.values_list("assigned", flat=True))),
}))""")
    )


def test_eight_clicks_at_once_give_nothing_twice():
    with running_server(env={"STAFF_MFA_REQUIRED": "0"}) as server:
        replies = all_at_once(server, clicks_of(server))
        assert {reply.status for reply in replies} == {302}, server.log()[-2000:]
        found = counted(server)
        assert found.pop("uneven") <= 1
        assert found == {"readers": [NEEDED], "moves": [2], "kept": [NEEDED]}  # sent, and taken into review


@pytest.mark.soak
def test_control_without_the_locks_they_get_in_each_others_way():
    with running_server(app="tests.faults.unlocked_wsgi", env={"STAFF_MFA_REQUIRED": "0"}) as server:
        replies = all_at_once(server, clicks_of(server))
        found = counted(server)
        broken = any(reply.status >= 500 for reply in replies)
        assert broken or found["readers"] != [NEEDED] or found["moves"] != [2]
