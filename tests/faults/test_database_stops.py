"""PostgreSQL stopped at once in a rush, as a crash stops it: what was told to be in is in, and a retry makes no second one."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from tests.cluster import Cluster, running_cluster
from tests.faults.rush import Client, clients_of, send
from tests.server import Server, running_server

pytestmark = [pytest.mark.server, pytest.mark.postgres]
AT_A_TIME = 12  # clients
AWAY = 0.5  # seconds
CLIENTS_A_STOP = 40

LOOK = """
import json
from applications.models import Answer, Application, StatusChange
from letters.models import Letter
from programs.models import Window
window = Window.objects.get(pk={window})
sent = window.applications.filter(status="submitted")
print(json.dumps({{
    "sent": sent.count(),
    "people": sent.values("candidate").distinct().count(),
    "taken": window.taken,
    "changes": StatusChange.objects.filter(application__window=window).count(),
    "receipts": Letter.objects.filter(kind="receipt").count(),
    "answers": Answer.objects.count(),
}}))
"""


@dataclass
class Rush:
    """Clients who press the button until they are told that it is in."""

    server: Server
    told: list[str] = field(default_factory=list)  # the address of each application that was said to be in
    errors: list[tuple[float, int, str]] = field(default_factory=list)  # when, status, page

    def press_until_in(self, client: Client) -> None:
        for _try in range(200):
            reply = send(self.server, client)
            if reply.status == 302 and reply.location.startswith("/applications/"):
                self.told.append(reply.location)
                return
            self.errors.append((time.monotonic(), reply.status, reply.body))
            time.sleep(0.2)
        raise AssertionError(f"It never got in: {reply}")


def rush_with_stops(stops: int, cluster: Cluster, server: Server) -> tuple[Rush, dict[str, int], float]:
    """The rush, what is in the database after it, and how many seconds after it was back the last error was told."""
    number = stops * CLIENTS_A_STOP
    clients, window = clients_of(server, clients=number, capacity=None)
    rush, outages = Rush(server), []

    def stop_now_and_then() -> None:
        for stop in range(stops):
            while len(rush.told) < (stop + 0.5) * CLIENTS_A_STOP:
                time.sleep(0.002)
            stopped = time.monotonic()
            cluster.stop_at_once()
            time.sleep(AWAY)
            cluster.start()
            outages.append((stopped, time.monotonic()))

    stopping = threading.Thread(target=stop_now_and_then)
    stopping.start()
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        list(pool.map(rush.press_until_in, clients))
    stopping.join()
    # An error belongs to the stop before it.
    back = [max(back for stopped, back in outages if stopped <= at) for at, *_rest in rush.errors]
    late = max((at - since for (at, *_rest), since in zip(rush.errors, back, strict=True)), default=0.0)
    return rush, json.loads(server.python(LOOK.format(window=window))), late


@pytest.mark.parametrize("stops", [1, pytest.param(10, marks=pytest.mark.soak)])
def test_what_was_told_to_be_in_survives_a_stop_of_the_database(stops, figure):
    with running_cluster(fsync="on") as cluster, running_server(cluster.url) as server:
        rush, found, late = rush_with_stops(stops, cluster, server)
    number = stops * CLIENTS_A_STOP
    told = f"{number} told that they are in, {number - found['sent']} lost, {found['sent'] - found['people']} doubled"
    figure("PostgreSQL stopped at once in a rush", f"{stops} stops: {told}, last 5xx {late:.1f} s after a start")
    assert len(set(rush.told)) == number
    assert found == {
        **dict.fromkeys(("sent", "people", "taken", "changes", "receipts"), number),
        "answers": 2 * number,
    }
    assert rush.errors, "nobody noticed that it was stopped"
    assert {status for _at, status, _page in rush.errors} == {503}
    assert all("Try again" in page for _at, _status, page in rush.errors)
    assert late < 10


@pytest.mark.soak
def test_control_told_before_it_is_on_the_disk_some_are_lost():
    settings = {"fsync": "on", "synchronous_commit": "off", "wal_writer_delay": "10000ms"}
    with running_cluster(**settings) as cluster, running_server(cluster.url) as server:
        rush, found, _late = rush_with_stops(3, cluster, server)
    assert found["sent"] < len(rush.told)
