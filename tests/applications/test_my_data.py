"""“My data”: all that is held about oneself, nothing of anybody else's, and nothing that is not told yet."""

import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.decisions import decide
from applications.follow_letters import tell_followers
from applications.letter_texts import InterviewTerms, OfferTerms
from applications.models import Application, Document, Extension
from applications.my_data import my_data
from applications.my_data_export import make_exports
from applications.my_data_file import as_zip, path_of
from letters.models import Letter
from programs.following import follow
from programs.models import Notice
from tests.factories import (
    draft_for,
    make_application,
    make_draft,
    make_office,
    make_program,
    make_recruiter,
    make_user,
    make_window,
    post_for,
)
from tests.files import pdf

pytestmark = pytest.mark.django_db
PAGE, EXPORT, DOWNLOAD = "/my-data/", "/my-data/export/", "/my-data/download/"


@pytest.fixture
def ada(client):
    user = make_user("ada@example.org", name="Ada Account")
    client.force_login(user)
    return user


def archive(client) -> zipfile.ZipFile:
    """Asked for, made by the worker, downloaded."""
    assert client.post(EXPORT)["Location"] == f"{PAGE}#export"
    assert make_exports() == 1
    answer = client.get(DOWNLOAD)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer["Content-Disposition"].startswith('attachment; filename="pinterns-my-data-')
    assert "no-store" in answer["Cache-Control"]
    found = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert found.testzip() is None
    return found


def told(client) -> tuple[str, str]:
    """The page, and the file without what only a machine reads."""
    return client.get(PAGE).content.decode(), archive(client).read("data.json").decode()


def sent_with_file(client, window, name="résumé.pdf") -> Application:
    """Sent by who is signed in, as the browser does it."""
    posted = post_for(window, action="send")
    for key, value in posted.items():
        if isinstance(value, SimpleUploadedFile):
            posted[key] = SimpleUploadedFile(name, pdf(), "application/pdf")
    client.post(window.program.apply_url, posted)
    return Application.objects.latest("pk")


def test_everything_is_on_the_page_and_in_the_file(client, ada):
    program = make_program("Data Science", asks=("document", "statement", "skills"))
    window = make_window(program, season="Summer 2027")
    sent = sent_with_file(client, window)
    begun = make_window(make_program("Sales", asks=("statement", "choice")), season="Autumn 2027")
    draft = draft_for(begun, answers={"statement": {"text": "Half a thought"}})
    make_draft(begun, candidate=ada, draft=draft)
    Extension.objects.create(
        candidate=ada, window=begun, until=datetime(2027, 1, 9, tzinfo=UTC), at=timezone.now(), reason="SECRET WHY"
    )
    follow(program=program, email=ada.email)
    Letter.objects.update(body="Words of a letter")  # which are not to stand for what an application holds
    page, data = told(client)
    for text in (
        *("ada@example.org", "Ada Account", "Data Science", "Summer 2027", sent.reference, "Ada Example"),
        *("Because I like pins very much.", "Trained a ranking model.", "You sent your application.", "résumé.pdf"),
        *("Half a thought", "When can you start?", "June", "Your application is in", "Words of a letter"),
    ):
        assert text in page, text
        assert text in data, text
    assert "SECRET WHY" not in page + data
    facts = json.loads(data)
    assert [(one["program"], one["status"]) for one in facts["applications"]] == [
        ("Sales", "draft"),
        ("Data Science", "submitted"),
    ]
    assert facts["follows"][0]["program"] == "Data Science"
    assert facts["extensions"][0]["until"] == "2027-01-09T00:00:00Z"
    document = Document.objects.get()
    assert archive(client).read(path_of(document, sent)) == pdf()
    assert facts["applications"][1]["answers"][0]["file"] == path_of(document, sent)


def test_nothing_of_anybody_else_is_in_it(client, ada):
    """Every text of another person in the same window, of their letters and of their account is looked for."""
    window = make_window(make_program("Data Science", asks=("document", "statement")))
    bob = make_user("bob@example.net", name="PLANTED account")
    client.force_login(bob)
    theirs = sent_with_file(client, window, "PLANTED résumé.pdf")
    Application.objects.filter(pk=theirs.pk).update(full_name="PLANTED name", phone="PLANTED phone", links=["PLANTED"])
    theirs.answers.update(given={"text": "PLANTED answer", "document": None}, reason="PLANTED verdict")
    make_draft(make_window(), candidate=bob, draft={"about-full_name": ["PLANTED draft"]})
    Letter.objects.update(body="PLANTED letter")
    follow(program=make_program("PLANTED program"), email=bob.email)
    follow(program=make_program("PLANTED too"), email="carol@example.net")
    Notice.objects.all().delete()
    tell_followers()
    client.force_login(ada)
    make_draft(window, candidate=ada)
    make_application(candidate=ada)
    for text in told(client):
        assert "PLANTED" not in text
        assert "example.net" not in text
        assert theirs.reference not in text
    assert archive(client).namelist() == ["data.json"]


def test_what_is_not_told_yet_has_not_happened(client, ada, settings):
    settings.LETTER_DELAY_MINUTES = 10
    office = make_office("Atlantis")
    window = make_window(make_program(offices=[office]))
    past = timezone.now() - timedelta(minutes=11)
    application = make_application(window, candidate=ada, at=past)
    recruiter = make_recruiter(window.program)
    decide(application=application, action="review", by=recruiter, seen_status="submitted", at=past)
    terms = OfferTerms(make_office("Elysium"), date(2027, 6, 7), date(2027, 3, 1))
    decide(
        application=application, action="offer", by=recruiter, seen_status="in_review", note="SECRET NOTE", terms=terms
    )
    for text in told(client):
        for secret in ("Elysium", "SECRET NOTE", "We offered you a place", "2027-06-07", "7 June 2027", "An offer"):
            assert secret not in text, secret
    assert json.loads(told(client)[1])["applications"][0]["status"] == "in_review"
    Letter.objects.filter(kind="offer").update(send_after=past)
    page, data = told(client)
    assert "Elysium" in page and "We offered you a place" in page
    assert json.loads(data)["applications"][0]["offer"]["office"] == "Elysium"
    assert "SECRET NOTE" not in page + data


def test_a_letter_that_would_tell_of_an_earlier_one_waits_with_it(client, ada, settings):
    settings.LETTER_DELAY_MINUTES = 10
    application = make_application(candidate=ada)
    recruiter = make_recruiter(application.program)
    decide(application=application, action="review", by=recruiter, seen_status="submitted")
    decide(application=application, action="waitlist", by=recruiter, seen_status="in_review")
    terms = OfferTerms(application.program.offices_list[0], date(2027, 6, 7), date(2027, 3, 1))
    decide(application=application, action="offer", by=recruiter, seen_status="waitlisted", terms=terms)
    Letter.objects.filter(kind="offer").update(send_after=timezone.now())
    for text in told(client):
        assert "An offer" not in text


def test_an_interview_that_was_told_is_in_it(client, ada):
    application = make_application(candidate=ada)
    recruiter = make_recruiter(application.program)
    decide(application=application, action="review", by=recruiter, seen_status="submitted")
    terms = InterviewTerms(datetime(2027, 2, 1, 17, tzinfo=UTC), "America/Los_Angeles", 45, place="Room 7")
    decide(application=application, action="interview", by=recruiter, seen_status="in_review", interview=terms)
    page, data = told(client)
    assert "Room 7" in page
    assert json.loads(data)["applications"][0]["interview"]["place"] == "Room 7"


def test_letters_from_before_there_was_an_account_are_theirs(client, ada):
    program = make_program("Early program")
    follower = follow(program=program, email=ada.email)
    follower.user = None
    follower.save()
    make_window(program)
    tell_followers()
    assert Letter.objects.get().addressee is None
    page, data = told(client)
    assert "Early program takes applications" in page
    assert "Early program takes applications" in data


def test_names_in_the_file_mean_nothing_to_a_file_system(client, ada):
    window = make_window(make_program(asks=("document",)))
    sent = sent_with_file(client, window)
    Document.objects.update(name="../../etc/CON: a\\b\x01.pdf")
    [name] = [name for name in archive(client).namelist() if name != "data.json"]
    folder, reference, file = name.split("/")
    assert (folder, reference) == ("documents", sent.reference)
    assert file.endswith(".pdf")
    assert set(file) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")


def test_a_file_that_storage_has_lost_is_named_and_the_rest_arrives(client, ada):
    window = make_window(make_program(asks=("document",)))
    sent = sent_with_file(client, window)
    document = Document.objects.get()
    default_storage.delete(document.file.name)
    found = archive(client)
    assert found.read("missing.txt").decode() == path_of(document, sent) + "\n"
    assert json.loads(found.read("data.json"))["applications"][0]["reference"] == sent.reference


def test_a_document_goes_in_piece_by_piece(client, ada, monkeypatch):
    monkeypatch.setattr("applications.my_data_file.CHUNK", 100)
    sent_with_file(client, make_window(make_program(asks=("document",))))
    pieces = [piece for piece in as_zip(my_data(ada), at=timezone.now()) if piece]
    assert len(pieces) >= 3


def test_a_draft_whose_question_is_gone_is_shown_by_its_name(client, ada):
    window = make_window(make_program(asks=("statement",)))
    make_draft(window, candidate=ada, draft={"r999-text": ["An old thought"], "about-phone": [""]})
    page, data = told(client)
    assert "An old thought" in page
    assert json.loads(data)["applications"][0]["draft"] == [{"label": "r999-text", "text": "An old thought"}]


@pytest.mark.parametrize(
    "url", [PAGE, EXPORT, DOWNLOAD, "/my-data/drafts/", "/my-data/erasure/", "/my-data/erasure/take-back/"]
)
def test_who_is_not_signed_in_is_asked_to(client, url):
    for answer in (client.get(url), client.post(url)):
        assert answer["Location"].startswith("/sign-in/")


def test_it_is_linked_and_never_cached(client, ada):
    for url in ("/", "/applications/"):
        assert f'href="{PAGE}"' in client.get(url).content.decode()
    assert "no-store" in client.get(PAGE)["Cache-Control"]
    client.logout()
    assert f'href="{PAGE}"' not in client.get("/").content.decode()


def test_the_same_queries_however_much_there_is(client, ada):
    def more():
        program = make_program(asks=("statement", "skills"))
        make_application(make_window(program), candidate=ada)
        make_draft(make_window(make_program(asks=("statement",))), candidate=ada)
        follow(program=program, email=ada.email)

    counts = []
    for number in (1, 3):
        for _ in range(number):
            more()
        client.post(EXPORT)
        with CaptureQueriesContext(connection) as page:
            assert client.get(PAGE).status_code == 200
        with CaptureQueriesContext(connection) as making:
            assert make_exports() == 1
        counts.append((len(page), len(making)))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 20
