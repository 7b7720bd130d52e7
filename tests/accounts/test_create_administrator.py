"""The command that makes the first administrator."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_it_makes_an_administrator_who_signs_in_by_code(capsys, settings):
    settings.STAFF_MFA_REQUIRED = True
    call_command("create_administrator", " Ada@Example.org", "--name", "Ada")
    user = User.objects.get()
    assert (user.email, user.name, user.is_staff, user.is_superuser) == ("ada@example.org", "Ada", True, True)
    assert not user.has_usable_password()
    said = capsys.readouterr().out
    assert f"{settings.SITE_URL}/admin/" in said and "second factor" in said


def test_it_can_be_repeated_and_raises_an_account_that_is_there():
    User.objects.create_user("ada@example.org", name="Ada")
    for _ in range(2):
        call_command("create_administrator", "ada@example.org")
    user = User.objects.get()
    assert user.is_superuser and user.name == "Ada"


@pytest.mark.parametrize("email", ["ada", "", "ada@example.org\x00"])
def test_it_refuses_what_is_no_address(email):
    with pytest.raises(CommandError):
        call_command("create_administrator", email)
    assert not User.objects.exists()
