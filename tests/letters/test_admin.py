"""Letters in the admin are read, and tried again."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from letters.models import Letter
from letters.services import hold_back

pytestmark = pytest.mark.django_db

LIST = "admin:letters_letter_changelist"


@pytest.fixture
def staff(client):
    """A member of staff, signed in, who may what is asked for: staff("view_letter")."""

    def staff(*codenames: str) -> User:
        user = User.objects.create_user("staff@example.org", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return user

    return staff


def try_again(client, *letters):
    chosen = {"action": "try_again", "_selected_action": [letter.pk for letter in letters]}
    return client.post(reverse(LIST), chosen, follow=True)


def test_a_letter_is_found_and_read_but_not_changed(client, staff, write):
    staff("view_letter", "retry_letter")
    letter = write(body="Dear Ada,\n<script>alert(1)</script>")
    Letter.objects.filter(pk=write(about="OTHR-0000").pk).update(to="grace@example.org")
    for query in ("?q=k7qf", "?q=Ada@", "?status__exact=queued&q=K7QF-2MXD"):
        page = client.get(reverse(LIST) + query)
        assert "K7QF-2MXD" in page.text, query
        assert "OTHR-0000" not in page.text, query
    url = reverse("admin:letters_letter_change", args=[letter.pk])
    page = client.get(url)
    assert "Dear Ada," in page.text
    assert "<script>alert" not in page.text
    assert 'name="body"' not in page.text
    assert client.post(url, {"body": "changed"}).status_code == 403
    assert client.post(reverse("admin:letters_letter_delete", args=[letter.pk])).status_code == 403
    assert client.get(reverse("admin:letters_letter_add")).status_code == 403
    letter.refresh_from_db()
    assert letter.body.startswith("Dear Ada,")


def test_letters_that_were_held_back_are_found(client, staff, write):
    staff("view_letter")
    write(about="SENT-0000")
    hold_back(write(about="HELD-0000"))
    page = client.get(reverse(LIST) + "?status__exact=held_back").text
    assert "HELD-0000" in page
    assert "SENT-0000" not in page


def test_failed_letters_are_tried_again_and_the_others_left(client, staff, write):
    staff("view_letter", "retry_letter")
    failed, waiting = write(), write()
    Letter.objects.filter(pk=failed.pk).update(status="failed", tries=300)
    page = try_again(client, failed, waiting)
    assert "1 letter is in the queue again" in page.text
    assert "1 letter was left alone" in page.text
    failed.refresh_from_db()
    assert (failed.status, failed.tries) == ("queued", 0)


def test_without_its_permission_nothing_is_tried_again(client, staff, write):
    staff("view_letter")
    letter = write()
    Letter.objects.update(status="failed")
    assert "try_again" not in client.get(reverse(LIST)).text
    try_again(client, letter)
    letter.refresh_from_db()
    assert letter.status == "failed"


def test_the_list_asks_as_often_for_thirty_as_for_one(client, staff, write, django_assert_max_num_queries):
    staff("view_letter", "retry_letter")
    write()
    client.get(reverse(LIST))
    with django_assert_max_num_queries(10) as queries:
        client.get(reverse(LIST))
    for _ in range(29):
        write()
    with django_assert_max_num_queries(len(queries)):
        client.get(reverse(LIST))
