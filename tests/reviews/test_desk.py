import pytest
from django.urls import reverse

from tests.factories import make_application, make_program, make_reviewer, make_window
from tests.reviews.desk import make_assignment, make_criterion, post_of

pytestmark = pytest.mark.django_db
LIST = reverse("admin:reviews_assignment_changelist")


def page_of(assignment) -> str:
    return reverse("admin:reviews_assignment_change", args=[assignment.pk])


def test_smoke(client):
    program = make_program(asks=("statement", "skills"))
    make_criterion(program)
    make_criterion(program, "Care", weight=3)
    window = make_window(program)
    rita = make_reviewer(program, name="Rita")
    a = make_assignment(make_application(window), rita)
    b = make_assignment(make_application(window), rita)
    client.force_login(rita)
    r = client.get(LIST)
    assert r.status_code == 200
    r = client.get(page_of(a))
    assert r.status_code == 200
    print(r.text[r.text.index("<main") :])
    r = client.post(page_of(a), {"do": "hand_in"})
    assert r.status_code == 302, r.text
    print(r["Location"])
    r = client.get(r["Location"])
    assert "Score" in r.text
    r = client.post(reverse("admin:reviews_save", args=[a.pk]), post_of(a))
    print(r.text)
    r = client.post(page_of(a), post_of(a))
    print(r["Location"])
    r = client.get(r["Location"])
    assert "Ada Example" in r.text
    r = client.post(page_of(b), post_of(b, do="hand_in_next"))
    print(r["Location"])
    for u in ("admin:reviews_conflict_changelist", "admin:reviews_conflict_add"):
        assert client.get(reverse(u)).status_code == 200
    c = make_assignment(make_application(window), rita)
    u = reverse("admin:reviews_recuse", args=[c.pk])
    assert client.get(u).status_code == 200
    r = client.post(u, {"reason": "I know her"})
    print(r["Location"])
