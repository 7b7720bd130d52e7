"""The administrators' page of privacy: what goes next, and erasing by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import ErasureRequest, User
from applications.models import Application
from applications.workflow import Status
from pinterns.privacy_pages import AHEAD, going
from programs.models import Retention
from tests.factories import make_application, make_draft, make_user, make_window

pytestmark = pytest.mark.django_db
DECIDED = datetime(2027, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def administrator(client):
    user = make_user(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def test_it_tells_what_goes_in_the_next_month_and_nothing_earlier(django_assert_num_queries):
    Retention.objects.update_or_create(country="US", defaults={"months": 24})
    window = make_window()
    for _number in range(3):
        application = make_application(window)
        Application.objects.filter(pk=application.pk).update(status=Status.REJECTED, status_since=DECIDED)
    Application.objects.filter(pk=application.pk).update(status=Status.IN_REVIEW)
    make_draft(window)
    over = datetime(2029, 3, 11, 12, tzinfo=UTC)
    with django_assert_num_queries(5):
        (row,) = going(at=over - AHEAD)
    assert (row.window, row.sent, row.drafts) == (window, 2, 1)
    assert [row.sent for row in going(at=over - AHEAD - timedelta(days=1))] == [0], "its drafts alone"


def test_an_administrator_looks_at_what_goes_and_erases_at_once(client, administrator):
    application = make_application()
    asked = ErasureRequest.objects.create(user=application.candidate, asked_at=timezone.now())
    email = application.candidate.email
    assert email in client.get(reverse("admin:privacy")).content.decode()
    address = reverse("admin:erase", args=[asked.pk])
    assert "Applications made anonymous" in client.get(address).content.decode()
    assert User.objects.filter(email=email).exists(), "looking changes nothing"
    page = client.post(address, follow=True).content.decode()
    assert "Erased." in page
    assert not User.objects.filter(email=email).exists()
    assert client.get(address).status_code == 404
    anonymous = client.get(reverse("admin:applications_application_change", args=[application.pk])).content.decode()
    assert "Made anonymous" in anonymous
    assert application.reference not in anonymous
    exported = b"".join(client.get(reverse("admin:applications_application_export")).streaming_content).decode()
    assert email not in exported


def test_staff_are_refused_with_what_to_do(client, administrator):
    other = make_user(is_staff=True)
    asked = ErasureRequest.objects.create(user=other, asked_at=timezone.now())
    page = client.post(reverse("admin:erase", args=[asked.pk]), follow=True).content.decode()
    assert "Take away their roles first" in page
    assert User.objects.filter(pk=other.pk, is_active=True).exists()
