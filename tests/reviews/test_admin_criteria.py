"""The rubric of a program in the admin: made, ordered, retired and taken up again by its recruiters."""

import pytest
from django.urls import reverse

from reviews.models import Criterion
from reviews.rubric import save_criterion, shares
from tests.factories import make_application, make_program, make_recruiter, make_reviewer, make_user, make_window
from tests.reviews.panels import make_criterion, read_by, score

pytestmark = pytest.mark.django_db

TYPED = {
    "title": "Craft",
    "guidance": "What they built, and how.",
    "weight": "3",
    "position": "1",
    "anchor_1": "Nothing to see",
    "anchor_2": "Exercises",
    "anchor_3": "Something that others use",
    "anchor_4": "Something that others build on",
}


@pytest.fixture
def program():
    return make_program()


@pytest.fixture
def recruiter(client, program):
    user = make_recruiter(program)
    client.force_login(user)
    return user


@pytest.fixture
def scored(program):
    criterion = make_criterion(program, weight=2)
    review = read_by(make_application(make_window(program)), make_reviewer(program), "3.00")
    score(review, criterion)
    return criterion


def add_url(program) -> str:
    return f"{reverse('admin:reviews_criterion_add')}?program={program.pk}"


def url(name: str, *args) -> str:
    return reverse(f"admin:reviews_criterion_{name}", args=args)


def titles(program) -> list[str]:
    return [criterion.title for criterion in Criterion.objects.active().filter(program=program)]


def test_a_rubric_is_made_on_the_programs_page(client, program, recruiter):
    page = client.get(reverse("admin:programs_program_change", args=[program.pk]))
    assert "No criterion yet" in page.text
    assert add_url(program) in page.text
    assert client.get(add_url(program)).context["adminform"].form["position"].value() == 1
    page = client.post(add_url(program), TYPED)
    assert page.url == f"{reverse('admin:programs_program_change', args=[program.pk])}#rubric"
    client.post(add_url(program), TYPED | {"title": "Curiosity", "weight": "1", "position": "2"})
    page = client.get(reverse("admin:programs_program_change", args=[program.pk]))
    assert "75 %" in page.text
    assert "25 %" in page.text
    assert shares(list(program.criteria.all())) == [75, 25]


def test_what_is_missing_is_said(client, program, recruiter):
    page = client.post(add_url(program), TYPED | {"anchor_4": "", "weight": "11"})
    assert set(page.context["adminform"].form.errors) == {"anchor_4", "weight"}
    assert client.get(reverse("admin:reviews_criterion_add")).context["programs"] == [program]


def test_the_order_is_changed_one_place_at_a_time(client, program, recruiter):
    first, _second, third = (make_criterion(program, title) for title in "ABC")
    client.post(url("move", third.pk, "up"))
    assert titles(program) == ["A", "C", "B"]
    client.post(url("move", first.pk, "up"))
    client.post(url("move", first.pk, "down"))
    assert titles(program) == ["C", "A", "B"]
    assert client.post(url("move", first.pk, "sideways")).status_code == 404
    assert client.get(url("move", first.pk, "up")).status_code == 405


def test_the_weight_of_what_was_scored_stays(client, recruiter, scored):
    page = client.get(url("change", scored.pk))
    assert "retire it and add another" in page.text
    assert client.post(url("change", scored.pk), TYPED | {"weight": "9"}).status_code == 302
    scored.refresh_from_db()
    assert (scored.title, scored.weight) == ("Craft", 2)
    scored.weight = 9
    with pytest.raises(Exception, match="retire it and add another"):
        save_criterion(criterion=scored)


def test_what_was_scored_is_retired_and_the_rest_deleted(client, program, recruiter, scored):
    other = make_criterion(program, "Other")
    assert "it is deleted" in client.get(url("delete", other.pk)).text
    client.post(url("delete", other.pk))
    assert not Criterion.objects.filter(pk=other.pk).exists()
    assert "it is retired" in client.get(url("delete", scored.pk)).text
    client.post(url("delete", scored.pk))
    assert titles(program) == []
    assert "Retired" in client.get(reverse("admin:programs_program_change", args=[program.pk])).text
    assert client.get(url("restore", scored.pk)).status_code == 405
    client.post(url("restore", scored.pk))
    assert titles(program) == ["Craft"]


def test_others_have_no_say(client, program, scored):
    stranger, reviewer, candidate = make_recruiter(make_program()), make_reviewer(program), make_user()
    paths = [url("change", scored.pk), url("delete", scored.pk)]
    deeds = [url("restore", scored.pk), url("move", scored.pk, "up")]
    for user, statuses in ((stranger, {404}), (reviewer, {403, 404}), (candidate, {302})):
        client.force_login(user)
        assert {client.get(path).status_code for path in paths} <= statuses
        assert {client.post(path).status_code for path in [*paths, *deeds]} <= statuses
    client.force_login(stranger)
    assert client.get(add_url(program)).status_code == 404
    client.force_login(reviewer)
    assert client.get(add_url(program)).status_code == 403
    assert Criterion.objects.get().retired_at is None
