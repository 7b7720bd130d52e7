"""Requests that two readers could take for one or for two, at the real server: they are refused, or read in one way."""

import socket

import pytest

from tests.server import Server

pytestmark = pytest.mark.server

SECOND = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
POST = "POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
# Each hides SECOND from whoever reads the lengths in the other way.
AMBIGUOUS = {
    "both lengths": f"Content-Length: {len(SECOND) + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": f"Content-Length: 0\r\nContent-Length: {len(SECOND)}\r\n\r\n",
    "two lengths in one": f"Content-Length: 0, {len(SECOND)}\r\n\r\n",
    "a length with a sign": "Content-Length: +0\r\n\r\n",
    "a coding that is none": "Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n",
    "a coding in two lines": "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "a space before the colon": "Transfer-Encoding : chunked\r\nContent-Length: 0\r\n\r\n",
    "a folded line": "Transfer-Encoding:\r\n chunked\r\nContent-Length: 0\r\n\r\n",
    "a bad size of a chunk": "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
    "an underscore": "Transfer_Encoding: chunked\r\nContent_Length: 999\r\nContent-Length: zero\r\n\r\n",
    "a line that ends alone": "Content-Length: 0\nX: y\r\n\r\n",
}


def answered(server: Server, request: str) -> int:
    """How often SECOND is answered when this is sent at once, until the server hangs up or says nothing for two seconds."""
    with socket.create_connection(("127.0.0.1", int(server.base_url.rpartition(":")[2])), timeout=2) as connection:
        connection.sendall(request.encode("latin-1"))
        came = b""
        try:
            while part := connection.recv(65536):
                came += part
        except (TimeoutError, ConnectionResetError):
            pass
    return came.count(b'"ok": true')


def test_a_request_that_can_be_read_in_two_ways_is_never_two(server):
    wrong = {name: count for name, end in AMBIGUOUS.items() if (count := answered(server, POST + end + SECOND))}
    assert wrong == {}
    server.wait_until_well()


@pytest.mark.soak
def test_control_two_requests_in_a_row_are_answered_twice(server):
    assert answered(server, SECOND + SECOND) == 2
