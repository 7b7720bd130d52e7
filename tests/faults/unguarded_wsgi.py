"""The site with the guard of the capacity taken out: what is left is the look at the window before the transaction.

The control of the rush test serves this, to show that the test fails where the guard is missing.
"""

import time

from django.db.models import F
from django.db.models.functions import Coalesce, Least

from pinterns.wsgi import application  # noqa: F401 - Django is set up by it

from applications import services  # isort: skip
from programs.models import Window  # isort: skip


def take_place_without_looking(sent, at):
    time.sleep(0.2)  # in which others look
    Window.objects.filter(pk=sent.window_id).update(
        taken=Least(F("taken") + 1, Coalesce(F("capacity"), F("taken") + 1))
    )


services._take_place = take_place_without_looking
