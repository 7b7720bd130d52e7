"""Everybody sends at once: the window takes exactly as many as it has places, and nobody loses an answer."""

import json
import threading
import time

import pytest

from tests.faults.rush import all_at_once, clients_of, send
from tests.server import running_server

pytestmark = pytest.mark.server
FULL, CLOSED = "This window is full", "This window closed on"


def counted(server, window):
    """What the database holds for the window: places taken, applications by status, receipts, late ones, drafts kept."""
    return json.loads(
        server.python(f"""
import json
from applications.models import Application
from letters.models import Letter
from programs.models import Window
window = Window.objects.get(pk={window})
own = Application.objects.filter(window=window)
sent = own.filter(status="submitted")
print(json.dumps({{
    "taken": window.taken,
    "sent": sent.count(),
    "drafts": own.filter(status="draft", draft__has_key="about-full_name").count(),
    "late": sent.filter(submitted_at__gte=window.closes_at).count(),
    "receipts": Letter.objects.filter(kind="receipt", about__in=sent.values("reference")).count(),
    "letters": Letter.objects.filter(about__in=own.values("reference")).count(),
}}))""")
    )


def sorted_out(replies):
    """How many were let in, told that it is full, told that it closed, and answered with an error of the server."""
    return {
        "in": sum(reply.status == 302 and reply.location.startswith("/applications/") for reply in replies),
        "full": sum(reply.status == 200 and FULL in reply.body for reply in replies),
        "closed": sum(reply.status == 200 and CLOSED in reply.body for reply in replies),
        "errors": sum(reply.status >= 500 for reply in replies),
    }


@pytest.mark.parametrize("number", [70, pytest.param(500, marks=pytest.mark.soak)])
def test_ten_times_as_many_send_at_once_as_there_are_places(server, number):
    places, others = number // 10, number - number // 10
    clients, window = clients_of(server, clients=number, capacity=places)
    replies = all_at_once(server, clients)
    assert sorted_out(replies) == {"in": places, "full": others, "closed": 0, "errors": 0}, server.log()[-2000:]
    now = counted(server, window)
    facts = {"taken": places, "sent": places, "drafts": others, "late": 0, "receipts": places, "letters": places}
    assert now == facts


@pytest.mark.soak
def test_control_without_the_guard_the_window_is_oversold():
    with running_server(app="tests.faults.unguarded_wsgi") as server:
        clients, window = clients_of(server, clients=10, capacity=1)
        replies = all_at_once(server, clients)
        assert sorted_out(replies)["errors"] == 0, server.log()[-2000:]
        assert counted(server, window)["sent"] > 1


def test_a_window_closed_by_hand_in_the_rush_takes_nobody_after_that(server, tmp_path):
    clients, window = clients_of(server, clients=50, capacity=None)
    *in_the_rush, late = clients
    looks = tmp_path / "looks"
    # Waits in a process of its own until a part is in, and closes as a recruiter does.
    closing = f"""
import pathlib, time
from programs.models import Window
from programs.services import close_now
from tests.factories import make_user
recruiter = make_user("recruiter@example.org")
pathlib.Path({str(looks)!r}).touch()
while (window := Window.objects.get(pk={window})).taken < 10:
    time.sleep(0.01)
close_now(window=window, by=recruiter, reason="Enough")
"""
    recruiter = threading.Thread(target=server.python, args=(closing,))
    recruiter.start()
    while recruiter.is_alive() and not looks.exists():
        time.sleep(0.01)
    replies = all_at_once(server, in_the_rush)
    recruiter.join()
    replies.append(send(server, late))
    told = sorted_out(replies)
    now = counted(server, window)
    assert told["errors"] == 0, server.log()[-2000:]
    assert told["in"] >= 10
    assert told["closed"] > 0
    assert told["in"] + told["closed"] == 50
    assert (now["taken"], now["sent"], now["late"], now["drafts"]) == (told["in"], told["in"], 0, told["closed"])


def test_one_person_who_clicks_twenty_times_sends_once(server):
    clients, window = clients_of(server, clients=1, capacity=None)
    replies = all_at_once(server, clients * 20)
    assert {reply.status for reply in replies} == {302}
    assert len({reply.location for reply in replies}) == 1
    assert send(server, clients[0]).location == replies[0].location
    now = counted(server, window)
    assert (now["taken"], now["sent"], now["letters"]) == (1, 1, 1)
