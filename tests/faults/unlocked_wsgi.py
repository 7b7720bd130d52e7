"""The site with the locks of assigning taken out: a spread looks, then writes, and anybody may come in between. It waits
there for a while, so that somebody does on every machine; behind the locks the wait would change nothing.

The control of the test of two spreads at once serves this, to show that it fails where the guard is missing.
"""

import time
from contextlib import nullcontext
from types import SimpleNamespace

from django.db.models import QuerySet

from pinterns.wsgi import application  # noqa: F401 - Django is set up by it

from reviews import assigning  # isort: skip

_plan = assigning.plan


def plan_and_wait(*args):
    planned = _plan(*args)
    time.sleep(0.5)
    return planned


assigning.plan = plan_and_wait
QuerySet.select_for_update = lambda self, **kwargs: self
assigning.transaction = SimpleNamespace(atomic=nullcontext)
