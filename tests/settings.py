"""The site's own settings, with the environment of a test run: of the developer's shell only DATABASE_URL counts."""

import atexit
import os
import shutil
import tempfile

DATA = tempfile.mkdtemp(prefix="pinterns-tests-")
atexit.register(shutil.rmtree, DATA, ignore_errors=True)
# What all processes of a run share lies with the first of them, which ends last.
os.environ.setdefault("TEST_RUN_DIR", DATA)
os.environ.update(
    DEBUG="0",
    HTTPS="0",
    SECRET_KEY="a long random text that only the tests use, and nobody else ever",
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    SITE_URL="http://testserver",
    EMAIL_URL="memorymail://",
    STAFF_MFA_REQUIRED="0",
    LETTER_DELAY_MINUTES="0",  # decisions are told at once, except in the tests of what their delay hides
    LOG_LEVEL="WARNING",
    DATA_DIR=DATA,
    STATIC_ROOT=DATA,  # a folder that exists is all that a test without a server asks of it
    # Playwright leaves its event loop running in the thread of the tests that come after its own.
    DJANGO_ALLOW_ASYNC_UNSAFE="1",
)

from pinterns.settings import *  # noqa: E402, F403
from pinterns.settings import DATABASES, STORAGES  # noqa: E402

# Pages name static files plainly, so that no test waits for them to be collected.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# A thread's connection ends with its requests: one kept open would hold the test database when it is dropped.
DATABASES["default"]["CONN_MAX_AGE"] = 0
