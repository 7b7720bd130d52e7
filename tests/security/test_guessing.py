"""Codes guessed, from one place and from many, and the question whether an address is known here."""

import http.client
import statistics
import time
from urllib.parse import urlencode, urlsplit

import pytest
from django.core import mail
from django.test import Client

from accounts.models import SignInCode
from tests.accounts.helpers import ASK, CODE, Visitor, ask, at_once, newest_code, wrong
from tests.server import Server, running_server

OWNER = "mara@example.org"
BEHIND_A_PROXY = {"TRUSTED_PROXIES": "1"}  # so that a test can come from many addresses
SECRET = "A" * 32
ROUNDS = 120  # letters to known addresses, and as many to others, for each way


def somewhere(server: Server, number: int, cookies=None) -> Visitor:
    """A visitor from a network of their own."""
    visitor = Visitor(server.base_url, cookies)
    visitor.opener.addheaders = [("X-Forwarded-For", f"198.51.{number // 250}.{number % 250}")]
    return visitor


def asked(server: Server, email: str, number: int = 0) -> Visitor:
    """A visitor who stands before the second step."""
    visitor = somewhere(server, number)
    visitor.get(ASK)
    visitor.post(ASK, email=email)
    visitor.get(CODE)
    return visitor


# --- Quick -----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_an_attack_from_many_addresses_locks_nobody_out():
    attackers = [Client(REMOTE_ADDR=f"198.51.100.{number}") for number in range(15)]
    owner, neighbour = Client(REMOTE_ADDR="203.0.113.1"), Client(REMOTE_ADDR="203.0.113.2")
    ask(owner, OWNER)
    code = newest_code()
    for attacker in attackers:
        assert ask(attacker, OWNER).status_code == 302
        answers = [attacker.post(CODE, {"code": wrong(newest_code())}).content.decode() for _ in range(11)]
        assert sum("more time" in answer for answer in answers) == 9
    assert sorted(SignInCode.objects.values_list("tries", flat=True)) == [0] + [10] * 15
    # In the middle of it: the code of before, another one, and somebody else's.
    assert owner.post(CODE, {"code": code}).url == "/applications/"
    again = Client(REMOTE_ADDR="203.0.113.1")
    ask(again, OWNER)
    assert again.post(CODE, {"code": newest_code()}).url == "/applications/"
    ask(neighbour, "nils@example.org")
    assert neighbour.post(CODE, {"code": newest_code()}).url == "/applications/"
    assert len(mail.outbox) == 18


# --- Long ------------------------------------------------------------------------------------------------------------
def guesses_told(server: Server) -> list[str]:
    """What 200 guesses at one code, all at once, are answered."""
    visitor = asked(server, OWNER)
    code = server.code_for(OWNER)

    def guess(_: int) -> str:
        same_session = somewhere(server, 0, visitor.cookies)
        same_session.token = visitor.token
        return same_session.post(CODE, code=wrong(code))

    return at_once(200, guess)


def told_wrong(pages: list[str]) -> int:
    """How many of them were compared with the code and found wrong."""
    return sum("more time" in page for page in pages)


@pytest.mark.soak
@pytest.mark.server
def test_of_200_guesses_at_once_ten_count(figure):
    with running_server(env=BEHIND_A_PROXY) as server:
        pages = guesses_told(server)
        tries = int(
            server.python(f"from accounts.models import *; print(SignInCode.objects.get(email='{OWNER}').tries)")
        )
    figure("200 guesses at one code at once", f"{tries} tries, then void")
    assert all("more time" in page or "wrong ten times" in page for page in pages)
    assert tries == 10 and told_wrong(pages) <= 9, "nine that may go on, and the tenth that closes it"


@pytest.mark.soak
@pytest.mark.server
def test_where_tries_are_read_and_written_back_more_count(figure):
    """The control. A count that is written back may open a code again whose end is just being told, so that nothing is."""
    with running_server(env=BEHIND_A_PROXY, app="tests.security.uncounted_wsgi") as server:
        told = told_wrong(guesses_told(server))
    figure("the same, counted by reading and writing back", f"{told} guesses")
    assert told > 9


@pytest.mark.soak
@pytest.mark.server
def test_an_attack_from_100_networks_locks_nobody_out(figure):
    with running_server(env=BEHIND_A_PROXY) as server:
        waited = []

        def attack_or_sign_in(number: int) -> bool:
            if number % 10:  # an attacker with a network of their own, against one address
                visitor = asked(server, OWNER, number)
                pages = [visitor.post(CODE, code=f"{number * 100 + guess:08}") for guess in range(12)]
                return sum("more time" in page for page in pages) <= 9
            email = OWNER if number == 0 else f"neighbour{number}@example.org"
            begun = time.monotonic()
            if number == 0:
                time.sleep(1)  # the owner comes in the middle
            visitor = asked(server, email, 1000 + number)
            code = code_of(server, visitor, email)
            visitor.post(CODE, code=code)
            waited.append(time.monotonic() - begun)
            return visitor.url == "/applications/"

        assert all(at_once(100, attack_or_sign_in))
        most = server.python(
            "from accounts.models import *; print(max(SignInCode.objects.values_list('tries', flat=True)))"
        )
    figure("90 networks guess at one address", f"{most.strip()} tries a code; the owner and 9 others signed in")
    assert int(most) == 10


def code_of(server: Server, visitor: Visitor, email: str) -> str:
    """The code of this visitor's own letter: everybody else's goes to the same address."""
    key = visitor.cookies._cookies["127.0.0.1"]["/"]["sessionid"].value
    found = server.python(
        "from accounts.sessions import SessionStore; from accounts.models import SignInCode; from accounts import services;"
        f"pending = SignInCode.objects.get(pk=SessionStore('{key}')['sign_in_code']);"
        f"pending.code_hash = services._hash('{email}', '12345678'); pending.save(); print(12345678)"
    )
    return found.strip()


def second_factors_told_wrong(server: Server) -> int:
    """How many of 40 guesses at somebody's second factor, over all processes, were looked at."""
    email = "ada@example.org"
    server.manage("create_administrator", email)
    server.python(
        "from allauth.mfa.models import Authenticator; from accounts.models import User;"
        f"Authenticator.objects.create(user=User.objects.get(), type='totp', data={{'secret': '{SECRET}'}})"
    )
    visitor = asked(server, email)
    visitor.post(CODE, code=server.code_for(email))
    assert visitor.url == "/staff/security/authenticate/"
    visitor.get(visitor.url)
    pages = [visitor.post("/staff/security/authenticate/", code=f"{number:06}") for number in range(40)]
    return sum("Incorrect code" in page for page in pages)


@pytest.mark.soak
@pytest.mark.server
def test_second_factors_are_counted_over_all_processes(figure):
    with running_server(env=BEHIND_A_PROXY, workers=3) as server:
        looked_at = second_factors_told_wrong(server)
    figure("40 guesses at a second factor, 3 processes", f"{looked_at} looked at")
    assert looked_at == 10


@pytest.mark.soak
@pytest.mark.server
def test_where_each_process_counts_for_itself_more_are_looked_at(figure):
    """The control."""
    with running_server(env=BEHIND_A_PROXY, workers=3, app="tests.security.uncounted_wsgi") as server:
        looked_at = second_factors_told_wrong(server)
    figure("the same, counted in each process", f"{looked_at} looked at")
    assert looked_at > 10


# --- Is this address known here? -------------------------------------------------------------------------------------
def differences(server: Server, rounds: int) -> dict[str, float]:
    """By how many milliseconds the medians of known and unknown addresses differ, for each way to a code."""
    server.python(
        "from accounts.models import User; from tests.factories import make_program, make_window;"
        f"[User.objects.create_user(f'known{{number}}@example.org') for number in range({rounds * 3})];"
        "make_window(make_program(slug='here', asks=('confirmation',)))"
    )
    ways = {
        "signing in": ASK,
        "following": "/programs/here/follow/",
        "applying": f"{ASK}?next=/programs/here/apply/",
    }
    return {
        way: _difference(server, path, range(first * rounds, (first + 1) * rounds))
        for first, (way, path) in enumerate(ways.items())
    }


def _difference(server: Server, path: str, numbers: range) -> float:
    """Known and unknown by turns, over one connection, each from a network of its own."""
    connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc)
    visitor = Visitor(server.base_url)
    visitor.get(path)
    [token] = [cookie.value for cookie in visitor.cookies if cookie.name == "csrftoken"]
    times: dict[str, list[float]] = {"known": [], "other": []}
    seen = set()
    for number in numbers:
        for kind in sorted(times, reverse=bool(number % 2)):
            body = urlencode({"email": f"{kind}{number}@example.org", "csrfmiddlewaretoken": token})
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": f"csrftoken={token}",
                "X-Forwarded-For": f"198.51.{number // 250}.{number % 250}",
            }
            begun = time.perf_counter()
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            times[kind].append((time.perf_counter() - begun) * 1000)
            seen.add((answer.status, answer.getheader("Location"), content, tuple(sorted(dict(answer.getheaders())))))
    connection.close()
    assert len(seen) == 1 and seen.pop()[0] == 302, "the same status, headers and body"
    return abs(statistics.median(times["known"]) - statistics.median(times["other"]))


@pytest.mark.soak
@pytest.mark.server
def test_time_does_not_tell_whether_an_address_is_known(figure):
    with running_server(env=BEHIND_A_PROXY) as server:
        found = differences(server, ROUNDS)
    figure("known and unknown address", ", ".join(f"{way}: {ms:.1f} ms apart" for way, ms in found.items()))
    assert max(found.values()) < 10


@pytest.mark.soak
@pytest.mark.server
def test_time_tells_it_where_an_account_is_looked_up_first(figure):
    """The control."""
    with running_server(env=BEHIND_A_PROXY, app="tests.security.telling_wsgi") as server:
        found = differences(server, ROUNDS // 10)
    figure("the same, with a look-up and a hash for known ones", f"{min(found.values()):.0f} ms apart or more")
    assert min(found.values()) > 10
