"""A world of which every word is somebody's attack: in each column of each row what people could have typed, or worse.

It is written straight into the tables, past forms and services: what stands there must harm nobody, however it came in.
"""

from collections.abc import Callable

from django.apps import apps
from django.db import models

from applications.models import Application, Tally
from letters.models import Letter
from programs.following import follow
from programs.models import Membership
from programs.roles import grant
from programs.services import resize
from tests.applications.decided import brought_to
from tests.factories import PARAMETERS, make_draft, make_program, make_window
from tests.reviews.desk import make_pages, make_review_in
from tests.security.world import Side, make_side

APPS = ("accounts", "letters", "programs", "applications", "reviews")
# By these a row is found or read, so they are no words; no form takes them as such.
KEYS = {
    *("password", "code_hash", "slug", "picture", "country", "time_zone", "pay_currency", "kind", "action", "before"),
    *("seen_status", "reference", "content_type", "sha256", "message_id", "about", "work_authorisation", "after"),
}
EMAILS = {"email", "to", "reply_to", "contact_email"}
# Of parameters and answers, what a kind reads: levels, types, yes and no.
READ = {"basic", "intermediate", "advanced", "yes", "no", "optional", "on", ""}
# Its names are keys and numbers of ours: nobody writes them.
COUNTED = {Tally}
READ_KEYS = {"types", "content_type", "id", "sha256"}

TextOf = Callable[[str, int], str]
"""Of a column's name and a number that is no other row's: the text to write there."""


def make_filled(text_of: TextOf) -> Side:
    """A side with a row of everything that people see, each text of which is `text_of`'s. Its candidate has more
    applications: a draft with every kind of answer, an interview, an offer and a rejection.
    """
    side = make_side("Here")
    make_review_in(side.assignment, comment="A comment")
    side.document.page_images.all().delete()
    side.blind_image, side.clear_image = sorted(make_pages(side.document), key=lambda image: not image.blind)
    kinds = tuple(kind for kind in PARAMETERS if kind != "document")
    for status in ("interview", "offer", "rejected"):
        window = make_window(make_program(status.title(), asks=kinds))
        grant(user=side.recruiter, program=window.program, role=Membership.Role.RECRUITER)
        application = brought_to(status, window, side.recruiter)
        Letter.objects.filter(addressee=application.candidate).update(addressee=side.candidate)
        Application.objects.filter(pk=application.pk).update(candidate=side.candidate)
    make_draft(make_window(make_program("Draft", asks=tuple(PARAMETERS))), candidate=side.candidate)
    resize(window=side.window, capacity=5, by=side.recruiter, reason="A reason")
    follow(program=side.program, email=side.candidate.email)
    fill(text_of)
    for row in vars(side).values():
        if isinstance(row, models.Model):
            row.refresh_from_db()
    return side


def fill(text_of: TextOf) -> None:
    """Write a text into every column of every row of ours that holds words."""
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            words = [field for field in model._meta.concrete_fields if _holds_words(field) and model not in COUNTED]
            for row in model.objects.all() if words else []:
                values = {field.name: _value(field, row, text_of) for field in words}
                model.objects.filter(pk=row.pk).update(**values)


def _holds_words(field: models.Field) -> bool:
    holds = isinstance(field, models.CharField | models.TextField | models.JSONField)
    return holds and not field.choices and field.name not in KEYS


def _value(field: models.Field, row: models.Model, text_of: TextOf) -> object:
    if isinstance(field, models.JSONField):
        return _replaced(getattr(row, field.name), lambda: text_of(field.name, row.pk))
    text = text_of(field.name, row.pk)
    text = text.lower() if field.name in EMAILS else text
    return text[: field.max_length] if field.max_length else text


def _replaced(value: object, text: Callable[[], str], key: str = "") -> object:
    if isinstance(value, dict):
        return {name: _replaced(inner, text, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, text, key) for inner in value]
    return text() if isinstance(value, str) and value not in READ and key not in READ_KEYS else value
