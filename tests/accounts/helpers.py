"""How a test walks through the door."""

import re
from collections.abc import Callable
from datetime import timedelta
from http.cookiejar import CookieJar
from threading import Barrier, Thread
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client

from accounts.models import SignInCode

ASK, CODE = "/sign-in/", "/sign-in/code/"


def newest_code() -> str:
    """The code in the letter that was sent last, as it is printed there."""
    return re.search(r"^ +(\d{4}-\d{4})$", mail.outbox[-1].body, re.M)[1]


def wrong(code: str) -> str:
    """Another code than this one."""
    return f"{(int(code.replace('-', '')) + 1) % 10**8:08}"


def ask(client: Client, email: str, path: str = ASK, **extra):
    return client.post(path, {"email": email}, **extra)


def sign_in(client: Client, email: str, path: str = ""):
    """Walks through both steps, and returns the answer to the right code."""
    ask(client, email, ASK + path)
    return client.post(CODE + path, {"code": newest_code()})


def let_pass(**time) -> None:
    """Makes every pending code older, as if this much time had passed."""
    for pending in SignInCode.objects.all():
        SignInCode.objects.filter(pk=pending.pk).update(sent_at=pending.sent_at - timedelta(**time))


def totp_code(secret: str, at: float) -> str:
    """What an authenticator app shows at this moment (seconds since 1970)."""
    return format_hotp_value(hotp_value(secret, int(at) // 30))


class Visitor:
    """A browser in small, for a running server: it keeps cookies and posts the page's own CSRF token."""

    def __init__(self, base_url: str, cookies: CookieJar | None = None):
        self.base_url = base_url
        self.cookies = CookieJar() if cookies is None else cookies
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> str:
        """The page that the path leads to. Raises HTTPError where it is an error."""
        with self.opener.open(self.base_url + path, timeout=30) as answer:
            self.token = (re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text := answer.read().decode()) or "")[
                1
            ]
            self.url = answer.url.removeprefix(self.base_url)
            return text

    def post(self, path: str, **fields: str) -> str:
        """The page that the answer leads to, with the token of the page that was got last."""
        data = urlencode({"csrfmiddlewaretoken": self.token, **fields}).encode()
        with self.opener.open(self.base_url + path, data, timeout=30) as answer:
            self.url = answer.url.removeprefix(self.base_url)
            return answer.read().decode()


def at_once(count: int, work: Callable[[int], object]) -> list:
    """What `work(number)` returned in as many threads, which start together."""
    results, barrier = [], Barrier(count)

    def run(number: int) -> None:
        barrier.wait(timeout=30)
        results.append(work(number))

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
