"""The site with two guards taken out: tries are counted by reading and writing back, and limits in each process's memory.

The control of the tests of guessing serves this, to show that they fail where the guards are missing.
"""

from pinterns.wsgi import application  # noqa: F401 - Django is set up by it

from django.core.cache import caches  # isort: skip
from django.utils.crypto import constant_time_compare  # isort: skip

from accounts import codes, services  # isort: skip
from accounts.models import SignInCode  # isort: skip


def redeem_by_reading_and_writing_back(*, pending, typed):
    row = SignInCode.objects.filter(pk=pending.pk).first()
    if row is None or row.tries >= SignInCode.MOST_TRIES:
        raise services.CodeVoid
    is_right = constant_time_compare(row.code_hash, services._hash(row.email, typed))
    row.tries += 1
    row.save()
    if not is_right:
        raise services.WrongCode(SignInCode.MOST_TRIES - row.tries)
    row.delete()
    return row.email


codes.redeem = redeem_by_reading_and_writing_back
caches.settings["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
