"""The site with a door that looks an address up first, and takes its time over one that it knows.

The control of the test of times serves this, to show that the test sees the difference.
"""

from pinterns.wsgi import application  # noqa: F401 - Django is set up by it

from django.contrib.auth.hashers import make_password  # isort: skip

from accounts import codes, services  # isort: skip
from accounts.models import User  # isort: skip


def send_code_after_looking(*, email, subject):
    if User.objects.filter(email=email).exists():
        make_password("as a check of a password would")
    return services.send_code(email=email, subject=subject)


codes.send_code = send_code_after_looking
