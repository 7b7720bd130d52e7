"""A mail server that keeps what it is sent.

with SmtpSink() as sink:
    settings.EMAIL_PORT = sink.port
    ...
    sink.messages   # as the mail server took them, repeats too
"""

import asyncio
import contextlib
import socket
import time
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller


def free_port() -> int:
    """A port on which nothing listens."""
    [port] = free_ports(1)
    return port


def free_ports(number: int) -> list[int]:
    """So many of them, no two the same: a port that was asked for and let go may be the next one again."""
    with contextlib.ExitStack() as stack:
        listeners = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [listener.getsockname()[1] for listener in listeners]


class SmtpSink:
    """Listens on `port` while it is entered. Made to fail by its attributes, which may change at any time."""

    def __init__(self, port: int = 0):
        self.port = port or free_port()
        self.messages: list[EmailMessage] = []
        self.sessions = 0
        self.sessions_awaited = 0  # nobody is greeted before so many have come
        self.refusals: dict[str, str] = {}  # address: reply to RCPT
        self.data_reply = "250 OK"
        # Called within a letter's delivery, before the reply to its address, and to its text.
        self.before_taking: Callable[[], None] = lambda: None
        self.after_taking: Callable[[], None] = lambda: None
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> "SmtpSink":
        self._controller.start()
        self.sessions = 0  # the controller tries the port itself
        return self

    def __exit__(self, *_exception) -> None:
        self._controller.stop()

    def message_ids(self) -> Counter[str]:
        """How often each letter came."""
        return Counter(message["Message-ID"] for message in self.messages)

    def wait_for(self, condition: Callable[[], bool], seconds: float = 20) -> bool:
        """Wait until the condition holds; whether it does."""
        deadline = time.monotonic() + seconds
        while not condition() and time.monotonic() < deadline:
            time.sleep(0.02)
        return condition()

    # What aiosmtpd calls.
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.sessions += 1
        while self.sessions < self.sessions_awaited:
            await asyncio.sleep(0.01)
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refusals:
            return self.refusals[address]
        self.before_taking()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.data_reply.startswith("250"):
            self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
            self.after_taking()
        return self.data_reply
