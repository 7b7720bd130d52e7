"""A mail server that is down, or takes connections and never answers: letters wait and none is lost, codes fail fast.

Each guard has a control: the same fault with the guard taken out.
"""

import contextlib
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts import mail_now
from accounts.models import SignInCode, User
from letters import delivery
from letters.delivery import deliver_due
from letters.services import write_letter
from tests.accounts.helpers import ASK, CODE, Visitor, at_once
from tests.server import running_server
from tests.sink import SmtpSink, free_port

AWAY = "Our mail server does not answer just now"


@contextlib.contextmanager
def black_hole(port: int) -> Iterator[list[socket.socket]]:
    """Takes connections at `port` and never answers; gives the list of them."""
    with socket.create_server(("127.0.0.1", port), backlog=1024) as listener:
        held = []

        def take() -> None:
            with contextlib.suppress(OSError):
                while True:
                    held.append(listener.accept()[0])

        threading.Thread(target=take, daemon=True).start()
        try:
            yield held
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for connection in held:
                connection.close()


@pytest.fixture
def port(settings):
    """Where this process finds its mail server; nobody is there. It counts as silent soon."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.EMAIL_TIMEOUT, settings.EMAIL_CODE_TIMEOUT = 0.05, 0.2
    return settings.EMAIL_PORT


# --- Letters ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def write(db) -> Callable[[datetime], str]:
    """write(at): a letter of this moment; its Message-ID."""
    ada = User.objects.create_user("ada@example.org")
    return lambda at: write_letter(addressee=ada, subject="s", body="b", kind="k", at=at).message_id


def in_a_black_hole(write, port, *, minutes: int = 60) -> tuple[set[str], datetime, int]:
    """Ten letters, and one half an hour later, none of which can leave for so long: their Message-IDs, the end of that
    time, and how often the mail server was asked."""
    at = start = timezone.now()
    written = {write(start + timedelta(minutes=late)) for late in [*[0] * 10, 30]}
    with black_hole(port) as asked:
        while at < start + timedelta(minutes=minutes):
            assert deliver_due(at=at) == 0
            at += timedelta(seconds=15)
        return written, at, len(asked)


def ten_minutes_later(port: int, at: datetime, settings) -> SmtpSink:
    """The mail server as it is after ten minutes in which it answers again."""
    settings.EMAIL_TIMEOUT = 5
    with SmtpSink(port) as sink:
        for step in range(60):
            deliver_due(at=at + timedelta(seconds=10 * step))
    return sink


def test_an_hour_in_a_black_hole_loses_and_repeats_nothing_and_costs_a_timeout_a_pause(write, port, settings):
    written, at, asked = in_a_black_hole(write, port)
    assert asked < 40, "one timeout for all that is due, at growing pauses"
    came = ten_minutes_later(port, at, settings).message_ids()
    assert set(came) == written
    assert came.total() == len(written)


def test_control_with_few_tries_an_hour_in_a_black_hole_loses_letters(write, port, settings, monkeypatch):
    monkeypatch.setattr(delivery, "MOST_TRIES", 5)
    written, at, _asked = in_a_black_hole(write, port)
    assert set(ten_minutes_later(port, at, settings).message_ids()) < written


def test_control_without_a_common_pause_every_letter_costs_timeouts_of_its_own(write, port, monkeypatch):
    monkeypatch.setattr(delivery, "_postpone_all", lambda error, at: None)
    _written, _at, asked = in_a_black_hole(write, port, minutes=4)
    assert asked > 12


@pytest.mark.soak
@pytest.mark.server
def test_a_worker_whose_mail_server_is_a_black_hole_for_a_minute_sends_all_afterwards(figure):
    number, port = 300, free_port()
    writing = f"""
from accounts.models import User
from letters.services import write_letter
ada = User.objects.create_user("ada@example.org")
for _number in range({number}):
    write_letter(addressee=ada, subject="s", body="b", kind="k")
"""
    env = {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "EMAIL_TIMEOUT": "2"}
    with running_server(env=env, workers=1, worker=True) as server:
        with black_hole(port) as asked:
            server.python(writing)
            time.sleep(60)
            tries = len(asked)
        back = time.monotonic()
        with SmtpSink(port) as sink:
            assert sink.wait_for(lambda: len(sink.message_ids()) == number, seconds=600)
            drained = time.monotonic() - back
            time.sleep(2)
        repeated = sink.message_ids().total() - number
    figure(
        "SMTP black-holed for a minute, a real worker",
        f"{number} letters: 0 lost, {repeated} repeated, {tries} tries of the server, drained {drained:.0f} s after",
    )
    assert repeated == 0
    assert tries < 10


# --- Codes -----------------------------------------------------------------------------------------------------------
def ask(client, email: str = "ada@example.org") -> tuple[str, float]:
    """The page that answers who asks for a code, and the seconds that it took."""
    began = time.monotonic()
    answer = client.post(ASK, {"email": email})
    return answer.text if answer.status_code == 200 else answer.url, time.monotonic() - began


@pytest.mark.django_db
def test_a_code_fails_fast_with_a_sentence_and_the_next_at_once(client, port):
    with black_hole(port) as asked:
        page, seconds = ask(client)
        assert AWAY in page
        assert 'value="ada@example.org"' in page
        assert seconds < 2
        for _number in range(9):  # more than the limits of one address allow
            assert AWAY in ask(client)[0]
        assert len(asked) == 1, "the others did not wait for it"
    assert not SignInCode.objects.exists()
    cache.delete(mail_now._AWAY)  # as it is some seconds later
    with SmtpSink(port) as sink:
        assert ask(client)[0] == CODE
    assert [message["To"] for message in sink.messages] == ["ada@example.org"]


@pytest.mark.django_db
def test_control_without_memory_each_ask_waits_for_the_mail_server(client, port, monkeypatch):
    monkeypatch.setattr(mail_now, "is_away", lambda: False)
    with black_hole(port) as asked:
        assert all(ask(client)[1] >= 0.2 for _number in range(2))
        assert len(asked) == 2


@pytest.mark.django_db
def test_who_does_not_come_to_their_turn_is_told_and_the_others_go_on(client, port, monkeypatch):
    monkeypatch.setattr(mail_now, "TURN_SECONDS", 0.1)
    with SmtpSink(port) as sink:
        for _number in range(mail_now.AT_ONCE):
            assert mail_now._turns.acquire(blocking=False)
        page, seconds = ask(client)
        assert AWAY in page
        assert seconds < 1
        for _number in range(mail_now.AT_ONCE):
            mail_now._turns.release()
        cache.delete(mail_now._AWAY)
        assert ask(client)[0] == CODE
    assert len(sink.messages) == 1


@pytest.mark.django_db
def test_an_address_that_is_refused_does_not_make_the_server_away_for_others(client, port):
    with SmtpSink(port) as sink:
        sink.refusals["mallory@example.org"] = "421 closing"
        assert "could not send the letter" in ask(client, "mallory@example.org")[0]
        assert ask(client)[0] == CODE


def rush_for_codes(app: str = "pinterns.wsgi", people: int = 12) -> tuple[float, float, str]:
    """So many ask for codes at once at a server of four threads, before a black hole that takes 3 seconds each.

    Returns the seconds of the slowest page that others looked at meanwhile, and of the slowest ask; and the log.
    """
    port = free_port()
    env = {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "EMAIL_CODE_TIMEOUT": "3"}
    with running_server(env=env, workers=1, threads=4, app=app) as server, black_hole(port):
        visitors = [Visitor(server.base_url) for _number in range(people)]
        for visitor in visitors:
            visitor.get(ASK)
        asks, pages, over = [], [], threading.Event()

        def look() -> None:
            while not over.is_set():
                began = time.monotonic()
                urllib.request.urlopen(server.base_url + "/accessibility/", timeout=60).read()
                pages.append(time.monotonic() - began)
                time.sleep(0.05)

        def ask_one(number: int) -> None:
            began = time.monotonic()
            page = visitors[number].post(ASK, email=f"person{number}@example.org")
            assert AWAY in page
            asks.append(time.monotonic() - began)

        looking = threading.Thread(target=look)
        looking.start()
        at_once(people, ask_one)
        over.set()
        looking.join()
        assert len(asks) == people, server.log()[-2000:]
        return max(pages), max(asks), server.log()


@pytest.mark.soak
@pytest.mark.server
def test_a_rush_for_codes_before_a_black_hole_does_not_stop_the_site(figure):
    page, code, log = rush_for_codes()
    figure(
        "SMTP black-holed, 12 ask for codes at once, 4 threads",
        f"others' slowest page {page:.1f} s, slowest ask {code:.1f} s (EMAIL_CODE_TIMEOUT 3 s)",
    )
    assert page < 2.5, log[-2000:]
    assert code < 6


@pytest.mark.soak
@pytest.mark.server
def test_control_without_the_guards_a_rush_for_codes_stops_the_site(figure):
    page, code, _log = rush_for_codes("tests.faults.unhurried_mail_wsgi")
    figure("the same without the guards (control)", f"others' slowest page {page:.1f} s, slowest ask {code:.1f} s")
    assert page >= 3
