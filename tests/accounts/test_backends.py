"""Who is signed in: found by the session's own statement, as Django's backend would find them."""

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY
from django.test import Client

from accounts.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_whoever_may_no_longer_sign_in_is_signed_out_at_once(client: Client):
    user = make_user()
    client.force_login(user)
    assert client.get("/applications/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/applications/")["Location"].startswith("/sign-in/")


def test_a_session_from_before_this_backend_goes_on(client: Client):
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.session[BACKEND_SESSION_KEY] == "django.contrib.auth.backends.ModelBackend"
    assert client.get("/applications/").status_code == 200


def test_a_person_who_is_gone_is_nobody(client: Client):
    user = make_user()
    client.force_login(user)
    user.delete()
    assert client.get("/applications/")["Location"].startswith("/sign-in/")
