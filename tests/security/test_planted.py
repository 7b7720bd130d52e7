"""A name, an address and an answer that are nowhere else in the world: planted in one application, which goes through
everything that happens to one, and what can break on the way. Then they are looked for everywhere.
"""

import io
import logging
from collections.abc import Iterator
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Session, User
from applications.models import Application, Document
from letters.models import Letter
from pinterns.management.commands import worker
from pinterns.settings import LOGGING
from programs.models import Window
from reviews.assigning import assign
from tests.accounts.helpers import ask, newest_code, sign_in, wrong
from tests.factories import make_program, make_recruiter, make_reviewer, make_user, make_window, post_for
from tests.files import pdf
from tests.reviews.desk import make_criterion, post_of

pytestmark = pytest.mark.django_db

NAME, EMAIL = "Zebedee Quillfeather", "zeb.plume@nowhere.example"
ANSWER, PHONE, FILE = "They call me the Zebraist of Zebton because I like pins", "+1 415 555 0199", "zeb-cv-4711.pdf"
MARKS = ("quillfeather", "zeb.plume", "zebraist", "555 0199", "zeb-cv-4711")

# Where somebody's own words are meant to be. All of it is theirs to see, and goes when they are erased.
OWN = {
    "accounts_user": {"email", "name"},
    "accounts_signincode": {"email"},
    "letters_letter": {"to", "subject", "body"},
    "programs_follower": {"email"},
    "applications_application": {"draft", "sent", "full_name", "phone", "links", "search_text"},
    "applications_answer": {"given", "reason", "blind_lines", "blind_reason"},
    "applications_document": {"name"},
    "applications_documenttext": {"text"},
    "reviews_conflict": {"email"},
}


def marks_in(text: str) -> set[str]:
    return {mark for mark in MARKS if mark in text.lower()}


# --- What happens to it ---


class Happening:
    """One application from the door to its decision, by everybody's pages; and each thing that can break meanwhile."""

    def __init__(self) -> None:
        self.window: Window = make_window(make_program(asks=("statement", "document")))
        make_criterion(self.window.program)
        self.recruiter = make_recruiter(self.window.program)
        self.reviewer, self.relative = make_reviewer(self.window.program), make_reviewer(self.window.program)
        self.administrator = make_user(is_staff=True, is_superuser=True)
        self.client = Client(raise_request_exception=False)
        self.answers: list[str] = []  # of errors

    def all_of_it(self) -> Application:
        self.sign_in_with_a_wrong_code_first()
        application = self.send_after_a_refusal_and_a_session_that_ended()
        self.read_declare_and_review(application)
        self.decide_and_administer(application)
        return application

    def sign_in_with_a_wrong_code_first(self) -> None:
        ask(self.client, EMAIL)
        self.client.post(reverse("account_confirm_login_code"), {"code": wrong(newest_code())})
        self.client.post(reverse("account_confirm_login_code"), {"code": newest_code()})
        self.client.post(reverse("follow", args=[self.window.program.slug]))

    def send_after_a_refusal_and_a_session_that_ended(self) -> Application:
        posted = post_for(self.window, answers={"statement": {"text": ANSWER}}, action="send")
        field = next(name for name, value in posted.items() if isinstance(value, SimpleUploadedFile))
        posted |= {"about-full_name": NAME, "about-phone": PHONE}
        form = self.window.program.apply_url
        requirement = self.window.program.requirements.get(kind="document")
        at_once = reverse("upload", args=[self.window.program.slug, self.window.pk, requirement.pk])
        for data in (b"no document", pdf(text=ANSWER)):
            self.client.post(at_once, {"file": SimpleUploadedFile(FILE, data)})
        missing = {name: value for name, value in posted.items() if name != field and "offices" not in name}
        self.client.post(form, missing)
        owner = self.client.get(form).context["owner"]
        self.client.cookies.clear()
        typed = {name: value for name, value in posted.items() if name != field} | {"owner": owner}
        self.client.post(form, typed)  # it waits in a session without a person
        sign_in(self.client, EMAIL)
        self.client.get(form)
        self.client.post(form, posted | {field: SimpleUploadedFile(FILE, pdf(text=ANSWER)), "revision": "0"})
        application = Application.objects.get()
        assert (application.status, application.full_name) == ("submitted", NAME)
        self.client.post(form, posted | {field: SimpleUploadedFile(FILE, pdf(text=NAME)), "revision": "0"})
        return application

    def read_declare_and_review(self, application: Application) -> None:
        self.staff(self.relative).post(reverse("admin:reviews_conflict_add"), {"email": EMAIL, "reason": "A cousin"})
        assignment = assign(application=application, reviewer=self.reviewer, by=self.recruiter)
        page = reverse("admin:reviews_assignment_change", args=[assignment.pk])
        assert self.staff(self.reviewer).get(page).status_code == 200
        self.client.post(page, post_of(assignment))

    def decide_and_administer(self, application: Application) -> None:
        self.staff(self.recruiter).get(reverse("admin:applications_application_changelist"), {"q": NAME})
        self.client.get(reverse("admin:applications_application_export"), {"q": EMAIL}).getvalue()
        extension = {"email": EMAIL, "window": self.window.pk, "until": "2199-01-01T12:00", "reason": "Was ill"}
        assert self.client.post(reverse("admin:applications_extension_add"), extension).status_code == 302
        page = self.client.get(reverse("admin:applications_decide", args=[application.pk, "waitlist"]))
        forms = (page.context["note"], page.context["letter"])
        filled = {field.html_name: field.value() or "" for form in forms for field in form}
        self.client.post(page.request["PATH_INFO"], {**filled, "letter_for": "", "do": "now"})
        application.refresh_from_db()
        assert application.status == "waitlisted"
        person = reverse("admin:accounts_user_change", args=[application.candidate_id])
        changed = {"name": NAME, "email": EMAIL, "is_active": "on", "_save": "Save"}
        roles = {f"memberships-{name}_FORMS": "1" for name in ("TOTAL", "MIN_NUM", "MAX_NUM")}
        roles |= {"memberships-INITIAL_FORMS": "0", "memberships-0-user": application.candidate_id}
        roles |= {"memberships-0-program": self.window.program_id, "memberships-0-role": "reviewer"}
        assert self.staff(self.administrator).post(person, changed | roles).status_code == 302

    def staff(self, user: User) -> Client:
        self.client.logout()
        self.client.force_login(user)
        return self.client

    def break_everything(self, monkeypatch) -> None:
        """The letters, a view by an error of ours and by one of the database, a download in its midst, and the worker."""
        monkeypatch.setattr(EmailBackend, "send_messages", _refuse)
        monkeypatch.setattr(worker, "JOBS", [(1, _fail)])
        with pytest.raises(CommandError):
            call_command("worker", once=True, stdout=io.StringIO())
        ask(Client(), EMAIL)
        for error in (_fail, _take_the_address_twice, _look_for_a_name_as_a_number):
            monkeypatch.setattr("applications.views.story.since", error)
            answer = self.staff(User.objects.get(email=EMAIL)).get(Application.objects.get().get_absolute_url())
            assert answer.status_code >= 500
            self.answers.append(answer.content.decode())
        self.client.logout()


def _refuse(backend, messages) -> None:
    raise SMTPRecipientsRefused({message.to[0]: (550, b"unknown: " + message.to[0].encode()) for message in messages})


def _fail(*args) -> None:
    raise ValueError(f"{NAME} <{EMAIL}> said: {ANSWER}")


def _take_the_address_twice(*args) -> None:
    with transaction.atomic():
        User.objects.create_user(EMAIL, name=NAME)


def _look_for_a_name_as_a_number(*args) -> None:
    """A DataError on PostgreSQL, whose message quotes the value; SQLite takes it for 0, so there it is a syntax error."""
    cast = "CAST(%s AS integer)" if connection.vendor == "postgresql" else "CAST(%s AS integer) FROM nothing"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {cast}", [EMAIL])


# --- Where it is looked for ---


def everything_stored() -> Iterator[tuple[str, str, str]]:
    """Table, column and value of all that the database holds; of sessions what is in them."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield from ((table, column, str(value)) for column, value in zip(columns, row, strict=True))
    for session in Session.objects.all():
        yield "accounts_session", "decoded", str(session.get_decoded())


def strays() -> set[str]:
    """The tables and columns in which a mark is that is not meant to be there."""
    return {
        f"{table}.{column}"
        for table, column, value in everything_stored()
        if marks_in(value) and column not in OWN.get(table, set())
    }


@pytest.fixture
def log(monkeypatch) -> io.StringIO:
    """What the site says from now on, by its own handler, as much as it says in production."""
    console = next(handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler)
    written = io.StringIO()
    monkeypatch.setattr(logging.getLogger(), "level", logging.INFO)
    monkeypatch.setattr(console, "stream", written)
    return written


def test_it_is_found_in_its_own_rows_and_nowhere_else(settings, monkeypatch, log):
    settings.ADMINS = [("Admin", "admin@pinterns.example")]  # to whom Django would report, were it asked to
    happening = Happening()
    happening.all_of_it()
    happening.break_everything(monkeypatch)
    assert strays() == set()
    assert {f"{table}.{column}" for table, column, value in everything_stored() if marks_in(value)} > {
        *("accounts_user.email", "letters_letter.to", "applications_answer.given", "applications_document.name"),
        *("reviews_conflict.email", "applications_documenttext.text"),
    }
    assert "Internal Server Error: /applications/" in log.getvalue()
    assert "IntegrityError, raised at" in log.getvalue()
    assert "_fail failed: ValueError" in log.getvalue()
    assert marks_in(log.getvalue()) == set()
    assert not any(marks_in(answer) for answer in happening.answers)
    assert not [message for message in mail.outbox if "admin@pinterns.example" in message.to]
    assert Letter.objects.filter(status="failed").exists()
    assert not marks_in(" ".join(Letter.objects.values_list("last_error", flat=True)))
    assert not any(marks_in(document.file.name) for document in Document.objects.all())


def test_without_its_formatter_the_log_would_tell(monkeypatch, log):
    formatter = logging.Formatter(LOGGING["formatters"]["line"]["format"], style="{")
    console = next(handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler)
    monkeypatch.setattr(console, "formatter", formatter)
    happening = Happening()
    happening.sign_in_with_a_wrong_code_first()
    happening.send_after_a_refusal_and_a_session_that_ended()
    happening.break_everything(monkeypatch)
    assert marks_in(log.getvalue()) >= {"quillfeather", "zeb.plume", "zebraist"}


def test_what_somebody_searched_for_is_not_in_an_address_that_is_logged(log):
    logging.getLogger("gunicorn.error").error("Error handling request %s %s", "GET", f"/admin/?q={EMAIL}&p=1")
    logging.getLogger("site").error("Is this what %s?", "you want")
    assert "GET /admin/?…\n" in log.getvalue()
    assert "Is this what you want?" in log.getvalue()
