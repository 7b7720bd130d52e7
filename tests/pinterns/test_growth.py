"""No page that a desk lives by asks more of the database when there are more applications."""

from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.long_lists import LongListMixin
from accounts.models import User
from applications.models import Application
from programs.models import Window
from reviews.models import Assignment
from tests.applications.decided import brought_to, prepared_for
from tests.factories import make_application, make_program, make_recruiter, make_reviewer, make_window
from tests.reviews.desk import make_assignment, make_criterion, make_review_in

pytestmark = pytest.mark.django_db


@dataclass
class Desk:
    """A window with its people; `first` is read by two of them, one of whom is done."""

    window: Window
    recruiter: User
    reviewers: list[User]
    first: Application

    def pages(self) -> dict[str, tuple[User, str]]:
        """Who looks at which address."""
        own, window = Assignment.objects.get(application=self.first, reviewer=self.reviewers[0]), [self.window.pk]
        review = reverse("admin:reviews_assignment_change", args=[own.pk])
        home, reader = reverse("admin:index"), self.reviewers[0]
        applications = reverse("admin:applications_application_changelist")
        return {
            "home of a recruiter": (self.recruiter, home),
            "home of a reviewer": (reader, home),
            "review page": (reader, review),
            "review page in a queue": (reader, f"{review}?_changelist_filters=state%3Dwaiting"),
            "queue": (reader, reverse("admin:reviews_assignment_changelist")),
            "ranked view": (self.recruiter, reverse("admin:reviews_ranking", args=window)),
            "panel": (self.recruiter, reverse("admin:reviews_panel", args=window)),
            "reports": (self.recruiter, reverse("admin:reports")),
            "application": (
                self.recruiter,
                reverse("admin:applications_application_change", args=[self.first.pk]),
            ),
            "list in a window": (self.recruiter, f"{applications}?window={self.window.pk}"),
            "list searched": (self.recruiter, f"{applications}?q=Ada"),
        }

    def grow(self, number: int) -> None:
        """So many more that wait, are read, judged, prepared and decided."""
        for place in range(number):
            status = ("in_review", "rejected", "interview", "waitlisted", "offer")[place % 5]
            application = brought_to(status, self.window, self.recruiter)
            if status == "in_review":
                read(application, self.reviewers)
                prepared_for(application, self.recruiter)
            make_application(self.window)


def read(application: Application, reviewers: list[User]) -> None:
    waiting, done = reviewers
    make_assignment(application, waiting)
    make_review_in(make_assignment(application, done))


@pytest.fixture
def desk() -> Desk:
    program = make_program(asks=("skills", "statement"))
    make_criterion(program)
    window, recruiter = make_window(program), make_recruiter(program)
    reviewers = [make_reviewer(program), make_reviewer(program)]
    first = brought_to("in_review", window, recruiter)
    read(first, reviewers)
    made = Desk(window, recruiter, reviewers, first)
    made.grow(5)  # of each kind one, so that no list is empty
    return made


def counts(desk: Desk) -> dict[str, int]:
    found, client = {}, Client()
    for name, (user, url) in desk.pages().items():
        client.force_login(user)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200, name
        found[name] = len(queries)
    return found


def test_thirty_more_applications_cost_no_page_a_query(desk, monkeypatch):
    monkeypatch.setattr(LongListMixin, "list_per_page", 5)  # a list of one page is not counted
    before = counts(desk)
    desk.grow(30)
    assert counts(desk) == before
    assert max(before.values()) <= 25, before
