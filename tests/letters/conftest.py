import pytest

from accounts.models import User
from letters.models import Letter
from letters.services import write_letter
from tests.sink import SmtpSink


@pytest.fixture
def ada(db):
    return User.objects.create_user("ada@example.org", name="Ada Lovelace")


@pytest.fixture
def write(ada):
    """write(subject="…"): a letter to Ada, as the services write them."""

    def write(**fields) -> Letter:
        given = {"subject": "Your application", "body": "We have it.\n", "kind": "receipt", "about": "K7QF-2MXD"}
        return write_letter(**{"addressee": ada, **given, **fields})

    return write


@pytest.fixture
def sink(settings):
    """A mail server, and the settings to reach it."""
    with SmtpSink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", sink.port, 5
        yield sink
