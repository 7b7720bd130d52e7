"""The site with the locks of assigning taken out: a spread looks, then writes, and anybody may come in between.

The control of the test of two spreads at once serves this, to show that it fails where the guard is missing.
"""

from contextlib import nullcontext
from types import SimpleNamespace

from django.db.models import QuerySet

from pinterns.wsgi import application  # noqa: F401 - Django is set up by it

from reviews import assigning  # isort: skip

QuerySet.select_for_update = lambda self, **kwargs: self
assigning.transaction = SimpleNamespace(atomic=nullcontext)
