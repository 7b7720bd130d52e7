"""While a decision's letter waits, its candidate learns nothing of it, on no page; taken back, it never was."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications import letter_texts, seen, workflow
from applications.letter_texts import InterviewTerms, OfferTerms
from applications.models import Application, Interview, Offer
from applications.services import answer_offer, submit, withdraw
from applications.workflow import NotAllowed
from letters.models import Letter
from letters.services import hold_back, send_again
from tests.factories import make_application, make_program, make_recruiter, make_user, make_window, post_for

pytestmark = pytest.mark.django_db

DELAY = timedelta(minutes=10)
# What each decision is told by, on the page of the application.
TOLD = {
    "interview": ("Interview", "We invited you to an interview.", "We would like to talk with you", "Room 5"),
    "offer": ("Offer", "We offered you a place.", "Accept or decline", "1 June 2199"),
    "waitlist": ("Waitlisted", "We put you on the waitlist.", "convinced us"),
    "reject": ("Rejected", "We could not offer you a place.", "We are not able to offer"),
}
UPDATING = "We are just updating this application. Try again in a few minutes."


@pytest.fixture
def program():
    return make_program("Data Science", asks=("statement",))


@pytest.fixture
def recruiter(program):
    return make_recruiter(program)


@pytest.fixture
def application(client, program, recruiter, settings):
    """In review, and its candidate signed in; decisions wait ten minutes."""
    settings.LETTER_DELAY_MINUTES = 10
    at = timezone.now() - timedelta(hours=1)
    application = make_application(make_window(program), candidate=make_user("ada@example.org"), at=at)
    decided(application, "review", recruiter, at=at)
    client.force_login(application.candidate)
    return application


def decided(application, action, recruiter, *, at=None):
    """A decision and its letter, whatever else belongs to taking it; the change."""
    at = at or timezone.now()
    terms, interview = None, None
    if action == "offer":
        terms = OfferTerms(application.program.offices.get(), date(2199, 6, 1), date(2199, 4, 1))
        Offer.objects.create(application=application, **vars(terms))
    if action == "interview":
        interview = InterviewTerms(timezone.now() + timedelta(days=9), "America/Toronto", 45, "Room 5")
        Interview.objects.create(application=application, **vars(interview))
    letter = (
        letter_texts.write(application, action, at=at, terms=terms, interview=interview) if action in TOLD else None
    )
    return workflow.take(application, action, by=recruiter, at=at, letter=letter)


def pages_of(client, application) -> dict[str, str]:
    """All that its candidate can look at or post to, followed wherever it leads, by address."""
    page = application.get_absolute_url()
    form = application.program.apply_url
    texts = {
        url: client.get(url, follow=True).text
        for url in ("/", "/applications/", page, f"{page}withdraw/", f"{page}offer/", form, f"{form}?check")
    }
    posts = [(f"{page}offer/", {"answer": "accept"}), (f"{page}withdraw/", {})]
    posts += [(form, post_for(application.window, action=action)) for action in ("save", "send")]
    for url, data in posts:
        texts[f"POST {url} {data.get('action', '')}"] = client.post(url, data, follow=True).text
    return texts


def timeless(text: str) -> str:
    """A page without what differs each time it is asked for."""
    return re.sub(r'(csrfmiddlewaretoken" value=")[^"]*|nonce-[\w-]+|Saved \d\d:\d\d', r"\1", text)


@pytest.mark.parametrize("action", TOLD)
def test_no_page_tells_a_decision_before_its_time_and_the_status_page_does_then(client, application, recruiter, action):
    page, at = application.get_absolute_url(), timezone.now()
    before = {url: timeless(client.get(url).text) for url in ("/applications/", page)}
    decided(application, action, recruiter)
    assert {url: timeless(client.get(url).text) for url in before} == before
    for url, text in pages_of(client, application).items():
        for words in TOLD[action]:
            assert words not in text, url
    application.refresh_from_db()
    assert application.status == decided_status(action)
    Letter.objects.filter(kind=action).update(send_after=at)
    text = client.get(page).text
    for words in TOLD[action]:
        assert words in text


def decided_status(action: str) -> str:
    return {"interview": "interview", "offer": "offer", "waitlist": "waitlisted", "reject": "rejected"}[action]


@pytest.mark.parametrize("action", TOLD)
def test_what_a_candidate_does_meanwhile_is_refused_in_words_that_tell_nothing(client, application, recruiter, action):
    decided(application, action, recruiter)
    page = client.post(f"{application.get_absolute_url()}withdraw/", follow=True)
    assert UPDATING in page.text
    application.refresh_from_db()
    for act in (
        lambda: withdraw(application=application),
        lambda: (
            answer_offer(application=application, accept=True)
            if action == "offer"
            else withdraw(application=application)
        ),
    ):
        with pytest.raises(NotAllowed, match="just updating"):
            act()
    application.refresh_from_db()
    assert application.status == decided_status(action)
    assert not Letter.objects.filter(kind__in=["withdraw", "accept"]).exists()


def test_sending_again_meanwhile_tells_nothing_either(application, recruiter):
    decided(application, "reject", recruiter)
    with pytest.raises(Exception, match="just updating"):
        submit(application=application, revision=application.revision)


def test_a_letter_that_is_tried_again_is_news_no_longer(client, application, recruiter):
    decided(application, "reject", recruiter)
    Letter.objects.filter(kind="reject").update(tries=1, send_after=timezone.now() + timedelta(minutes=5))
    assert "We could not offer you a place." in client.get(application.get_absolute_url()).text


def test_what_was_taken_back_never_was(client, application, recruiter):
    page = application.get_absolute_url()
    before = timeless(client.get(page).text)
    change = decided(application, "reject", recruiter)
    assert hold_back(change.letter)
    decided(application, "return", recruiter)
    assert timeless(client.get(page).text) == before
    later = timezone.now() + DELAY * 2
    known = seen.known_history(application, later)
    assert [change.action for change in known] == ["submit", "review"]
    assert "We could not offer" not in "".join(pages_of(client, application).values())


def test_what_was_taken_back_after_it_was_told_stays_told(client, application, recruiter):
    at = timezone.now() - DELAY * 2
    decided(application, "reject", recruiter, at=at)
    decided(application, "return", recruiter)
    text = client.get(application.get_absolute_url()).text
    assert "We could not offer you a place." in text
    assert "We took your application up again." in text


def test_the_status_before_a_decision_that_was_taken_back_still_holds(client, application, recruiter):
    """An invitation that was told stands, though the recruiter is back at reading; and one can withdraw."""
    decided(application, "interview", recruiter, at=timezone.now() - DELAY * 2)
    hold_back(decided(application, "waitlist", recruiter).letter)
    decided(application, "return", recruiter)
    text = client.get(application.get_absolute_url()).text
    assert "badge-interview" in text
    assert "We took your application up again" not in text
    assert "is withdrawn" in client.post(f"{application.get_absolute_url()}withdraw/", follow=True).text
    application.refresh_from_db()
    assert application.status == "withdrawn"


def test_nothing_that_came_after_an_untold_decision_is_told_before_it(client, application, recruiter):
    decided(application, "waitlist", recruiter)
    decided(application, "return", recruiter)
    assert [change.action for change in seen.known_history(application, timezone.now())] == ["submit", "review"]
    later = seen.known_history(application, timezone.now() + DELAY)
    assert [change.action for change in later] == ["submit", "review", "waitlist", "return"]


def test_each_of_two_decisions_is_told_at_its_time(application, recruiter):
    at = timezone.now()
    decided(application, "waitlist", recruiter, at=at)
    decided(application, "offer", recruiter, at=at + timedelta(minutes=5))
    for minutes, status in ((9, "in_review"), (11, "waitlisted"), (15, "offer")):
        [row] = Application.objects.of(application.candidate)
        assert seen.as_known(row, at + timedelta(minutes=minutes)).status == status


def test_a_letter_that_was_sent_again_is_shown_once(client, application, recruiter):
    decided(application, "reject", recruiter, at=timezone.now() - DELAY * 2)
    Letter.objects.filter(kind="reject").update(status="failed")
    send_again(letter=Letter.objects.get(kind="reject"), to="ada@example.com", by=recruiter)
    text = client.get(application.get_absolute_url()).text
    assert text.count("We are not able to offer") == 1
    assert "To ada@example.com" in text
    assert "did not arrive" not in text


def test_a_letter_is_read_as_it_was_sent(client, application):
    body = "Dear <Ada>,\n\n  two spaces, and https://pinterns.example/x\n"
    Letter.objects.update(body=body, status="sent", sent_at=timezone.now())
    text = client.get(application.get_absolute_url()).text
    assert 'Dear &lt;Ada&gt;,\n\n  two spaces, and <a href="https://pinterns.example/x"' in text


def test_nobody_reads_the_letters_of_others(client, application):
    other = make_application(application.window)
    Letter.objects.filter(about=other.reference).update(about=application.reference, body="For somebody else")
    assert "For somebody else" not in client.get(application.get_absolute_url()).text


@pytest.mark.parametrize("untold", [False, True])
def test_list_and_page_ask_as_often_however_long_the_histories_are(client, application, recruiter, untold):
    def counted() -> list[int]:
        counts = []
        for url in ("/applications/", application.get_absolute_url()):
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counts.append(len(queries))
        return counts

    before = counted()
    for number in range(15):
        at = timezone.now() - timedelta(minutes=50 - number)
        decided(application, "waitlist", recruiter, at=at)
        decided(application, "return", recruiter, at=at)
        make_application(candidate=application.candidate)
    if untold:
        decided(application, "reject", recruiter)
    assert counted() == before


def test_control_without_the_wait_a_decision_is_told_at_once(client, application, recruiter, monkeypatch):
    monkeypatch.setattr(Letter, "is_not_due_yet", lambda letter, at: False)
    decided(application, "reject", recruiter)
    told = "".join(pages_of(client, application).values())
    assert "We could not offer you a place." in told
    assert UPDATING not in told
