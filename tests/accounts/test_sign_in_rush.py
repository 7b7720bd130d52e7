"""The door at a running server: what happens when everything comes at the same moment."""

import pytest

from tests.accounts.helpers import ASK, CODE, Visitor, at_once, wrong

pytestmark = pytest.mark.server
PEOPLE = "from accounts.models import SignInCode, User; "


def ask_for_code(server, email: str) -> tuple[Visitor, str]:
    visitor, before = Visitor(server.base_url), len(server.letters(email))
    visitor.get(ASK)
    visitor.post(ASK, email=email)
    visitor.get(CODE)
    return visitor, server.code_for(email, after=before)


def test_first_correct_codes_at_the_same_moment_make_one_account(server):
    email = "nils@example.org"
    asked = [ask_for_code(server, email) for _ in range(4)]

    def confirm(number: int) -> str:
        visitor, code = asked[number]
        visitor.post(CODE, code=code)
        return visitor.url

    assert at_once(4, confirm) == ["/applications/"] * 4
    assert server.python(PEOPLE + f"print(User.objects.filter(email='{email}').count())").strip() == "1"


def test_guesses_at_the_same_moment_do_not_exceed_ten(server):
    visitor, code = ask_for_code(server, "mara@example.org")

    def guess(_: int) -> str:
        same_session = Visitor(server.base_url, visitor.cookies)
        same_session.token = visitor.token
        return same_session.post(CODE, code=wrong(code))

    pages = at_once(30, guess)
    told_more = sum("more time" in page for page in pages)
    # The tenth may be counted before an earlier one has read how many are left; that one is told that it is over too.
    assert told_more <= 9, "nine wrong tries, and the tenth closes the code"
    assert sum("wrong ten times" in page for page in pages) == 30 - told_more
    tries = server.python(PEOPLE + "print(SignInCode.objects.get(email='mara@example.org').tries)")
    assert tries.strip() == "10"
    assert "wrong ten times" in visitor.post(CODE, code=code), "not even the right one"


def test_a_code_that_comes_twice_at_the_same_moment_signs_in_once(server):
    visitor, code = ask_for_code(server, "otto@example.org")

    def confirm(_: int) -> str:
        twin = Visitor(server.base_url)
        for cookie in visitor.cookies:
            twin.cookies.set_cookie(cookie)
        twin.token = visitor.token
        twin.post(CODE, code=code)
        return twin.url

    assert "/applications/" in at_once(2, confirm)
    assert server.python(PEOPLE + "print(User.objects.filter(email='otto@example.org').count())").strip() == "1"
