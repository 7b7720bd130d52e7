"""What a reviewer who may know who it is sees besides the answers: letters that left, and what else that person sent."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from letters.models import Letter
from letters.services import write_letter
from programs.models import Membership, Window
from programs.roles import grant
from reviews import reading
from reviews.models import Assignment
from reviews.reviewing import recuse
from tests.factories import make_application, make_draft, make_program, make_reviewer, make_user, make_window
from tests.reviews.desk import make_assignment, make_criterion, make_review_in

pytestmark = pytest.mark.django_db


def page_of(assignment: Assignment) -> str:
    return reverse("admin:reviews_assignment_change", args=[assignment.pk])


@pytest.fixture
def ada():
    return make_user("ada@example.org")


@pytest.fixture
def window():
    return make_read_window("First track")


@pytest.fixture
def rita(client, window):
    user = make_reviewer(window.program, name="Rita")
    client.force_login(user)
    return user


@pytest.fixture
def assignment(ada, window, rita):
    return make_assignment(make_application(window, candidate=ada), rita)


def make_read_window(name: str, *readers, **fields) -> Window:
    program = make_program(name)
    make_criterion(program)
    for reader in readers:
        grant(user=reader, program=program, role=Membership.Role.REVIEWER)
    return make_window(program, **fields)


def make_letter(assignment: Assignment, status: str, subject: str) -> None:
    reference = assignment.application.reference
    facts = {"subject": subject, "body": f"Body of {subject}", "about": reference, "kind": "decision"}
    letter = write_letter(addressee=assignment.application.candidate, **facts)
    sent_at = timezone.now() if status == "sent" else None
    Letter.objects.filter(pk=letter.pk).update(status=status, sent_at=sent_at)


def listed(assignment: Assignment, reader) -> dict[str, Assignment | None]:
    row = reading.desk_of(reader).get(pk=assignment.pk)
    return {other.application.window.program.name: other.assignment for other in reading.others(row, reader)}


def test_letters_that_have_left_are_shown_once_the_review_is_in(client, assignment):
    for status in ("sent", "queued", "failed", "held_back"):
        make_letter(assignment, status, f"A letter {status}")
    assert "A letter" not in client.get(page_of(assignment)).text
    make_review_in(assignment)
    page = client.get(page_of(assignment)).text
    assert set(re.findall(r"A letter \w+", page)) == {"A letter sent"}
    assert "Send again" not in page


def test_other_applications_are_shown_once_the_review_is_in(client, ada, assignment, rita):
    read = make_read_window("Read track", rita, season="Autumn 2027")
    done = make_assignment(make_application(read, candidate=ada), rita)
    make_review_in(done)
    make_application(make_read_window("Never given", rita), candidate=ada)
    assert "Also applied to" not in client.get(page_of(assignment)).text
    assert listed(assignment, rita) == {}
    make_review_in(assignment)
    assert listed(assignment, rita) == {"Read track": done, "Never given": None}
    page = client.get(page_of(assignment)).text
    assert re.search(rf'<a href="{page_of(done)}">\s*Read track, Autumn 2027</a>', page)
    assert "Never given" in page


def test_what_would_undo_blind_reading_and_what_is_others_business_is_left_out(ada, assignment, rita, client):
    blind = make_assignment(make_application(make_read_window("Still blind", rita), candidate=ada), rita)
    over = make_assignment(make_application(make_read_window("Over unread", rita), candidate=ada), rita)
    type(over.application).objects.filter(pk=over.application_id).update(status="withdrawn")
    left = make_assignment(make_application(make_read_window("Left", rita), candidate=ada), rita)
    recuse(assignment=left, reason="I know them.", by=rita)
    make_application(make_read_window("Not of the panel"), candidate=ada)
    make_draft(make_read_window("A draft", rita), candidate=ada)
    make_application(make_read_window("Somebody else", rita))
    make_review_in(assignment)
    assert listed(assignment, rita) == {"Left": None}
    page = client.get(page_of(assignment)).text
    for hidden in ("Still blind", "Over unread", "Not of the panel", "A draft", "Somebody else"):
        assert hidden not in page
    assert left.application.reference not in page
    make_review_in(blind)
    assert listed(assignment, rita) == {"Left": None, "Still blind": blind}


def test_in_open_reading_both_are_there_from_the_beginning(client, ada, assignment, rita):
    make_letter(assignment, "sent", "Welcome")
    there = make_read_window("Open track", rita)
    other = make_assignment(make_application(there, candidate=ada), rita)
    assert listed(assignment, rita) == {}
    Window.objects.update(blind_reading=False)
    assert listed(assignment, rita) == {"Open track": other}
    assert "Body of Welcome" in client.get(page_of(assignment)).text
    Window.objects.update(blind_reading=True)
    page = client.get(page_of(assignment)).text
    assert "Body of Welcome" not in page
    assert "ada@example.org" not in page


def test_the_page_takes_as_many_queries_with_30_of_them_as_with_one(client, ada, assignment, rita):
    make_review_in(assignment)

    def add() -> None:
        make_letter(assignment, "sent", "One more")
        other = make_assignment(make_application(make_read_window("", rita), candidate=ada), rita)
        make_review_in(other)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page_of(assignment)).status_code == 200
        return len(queries)

    add()
    before = count()
    for _number in range(29):
        add()
    assert count() == before
