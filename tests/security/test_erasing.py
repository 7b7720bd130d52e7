"""Who asks to be erased is gone: from every column of every table, and from every file. Figures stay as they were."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import ErasureRequest, User
from applications.erasure import ERASED_AFTER, ask_for_erasure
from applications.models import Application
from applications.workflow import Status
from pinterns import erasing, erasure_journal, reports
from pinterns.erasing import NotErased, erase, erase_again, erase_due
from tests.factories import make_recruiter, make_user, make_window
from tests.security.person import files, found, make_person, text_columns

pytestmark = pytest.mark.django_db

# By hand: what is to be gone when somebody is erased. A column in neither of the two fails the test.
ERASED = {
    "accounts.User": ["email", "name"],
    "accounts.SignInCode": ["email"],
    "account.EmailAddress": ["email"],
    "account.EmailConfirmation": ["key"],
    "mfa.Authenticator": ["data"],
    "accounts.Session": ["session_data"],
    "admin.LogEntry": ["object_repr", "change_message"],
    "letters.Letter": ["to", "subject", "body", "unsubscribe_url", "last_error"],
    "programs.Follower": ["email"],
    "applications.Application": [
        *("draft", "sent", "full_name", "phone", "links", "work_authorisation", "search_text"),
    ],
    "applications.Answer": ["given", "reason", "blind_lines", "blind_reason"],
    "applications.Document": ["name"],
    "applications.DocumentText": ["text"],
    "applications.Extension": ["reason"],
    "applications.Interview": ["place", "link"],
    "applications.PreparedDecision": ["note", "subject", "body", "problem"],
    "applications.StatusChange": ["why"],
    "reviews.Assignment": ["recusal_reason"],
    "reviews.Conflict": ["email", "reason"],
    "reviews.Review": ["comment"],
}
# What tells nothing of a candidate: words of the program, states, names of kinds, keys, figures.
NOT_PERSONAL = {
    "accounts.User": ["password"],  # nobody has one
    "accounts.SignInCode": ["code_hash"],
    "accounts.RateLimit": ["key"],  # a hash that needs the key of the site
    "accounts.Session": ["session_key"],
    "sessions.Session": ["session_key", "session_data"],  # Django's own, which nothing writes
    "admin.LogEntry": ["object_id"],
    "auth.Group": ["name"],
    "auth.Permission": ["name", "codename"],
    "contenttypes.ContentType": ["app_label", "model"],
    "mfa.Authenticator": ["type"],
    "letters.Letter": ["reply_to", "about", "kind", "message_id", "status"],
    "programs.Follower": [],
    "programs.Membership": ["role"],
    "programs.Notice": ["occasion"],
    "programs.Office": [
        *("picture", "picture_alt", "name", "slug", "city", "region", "country", "street", "postal_code", "time_zone"),
    ],
    "programs.Program": [
        *("picture", "picture_alt", "name", "slug", "team", "summary", "description"),
        *("pay_currency", "pay_period", "contact_email"),
    ],
    "programs.Requirement": ["kind", "title", "parameters"],
    "programs.Retention": ["country"],
    "programs.Window": ["season", "time_zone"],
    "programs.WindowChange": ["action", "reason", "before", "after"],
    "applications.Access": ["what"],
    "applications.Answer": ["title", "asked", "kind", "parameters"],
    "applications.Application": ["reference", "status"],  # the reference is another one afterwards
    "applications.Consent": ["version", "wording"],
    "applications.DataExport": ["file"],
    "applications.Document": ["public_id", "file", "content_type", "sha256"],
    "applications.Interview": ["time_zone"],
    "applications.LetterTemplate": ["kind", "subject", "body"],
    "applications.PageImage": ["file"],
    "applications.PreparedDecision": ["action", "seen_status", "state", "batch"],
    "applications.RejectionReason": ["text"],
    "applications.StatusChange": ["from_status", "to_status", "action"],
    "applications.Tally": ["what", "name"],
    "reviews.Criterion": ["title", "guidance", "anchor_1", "anchor_2", "anchor_3", "anchor_4"],
    "reviews.Review": ["recommendation"],
}


def columns(table: dict[str, list[str]]) -> set[str]:
    return {f"{model}.{column}" for model, names in table.items() for column in names}


def test_of_every_column_that_holds_a_text_it_is_decided_whether_it_is_erased():
    known = {f"{model}.{column}" for model, column in text_columns()}
    assert columns(ERASED) & columns(NOT_PERSONAL) == set()
    assert columns(ERASED) | columns(NOT_PERSONAL) == known


def test_nothing_of_who_is_erased_is_found_anywhere_and_nobody_else_loses_a_word():
    window = make_window()
    make_person("bystander", window=window)
    theirs = found("bystander")
    ada = make_person("quillfeather", window=window)
    planted = found("quillfeather")
    assert columns(ERASED) <= planted, "each column that is to be erased holds something"
    assert sum("/" in place for place in planted) == 10, "three files with two pictures each, and the copy of it all"
    references = list(Application.objects.filter(candidate=ada).values_list("reference", flat=True))
    erase(user=ada, by=make_user(is_staff=True, is_superuser=True))
    assert found("quillfeather") == set()
    assert all(found(reference) == set() for reference in references)
    assert found("bystander") == theirs
    ada.refresh_from_db()
    assert not ada.is_active
    assert not Application.objects.filter(candidate=ada).exists()


@pytest.mark.parametrize(
    "left_out",
    [
        "anonymise",
        *(
            pytest.param(step, marks=pytest.mark.soak)
            for step in ("delete_files", "anonymise_reviews", "_forget_letters", "_forget_traces", "_forget_account")
        ),
    ],
)
def test_control_each_step_of_erasing_is_needed(monkeypatch, left_out):
    monkeypatch.setattr(erasing, left_out, lambda *args, **kwargs: None)
    ada = make_person("quillfeather")
    erase(user=ada, by=None)
    assert found("quillfeather") != set()


def test_figures_are_what_they_were():
    window = make_window()
    ada = make_person("quillfeather", window=window)
    Application.objects.filter(candidate=ada, status=Status.IN_REVIEW).update(status=Status.REJECTED)
    before = figures(window)
    erase(user=ada, by=None)
    assert figures(window) == before


def figures(window) -> list:
    at = timezone.now()
    zone = window.zone
    return [
        *(reports.funnel([window]), reports.stays([window]), reports.offices([window]), reports.reasons([window])),
        reports.sent_per_day([window], last=at.astimezone(zone).date(), days=30, zone=zone),
        list(window.standings.values_list("assigned", "done", "score", "spread")),
        list(window.applications.exclude(status=Status.DRAFT).values_list("asked", "met", "status", "revision")),
    ]


def test_what_is_live_is_withdrawn_so_that_its_readers_are_told():
    ada = make_person("quillfeather")
    sent = list(Application.objects.filter(candidate=ada, status=Status.IN_REVIEW))
    assert sent
    erase(user=ada, by=None)
    for application in sent:
        application.refresh_from_db()
        assert (application.status, application.candidate, application.full_name) == (Status.WITHDRAWN, None, "")
        assert application.history.last().action == "withdraw"


def test_it_is_done_by_itself_after_two_weeks_and_not_before():
    ada, asked = make_user("ada@example.org"), timezone.now()
    ask_for_erasure(user=ada, at=asked)
    assert erase_due(at=asked + ERASED_AFTER - timedelta(minutes=1)) == 0
    assert erase_due(at=asked + ERASED_AFTER) == 1
    assert erase_due(at=asked + ERASED_AFTER) == 0
    assert not User.objects.filter(email="ada@example.org").exists()
    assert not ErasureRequest.objects.exists()


def test_who_may_enter_the_admin_has_to_leave_first():
    recruiter = make_recruiter(make_window().program)
    with pytest.raises(NotErased, match="Take away their roles"):
        erase(user=recruiter, by=None)
    ErasureRequest.objects.create(user=recruiter, asked_at=timezone.now() - ERASED_AFTER)
    assert erase_due() == 0
    assert list(files()) == []


@pytest.mark.parametrize(
    "killed_in",
    [
        "_forget_account",
        *(pytest.param(step, marks=pytest.mark.soak) for step in ("delete_files", "anonymise", "_forget_traces")),
    ],
)
def test_killed_at_any_point_the_next_run_completes_it(monkeypatch, killed_in):
    ada = make_person("quillfeather")
    ErasureRequest.objects.update(asked_at=timezone.now() - ERASED_AFTER)

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(erasing, killed_in, die)
        erase_due()
    assert Application.objects.filter(candidate=ada).exists(), "the rows are there, and lead to what is left to do"
    assert erase_due() == 1
    assert found("quillfeather") == set()


def test_the_journal_names_nobody_and_finds_who_came_back_with_a_backup():
    ada = make_person("quillfeather")
    erase(user=ada, by=None)
    (entry,) = erasure_journal.written()
    with default_storage.open(next(files("erasures"))) as file:
        assert b"quillfeather" not in file.read()
    assert erase_again() == 0, "there is nobody to erase"
    User.objects.filter(pk=ada.pk).update(email="stranger@example.org", name="Stranger")
    assert erase_again() == 0, "somebody else who was given the same id"
    User.objects.filter(pk=ada.pk).update(email="quillfeather@example.org")
    assert (entry.user_id, erase_again()) == (ada.pk, 1)
    assert found("Stranger") == set()
