"""The site behind a real nginx with docs/nginx.conf: who gets a file, what is too large, and who is slow on purpose."""

import contextlib
import http.client
import json
import socket
import time
from urllib.parse import urlsplit

import pytest

from tests.nginx import NGINX, running_nginx
from tests.server import running_server

pytestmark = [
    pytest.mark.soak,
    pytest.mark.server,
    pytest.mark.skipif(not NGINX, reason="no nginx found (on Debian: apt install nginx-light)"),
]

SEEDED = """
import json
from django.test import Client
from applications.models import Document
from tests.factories import make_program, make_user, make_window, post_for
window = make_window(make_program(asks=("document",)))
def signed_in(user):
    client = Client()
    client.force_login(user)
    return client
ada, other = signed_in(make_user("ada@example.org")), signed_in(make_user())
ada.post(window.program.apply_url, post_for(window, action="send"))
document = Document.objects.get()
print(json.dumps({
    "url": document.get_absolute_url(), "path": document.file.name, "apply": window.program.apply_url,
    "ada": ada.cookies["sessionid"].value, "other": other.cookies["sessionid"].value,
}))
"""
SLOW = 64  # connections, where the site has 8 threads


@pytest.fixture(scope="module")
def site():
    with running_server(env={"FILES_X_ACCEL": "/protected-files/", "TRUSTED_PROXIES": "1"}) as server:
        server.seeded = json.loads(server.python(SEEDED))
        yield server


def ask(base, path, *, session="", method="GET", body=None, timeout=20, **headers):
    """The status, the headers in lower case and the body; nothing is followed."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=timeout)
    with contextlib.closing(connection):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers=sent | {"Cookie": f"sessionid={session}"})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def test_a_file_goes_to_whom_the_site_has_let_in_and_to_nobody_by_its_own_address(site, tmp_path, figure):
    seeded = site.seeded
    with running_nginx(site, tmp_path) as nginx:
        status, headers, body = ask(nginx, seeded["url"], session=seeded["ada"])
        piece, _headers, part = ask(nginx, seeded["url"], session=seeded["ada"], Range="bytes=0-4")
        closed = {
            "another's": ask(nginx, seeded["url"], session=seeded["other"])[0],
            "nobody's": ask(nginx, seeded["url"])[0],
            **{
                path: ask(nginx, path, session=seeded["ada"])[0]
                for path in (
                    f"/protected-files/{seeded['path']}",
                    f"/%70rotected-files/{seeded['path']}",
                    f"//protected-files/{seeded['path']}",
                    f"/static/../protected-files/{seeded['path']}",
                    f"/media/{seeded['path']}",
                    f"/{seeded['path']}",
                )
            },
        }

    assert (status, body) == (200, (site.data / "media" / seeded["path"]).read_bytes())
    assert "x-accel-redirect" not in headers
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"].startswith("attachment; filename")
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"].startswith("private, no-store")
    assert (piece, part) == (206, b"%PDF-")
    assert closed.pop("nobody's") == 302  # to the door
    assert set(closed.values()) == {404}, closed
    figure("files by nginx", f"headers as promised, ranges served, {len(closed)} other ways answered with 404")


def test_control_without_internal_anybody_gets_the_file(site, tmp_path):
    with running_nginx(site, tmp_path, without="internal;") as nginx:
        assert ask(nginx, f"/protected-files/{site.seeded['path']}")[0] == 200


def test_what_is_too_large_is_told_by_the_page_of_the_site_and_never_sent_to_it(site, tmp_path):
    too_large = bytes(33 * 2**20)
    with running_nginx(site, tmp_path) as nginx:
        for _ in range(5):  # an answer before a body was read is easily lost on the way
            status, _headers, page = ask(nginx, site.seeded["apply"], method="POST", body=too_large)
            assert (status, b"32 MB" in page) == (413, True)


def test_the_log_of_requests_knows_nobody(site, tmp_path):
    planted = "planted-token-in-a-path"
    with running_nginx(site, tmp_path) as nginx:
        ask(nginx, f"/following/{planted}/?email=ada@example.org", User_Agent="A browser of Ada's")
        ask(nginx, site.seeded["url"], session=site.seeded["ada"])
    written = (tmp_path / "pinterns.log").read_text()

    assert "GET /following 404" in written
    assert "GET /documents 200" in written
    for personal in (planted, "ada", "Ada", "127.0.0.1", site.seeded["ada"], site.seeded["path"]):
        assert personal not in written
    assert planted not in (tmp_path / "pinterns-error.log").read_text()


def test_slow_clients_hold_no_thread_of_the_site(site, tmp_path, figure):
    with running_nginx(site, tmp_path) as nginx, slow_clients(nginx):
        began = time.monotonic()
        status = ask(nginx, "/", timeout=5)[0]
        took = time.monotonic() - began

    assert status == 200
    assert took < 1
    figure(f"{SLOW} slow clients, through nginx", f"the home page in {took * 1000:.0f} ms")


def test_control_without_nginx_slow_clients_hold_every_thread(site):
    with slow_clients(site.base_url), pytest.raises(TimeoutError):
        ask(site.base_url, "/", timeout=3)


@contextlib.contextmanager
def slow_clients(base):
    """Connections that have sent half of a head and the other half never."""
    address = urlsplit(base)
    with contextlib.ExitStack() as stack:
        for _ in range(SLOW):
            connection = stack.enter_context(socket.create_connection((address.hostname, address.port)))
            connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\nX-Slow: ")
        time.sleep(0.5)
        yield
