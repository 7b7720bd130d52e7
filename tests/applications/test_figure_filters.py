"""The filters behind the figures: a day as a calendar has it, what was ever reached, and letters that need a look."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from applications.models import Application, StatusChange
from letters.models import Letter
from programs.times import usual_zone
from tests.factories import make_application, make_program, make_recruiter, make_window
from tests.pinterns.figures import make_history, make_letter

pytestmark = pytest.mark.django_db
LIST = reverse("admin:applications_application_changelist")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def window(client):
    window = make_window(make_program(), time_zone="America/Los_Angeles")
    client.force_login(make_recruiter(window.program))
    return window


def shown(client, query: str) -> list[Application]:
    return list(client.get(f"{LIST}?{query}").context["cl"].result_list)


def sent_at(window, at: datetime) -> Application:
    application = make_application(window)
    Application.objects.filter(pk=application.pk).update(submitted_at=at)
    return application


def test_a_day_begins_and_ends_as_in_the_zone_of_the_windows(client, window):
    late = sent_at(window, datetime(2026, 11, 20, 7, 59, 59, tzinfo=UTC))  # 23:59:59 on the 19th in California
    early = sent_at(window, datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    assert shown(client, "sent=2026-11-19") == [late]
    assert shown(client, "sent=2026-11-20") == [early]
    assert shown(client, "sent=2026-11-21") == []


def test_a_day_of_25_hours_is_whole(client, window):
    first = sent_at(window, datetime(2026, 11, 1, 7, 0, tzinfo=UTC))
    last = sent_at(window, datetime(2026, 11, 2, 7, 59, tzinfo=UTC))
    assert shown(client, "sent=2026-11-01") == [last, first]


def test_the_zone_is_that_of_most_windows():
    program = make_program()
    assert usual_zone([]) == ZoneInfo("UTC")
    zones = ("Asia/Tokyo", "America/Toronto", "Asia/Tokyo")
    assert usual_zone([make_window(program, time_zone=zone) for zone in zones]) == ZoneInfo("Asia/Tokyo")


def test_what_was_ever_reached_counts_wherever_it_stands_now(client, window):
    rejected = make_history(window, "submitted", "in_review", "interview", "rejected", starts=NOON)
    make_history(window, "submitted", "in_review", starts=NOON)
    assert shown(client, "reached=interview") == [rejected]
    assert len(shown(client, "reached=in_review")) == 2
    assert shown(client, "reached=offer") == []


def test_a_decision_taken_back_before_its_letter_left_was_never_reached(client, window):
    application = make_history(window, "submitted", "in_review", "offer", starts=NOON)
    letter = make_letter(application)
    StatusChange.objects.filter(application=application, to_status="offer").update(letter=letter)
    assert shown(client, "reached=offer") == [application]
    Letter.objects.filter(pk=letter.pk).update(status=Letter.Status.HELD_BACK)
    assert shown(client, "reached=offer") == []


def test_letters_that_wait_or_failed_lead_to_their_applications(client, window):
    Letter.objects.all().delete()
    waits, failed, _fine = (make_application(window) for _number in range(3))
    Letter.objects.all().delete()  # the receipts
    make_letter(waits, later=timedelta(hours=1))
    make_letter(failed, failed=True)
    assert shown(client, "letters=queued") == [waits]
    assert shown(client, "letters=failed") == [failed]


@pytest.mark.parametrize("nonsense", ["x", "9999-99-99", "0001-01-01", "9999-12-31", "²", "sent"])
def test_nonsense_is_ignored(client, window, nonsense):
    application = make_application(window)
    for name in ("sent", "reached", "letters"):
        assert shown(client, f"{name}={nonsense}") == [application]
