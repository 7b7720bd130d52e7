"""Until when an application is kept, and what is left of it afterwards: the figures, and nobody's name."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from applications.models import Application, OfficeChoice
from applications.retention import kept_until, months_later
from applications.workflow import NotAllowed, Stale, Status, take
from letters.models import Letter
from pinterns import erasing
from pinterns.erasing import purge
from programs.models import Retention
from tests.factories import make_application, make_draft, make_office, make_program, make_user, make_window
from tests.security.person import files, found, make_person
from tests.security.test_erasing import figures

pytestmark = pytest.mark.django_db
DECIDED = datetime(2027, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def times():
    Retention.objects.all().delete()
    Retention.objects.create(country="US", months=24)
    Retention.objects.create(country="CA", months=36)
    Retention.objects.create(country="DE", months=6)


def ended(*countries: str, status: str = Status.REJECTED, at: datetime = DECIDED, **facts) -> Application:
    """An application to offices in `countries`, whose window promised decisions by 1 March 2027."""
    offices = [make_office(country=country) for country in countries or ("US",)]
    application = make_application(make_window(make_program(offices=offices)))
    application.office_choices.all().delete()
    for position, office in enumerate(offices, start=1):
        OfficeChoice.objects.create(application=application, office=office, position=position)
    Application.objects.filter(pk=application.pk).update(status=status, status_since=at, **facts)
    return Application.objects.get(pk=application.pk)


def until(application: Application) -> date | None:
    return kept_until(application, Retention.objects.months_by_country())


def test_the_country_of_the_office_decides_and_the_longest_of_several():
    assert until(ended("US")) == date(2029, 3, 10)
    assert until(ended("CA")) == date(2030, 3, 10)
    assert until(ended("DE")) == date(2027, 9, 10)
    assert until(ended("DE", "US")) == date(2029, 3, 10)
    assert until(ended("FR")) == date(2029, 3, 10), "a country without a row has the usual time"


def test_the_clock_starts_with_the_last_change_or_the_promised_day_and_not_while_it_is_live():
    early = ended("US", at=DECIDED - timedelta(days=60))
    assert until(early) == months_later(early.window.decide_by, 24)
    for status in (Status.SUBMITTED, Status.IN_REVIEW, Status.INTERVIEW, Status.WAITLISTED, Status.OFFER):
        assert until(ended("US", status=status)) is None
    for status in (Status.ACCEPTED, Status.DECLINED, Status.LAPSED, Status.WITHDRAWN):
        assert until(ended("US", status=status)) == date(2029, 3, 10)


def test_months_end_where_their_days_do():
    assert months_later(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert months_later(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert months_later(date(2027, 1, 31), -2) == date(2026, 11, 30)


def test_it_goes_the_day_after_in_the_zone_of_its_window():
    application = ended("US")  # its window is announced in Pacific time
    last_moment = datetime(2029, 3, 11, 7, 59, tzinfo=UTC)
    assert purge(at=last_moment) == 0
    assert purge(at=last_moment + timedelta(minutes=1)) > 0
    application.refresh_from_db()
    assert (application.candidate, application.full_name) == (None, "")


def test_nobody_is_found_any_more_and_every_figure_is_what_it_was():
    window = make_window()
    ada = make_person("quillfeather", window=window)
    Application.objects.filter(candidate=ada, status=Status.IN_REVIEW).update(
        status=Status.REJECTED, status_since=DECIDED
    )
    sent = Application.objects.filter(candidate=ada).exclude(status=Status.DRAFT)
    references = list(sent.values_list("reference", flat=True))
    before = figures(window)
    assert purge(at=DECIDED + timedelta(days=365 * 3))
    assert figures(window) == before
    assert all(found(reference) == set() for reference in references)
    assert not Application.objects.filter(candidate=ada).exists()
    assert [path for path in files() if path.startswith(("documents", "pages"))] == []
    # The account is still theirs, and nothing of an application is left in any table.
    assert {place.split(".")[1] for place in found("quillfeather")} <= {
        *("User", "SignInCode", "EmailAddress", "EmailConfirmation", "Authenticator", "Session", "Follower"),
        *("Conflict", "Extension", "LogEntry"),
    }


def test_it_is_done_once_and_killed_at_any_point_the_next_run_completes_it(monkeypatch):
    application, at = ended("US"), datetime(2029, 6, 1, tzinfo=UTC)
    default_storage.save("documents/x.pdf", ContentFile(b"%PDF-"))
    application.documents.create(
        requirement=application.program.requirements.create(kind="document", title="Résumé"),
        file="documents/x.pdf", name="x.pdf", content_type="application/pdf", size=1, sha256="0",
    )  # fmt: skip

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    for step in ("anonymise_reviews", "anonymise"):
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(erasing, step, die)
            purge(at=at)
        application.refresh_from_db()
        assert application.documents.exists()
        assert not default_storage.exists("documents/x.pdf"), "files first"
    assert purge(at=at) == 2, "the application, and the account that has no other"
    assert purge(at=at) == 0
    application.refresh_from_db()
    assert (application.anonymised_at, application.documents.count()) == (at, 0)


def test_a_draft_that_was_never_sent_is_deleted_half_a_year_after_its_window_closed():
    draft, kept = make_draft(make_window(make_program())), make_draft(candidate=make_user())
    draft.window.__class__.objects.filter(pk=kept.window_id).update(
        closes_at=draft.window.closes_at + timedelta(days=90)
    )
    closed = draft.window.closes_at
    assert purge(at=closed + timedelta(days=170)) == 0
    assert purge(at=closed + timedelta(days=190)) == 1
    assert list(Application.objects.all()) == [kept]


def test_nobody_decides_on_what_is_anonymous():
    application, stale = ended("US"), None
    stale = Application.objects.get(pk=application.pk)
    purge(at=datetime(2029, 6, 1, tzinfo=UTC))
    with pytest.raises((Stale, NotAllowed)):
        take(stale, "return", by=None, at=DECIDED)


def test_letters_about_no_application_go_in_the_end_and_those_about_one_stay_with_it():
    live = ended("US", status=Status.IN_REVIEW)
    about = Letter.objects.get(about=live.reference)
    Letter.objects.create(
        to="f@example.org", subject="It is open", body="x", kind="follow", message_id="<1@x>",
        created_at=about.created_at, send_after=about.created_at,
    )  # fmt: skip
    assert purge(at=about.created_at + timedelta(days=365 * 2 - 5)) == 0
    assert purge(at=about.created_at + timedelta(days=365 * 2 + 5)) == 1
    assert list(Letter.objects.all()) == [about]


def test_an_account_without_an_application_goes_when_it_was_not_used_for_as_long():
    ada, now = make_user("ada@example.org"), datetime(2027, 3, 1, tzinfo=UTC)
    bob, staff, live = make_user(), make_user(is_staff=True), make_application().candidate
    type(ada).objects.update(date_joined=now, last_login=now)
    type(ada).objects.filter(pk=bob.pk).update(last_login=now + timedelta(days=30))
    later = datetime(2029, 3, 2, tzinfo=UTC)
    Application.objects.update(status=Status.IN_REVIEW)
    assert purge(at=later - timedelta(days=1)) == 0
    assert purge(at=later) == 1
    assert purge(at=later) == 0
    left = set(type(ada).objects.filter(is_active=True))
    assert left == {bob, staff, live}
