"""`manage.py recount`: what is kept beside the rows that it follows from, put right after an upgrade."""

from django.core.management.base import BaseCommand

from applications.pages import want_missing
from applications.search import fill_missing
from applications.tallies import recount
from programs.models import Window


class Command(BaseCommand):
    help = (
        "Counts the figures of home and reports anew, window by window, and puts right those that are wrong. Run it after "
        "an upgrade, once nothing runs the code of before: what that did meanwhile was not counted, and is not searched."
    )

    def handle(self, **options) -> None:
        wrong = sum(recount(window) for window in Window.objects.order_by("pk").values_list("pk", flat=True))
        if missing := fill_missing():
            self.stdout.write(f"{missing} applications were not searched and are now.")
        if unwanted := want_missing():
            self.stdout.write(f"The pages of {unwanted} documents are made by the worker now.")
        self.stdout.write(f"{wrong} figures were wrong and are right now." if wrong else "Every figure was right.")
