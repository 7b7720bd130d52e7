"""Who opened whose application: noted once a quarter of an hour, for administrators alone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from applications.access import KEPT, forget_old_accesses, record_access, record_export
from applications.models import Access
from tests.factories import make_application, make_user
from tests.security.world import make_side

pytestmark = pytest.mark.django_db
LIST = "/admin/applications/access/"


@pytest.fixture
def side():
    here = make_side("Here")
    Access.objects.all().delete()
    return here


def noted() -> list[tuple]:
    return list(Access.objects.order_by("pk").values_list("by", "application", "what", "rows"))


def test_each_way_to_open_something_is_noted(client, side):
    application, recruiter, reviewer = side.application, side.recruiter, side.reviewer
    administrator = make_user(is_staff=True, is_superuser=True)
    ways = [
        (recruiter, reverse("admin:applications_application_change", args=[application.pk]), "page"),
        (recruiter, reverse("document", args=[side.document.public_id]), "file"),
        (recruiter, reverse("admin:applications_letter_again", args=[application.pk, side.letter.pk]), "letter"),
        (reviewer, reverse("admin:reviews_assignment_change", args=[side.assignment.pk]), "review"),
        (administrator, reverse("admin:letters_letter_change", args=[side.letter.pk]), "letter"),
    ]
    for person, address, what in ways:
        client.force_login(person)
        assert client.get(address).status_code == 200
        assert (person.pk, application.pk, what, None) in noted(), address


def test_a_table_taken_out_is_one_row_with_its_number(client, side):
    make_application(side.window)
    client.force_login(side.recruiter)
    for address in (
        reverse("admin:applications_application_export"),
        reverse("admin:reviews_ranking_file", args=[side.window.pk]),
    ):
        Access.objects.all().delete()
        rows = len(b"".join(client.get(address).streaming_content).strip().splitlines()) - 1
        assert noted() == [(side.recruiter.pk, None, "export", rows)]
        assert rows


def test_a_look_at_ones_own_or_at_a_forbidden_one_is_not_noted(client, side):
    client.force_login(side.candidate)
    assert client.get(reverse("document", args=[side.document.public_id])).status_code == 200
    there = make_side("There")
    Access.objects.all().delete()
    client.force_login(there.recruiter)
    client.get(reverse("admin:applications_application_change", args=[side.application.pk]))
    client.get(reverse("document", args=[side.document.public_id]))
    assert noted() == []


def test_a_reload_is_no_new_row_and_a_look_later_is(side, django_assert_num_queries):
    at = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
    look = {"by": side.recruiter, "application_id": side.application.pk, "what": Access.What.PAGE}
    with django_assert_num_queries(1):
        record_access(**look, at=at)
    for minutes, rows in ((14, 1), (15, 2), (29, 2), (60, 3)):
        record_access(**look, at=at + timedelta(minutes=minutes))
        assert Access.objects.count() == rows, minutes
    record_access(**look | {"by": side.reviewer}, at=at)
    assert Access.objects.count() == 4


def test_it_is_read_by_administrators_alone_and_forgotten_in_the_end(client, side):
    at = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
    record_access(by=side.recruiter, application_id=side.application.pk, what=Access.What.PAGE, at=at)
    record_export(by=side.recruiter, rows=7, at=at)
    for person, status in (
        (side.recruiter, 403),
        (side.reviewer, 403),
        (make_user(is_staff=True, is_superuser=True), 200),
    ):
        client.force_login(person)
        assert client.get(LIST).status_code == status
    page = client.get(f"{LIST}?q={side.application.reference}").content.decode()
    assert side.application.reference in page
    assert forget_old_accesses(at=at + KEPT) == 0
    assert forget_old_accesses(at=at + KEPT + timedelta(seconds=1)) == 2
