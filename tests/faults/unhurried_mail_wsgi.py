"""The site with the guards of its codes taken out: every thread may wait for a silent mail server, time and again.

The control of the test of a black hole serves this, to show that the test fails where the guards are missing.
"""

from pinterns.wsgi import application  # noqa: F401 - Django is set up by it

from accounts import mail_now  # isort: skip
from threading import BoundedSemaphore  # isort: skip

mail_now.is_away = lambda: False
mail_now._turns = BoundedSemaphore(1000)
