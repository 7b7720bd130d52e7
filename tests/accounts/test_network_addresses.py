"""Who counts as one network when limits are counted: by how many proxies are trusted, whatever X-Forwarded-For claims."""

import pytest
from allauth.core.internal.ratelimit import get_ip
from django.core import mail
from django.test import Client

from accounts.adapter import AccountAdapter
from tests.accounts.helpers import CODE, ask

pytestmark = pytest.mark.django_db
EMAIL, OWN = "mara@example.org", "203.0.113.9"  # OWN: of the socket, which nobody can choose
HIDDEN = "unknown"

# proxies, X-Forwarded-For, the address that counts
CLAIMS = [
    (0, None, OWN),
    (0, "198.51.100.1", OWN),
    (0, "198.51.100.1, 198.51.100.2", OWN),
    (1, None, OWN),
    (1, "198.51.100.1", "198.51.100.1"),
    (1, "6.6.6.6, 198.51.100.1", "198.51.100.1"),
    (1, "6.6.6.6,7.7.7.7 ,  198.51.100.1  ", "198.51.100.1"),
    (1, "198.51.100.1:4711", "198.51.100.1"),
    (1, "2001:db8::7", "2001:db8::7"),
    (1, "[2001:db8::7]:4711", "2001:db8::7"),
    (1, "6.6.6.6, 2001:0DB8:0:0::7", "2001:db8::7"),
    (2, "198.51.100.1, 10.0.0.2", "198.51.100.1"),
    (2, "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
    (2, "198.51.100.1", HIDDEN),  # shorter than what two proxies write: one was passed by
    (2, None, OWN),
    (1, "", OWN),
    (1, "6.6.6.6,", OWN),
    (1, " ", HIDDEN),
    (1, "evil", HIDDEN),
    (1, "6.6.6.6, <script>alert(1)</script>", HIDDEN),
    (1, "999.999.999.999", HIDDEN),
    (1, "[", HIDDEN),
    (1, "[]:1", HIDDEN),
    (1, "127.0.0.1; DROP TABLE accounts_user", HIDDEN),
    (1, "٣.٣.٣.٣", HIDDEN),
    (1, "\x00", HIDDEN),
    (1, "1" * 10_000, HIDDEN),
    (1, "," * 10_000, OWN),
    (2, "6.6.6.6, , 10.0.0.2", HIDDEN),
]


@pytest.mark.parametrize(("proxies", "claim", "counted"), CLAIMS, ids=lambda value: ascii(value)[:40])
def test_the_address_that_counts_is_none_that_a_visitor_can_choose(settings, rf, proxies, claim, counted):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {} if claim is None else {"x-forwarded-for": claim}
    request = rf.post("/sign-in/", REMOTE_ADDR=OWN, headers=headers)
    assert AccountAdapter().get_client_ip(request) == counted
    answer = ask(Client(), EMAIL, REMOTE_ADDR=OWN, headers=headers)
    assert (answer.status_code, answer.url) == (302, CODE)


@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_a_forged_list_buys_no_further_letters(settings, proxies):
    """Each request claims another past; what the trusted proxies wrote behind it is the same."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    behind = ["198.51.100.1", "10.0.0.2"][2 - proxies :] if proxies else []
    answers = []
    for number in range(8):
        claim = ", ".join([f"6.6.6.{number}", f"7.7.7.{number}", *behind])
        answers.append(ask(Client(), EMAIL, REMOTE_ADDR=OWN, headers={"x-forwarded-for": claim}))
    assert [answer.status_code for answer in answers] == [302] * 5 + [200] * 3
    assert len(mail.outbox) == 5


def test_without_counting_proxies_right_a_forged_list_buys_letters(settings):
    """The control: one trusted proxy too many, and the visitor writes what counts."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(8):
        ask(Client(), EMAIL, REMOTE_ADDR=OWN, headers={"x-forwarded-for": f"6.6.6.{number}"})
    assert len(mail.outbox) == 8


def test_a_whole_ipv6_network_counts_as_one(settings, rf):
    """Whoever has one address there has all of them."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    seen = {get_ip(rf.post("/", headers={"x-forwarded-for": f"2001:db8:1:2::{number}"})) for number in range(3)}
    assert len(seen) == 1
