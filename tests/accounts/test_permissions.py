"""What somebody may do: their own permissions and those of their groups, as Django's backend tells them, by one query."""

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission

from accounts.models import User
from tests.factories import make_program, make_recruiter, make_reviewer, make_user

pytestmark = pytest.mark.django_db


def with_both() -> User:
    """A recruiter who also reads, and has been given one permission more, which the group has, and one that it has not."""
    user = make_recruiter(make_program())
    user.groups.add(*Group.objects.all())
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_application", "view_session"]))
    return user


@pytest.mark.parametrize(
    "make",
    [
        make_user,
        lambda: make_recruiter(make_program()),
        lambda: make_reviewer(make_program()),
        with_both,
        lambda: make_user(is_staff=True, is_superuser=True),
        lambda: make_recruiter(make_program(), is_active=False),
    ],
)
def test_they_are_those_of_the_person_and_of_their_groups(make, django_assert_max_num_queries):
    user = User.objects.get(pk=make().pk)
    backend = ModelBackend()
    with django_assert_max_num_queries(1):
        found = backend.get_all_permissions(user)
        assert all(map(user.has_perm, found))
    assert found == {*backend.get_user_permissions(user), *backend.get_group_permissions(user)}
    assert bool(found) == (user.is_active and user.is_staff)
    assert user.has_perm("accounts.fly") == (user.is_active and user.is_superuser)
    assert user.has_perm("accounts.view_user", obj=user) == (user.is_active and user.is_superuser)


def test_what_is_given_or_taken_holds_from_the_next_request_on(client):
    user = make_recruiter(make_program())
    client.force_login(user)
    page = "/admin/applications/application/"
    assert client.get(page).status_code == 200
    user.groups.clear()
    assert client.get(page).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_application"))
    assert client.get(page).status_code == 200
