"""The site, but a page and a download break on the way, each with an error that quotes a person."""

from pinterns.wsgi import application  # noqa: F401 - Django is set up by it

from applications import story  # isort: skip
from applications.admin.application import ApplicationAdmin  # isort: skip

PERSON = "Zebedee Quillfeather <zeb.plume@nowhere.example>"


def break_at_once(*args):
    raise ValueError(PERSON)


def break_in_the_midst(self, request, rows, columns):
    yield from ()
    raise ValueError(PERSON)


story.since = break_at_once
ApplicationAdmin.read_export = break_in_the_midst
