"""A reviewer's own list as a table: their rows alone, and as blind as the list."""

import csv
import io

import pytest
from django.urls import reverse

from tests.factories import make_application, make_program, make_reviewer, make_window
from tests.pinterns.figures import make_assignment, make_review
from tests.reviews.crawl import KINDS, make_marked, marks_in

pytestmark = pytest.mark.django_db
FILE = reverse("admin:reviews_assignment_export")
LIST = reverse("admin:reviews_assignment_changelist")


@pytest.fixture
def window():
    return make_window(make_program(asks=KINDS), season="Summer 2027")


def test_it_has_ones_own_rows_and_tells_nothing_of_who_it_is(client, window):
    application = make_marked(client, window)
    reviewer, colleague = make_reviewer(window.program), make_reviewer(window.program)
    make_review(make_assignment(application, reviewer))
    make_assignment(make_application(make_window(make_program())), colleague)
    client.force_login(reviewer)
    assert f'href="{FILE}?state=begun"' in client.get(f"{LIST}?state=begun").text
    text = client.get(f"{FILE}?state=begun").getvalue().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["Reference"], row["Window"], row["My review"]) == (application.reference, "Summer 2027", "Begun")
    assert marks_in(text) == set()


def test_recruiters_and_others_have_no_such_list(client, window):
    client.force_login(make_reviewer())
    assert client.get(FILE).status_code == 403
