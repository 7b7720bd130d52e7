"""The web server is restarted in a rush: every request is answered, and a slow upload that is under way finishes."""

import contextlib
import http.client
import signal
import threading
import time
from urllib.parse import urlsplit

import pytest

from tests import files
from tests.faults.rush import SECRET, Client, all_at_once, clients_of
from tests.server import Server, running_server

pytestmark = pytest.mark.server
ASKS = ("confirmation", "statement", "document")
SENDERS = 24


def upload_slowly(server: Server, client: Client, *, seconds: float, begun: threading.Event) -> int:
    """Sends a file in pieces over so many seconds; the status of the answer, 0 where there is none."""
    boundary = "-----slow"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="cv.pdf"\r\n\r\n'
    body = head.encode() + files.pdf() + f"\r\n--{boundary}--\r\n".encode()
    connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc, timeout=60)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Cookie": f"sessionid={client.session}; csrftoken={SECRET}",
        "X-CSRFToken": SECRET,
        "Content-Length": str(len(body)),
    }

    def pieces():
        for number in range(10):
            yield body[len(body) * number // 10 : len(body) * (number + 1) // 10]
            begun.set()
            time.sleep(seconds / 10)

    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("POST", client.upload, pieces(), headers)
        return connection.getresponse().status
    return 0


def reload(server: Server) -> None:
    server.processes[0].send_signal(signal.SIGHUP)


def stop_and_start(server: Server) -> None:
    """As a service manager does that keeps the socket: what comes in between waits in it."""
    running = server.processes[0]
    running.send_signal(signal.SIGTERM)
    running.wait(timeout=60)
    server.serve()


def restart_in_a_rush(restart, *, graceful: int, slow: float) -> tuple[int, list[int], float]:
    """The status of the slow upload, those of the senders, and the seconds that the restart took."""
    with running_server(graceful=graceful) as server:
        clients, _window = clients_of(server, clients=SENDERS + 1, capacity=None, asks=ASKS)
        begun, uploaded, replies = threading.Event(), [], []

        def upload() -> None:
            uploaded.append(upload_slowly(server, clients[0], seconds=slow, begun=begun))

        def rush() -> None:
            with contextlib.suppress(OSError, http.client.HTTPException):  # none at all where one was not answered
                replies.extend(all_at_once(server, clients[1:]))

        threads = [threading.Thread(target=upload), threading.Thread(target=rush)]
        threads[0].start()
        begun.wait(20)
        threads[1].start()
        time.sleep(0.3)  # some are being answered, some wait
        began = time.monotonic()
        restart(server)
        took = time.monotonic() - began
        for thread in threads:
            thread.join()
        return uploaded[0], [reply.status for reply in replies], took


@pytest.mark.parametrize(
    ("restart", "slow"),
    [
        pytest.param(reload, 2, id="quick", marks=pytest.mark.sqlite),  # whatever database is behind it
        pytest.param(reload, 25, id="reload", marks=pytest.mark.soak),
        pytest.param(stop_and_start, 25, id="stop-and-start", marks=pytest.mark.soak),
    ],
)
def test_a_restart_in_a_rush_loses_no_request(restart, slow, figure):
    uploaded, statuses, took = restart_in_a_rush(restart, graceful=60, slow=slow)
    lost = sum(status not in (200, 302) for status in statuses)
    told = f"{len(statuses)} sent, {lost} lost; upload of {slow} s: {uploaded}; {took:.0f} s until the old one had gone"
    figure(f"restart in a rush, {restart.__name__.replace('_', ' ')}", told)
    assert lost == 0
    assert len(statuses) == SENDERS
    assert uploaded == 200


@pytest.mark.soak
def test_control_with_little_patience_an_upload_under_way_is_lost():
    uploaded, _statuses, _took = restart_in_a_rush(stop_and_start, graceful=2, slow=15)
    assert uploaded == 0
