"""All that is held about one person, as they may know it: for the page that shows it and the file that takes it out.

Decisions that were not told yet have not happened here either (applications.seen). Reviews and internal notes are left
out, and the page says how to ask for them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Prefetch, Q
from django.utils import timezone

from accounts.models import ErasureRequest, Session, User
from applications import seen, story
from applications.about import authorisation_lines
from applications.erasure import ERASED_AFTER
from applications.form import ApplicationForm
from applications.models import (
    Answer,
    Application,
    Consent,
    Document,
    Extension,
    Interview,
    Offer,
    OfficeChoice,
    extended,
)
from applications.retention import kept_until
from letters.models import Letter
from programs.models import Follower, Requirement, Retention
from programs.times import usual_zone


@dataclass(frozen=True)
class Held:
    """One application with all that belongs to it.

    `draft` is what was typed and not sent, as (label, text). `kept_until` is None while nothing has ended it.
    """

    application: Application
    badge: str
    badge_label: str
    authorisation: list[str]
    timeline: list[story.Event]
    draft: list[tuple[str, str]]
    offer: Offer | None
    interview: Interview | None
    consents: list[Consent]
    kept_until: date | None


@dataclass(frozen=True)
class MyData:
    """What is held about `user`; times are told in `zone`."""

    user: User
    roles: list[str]
    applications: list[Held]
    extensions: list[Extension]
    letters: list[Letter]
    follows: list[Follower]
    sessions: list[Session]
    erasure: ErasureRequest | None
    zone: ZoneInfo

    @property
    def erased_by(self) -> datetime | None:
        """When the erasure that was asked for is done by itself."""
        return self.erasure and self.erasure.asked_at + ERASED_AFTER

    @property
    def drafts(self) -> list[Application]:
        """What was never sent, and can be deleted by its candidate."""
        return [held.application for held in self.applications if held.application.submitted_at is None]


def my_data(user: User, *, at: datetime | None = None) -> MyData:
    """Everything about `user`, with the same number of queries however much it is. at: the time to go by (aware; now)."""
    at = at or timezone.now()
    own = list(_own(user))
    for one in own:
        one.window = extended(one.window, until=one.own_until)
        seen.as_known(one, at)
    months = Retention.objects.months_by_country()
    return MyData(
        user=user,
        roles=[f"{held.get_role_display()}, {held.program}" for held in user.memberships.select_related("program")],
        applications=[_held(one, at, months) for one in own],
        extensions=list(Extension.objects.filter(candidate=user).select_related("window__program")),
        letters=list(_letters(user, own, at)),
        follows=list(Follower.objects.of(user).select_related("program").order_by("program__name", "pk")),
        sessions=list(Session.objects.of(user, at)),
        erasure=ErasureRequest.objects.filter(user=user).first(),
        zone=usual_zone(one.window for one in own),
    )


def _own(user: User) -> Iterable[Application]:
    active = Requirement.objects.filter(retired_at=None)
    return (
        Application.objects.of(user)
        .select_related("offer__office", "interview")
        .prefetch_related(
            Prefetch("answers", Answer.objects.select_related("document")),
            Prefetch("office_choices", OfficeChoice.objects.select_related("office")),
            "consents",
            Prefetch("documents", Document.objects.select_related("written").order_by("pk")),
            Prefetch("window__program__requirements", active, to_attr="asked"),
            Prefetch("window__program__offices", to_attr="offices_list"),
        )
    )


def _letters(user: User, own: list[Application], at: datetime) -> Iterable[Letter]:
    """Those to `user`, before they had an account too, and none that tells of a decision before its time."""
    known = {change.letter_id for one in own for change in one.known}
    untold = {change.letter_id for one in own for change in one.changes} - known - {None}
    to_user = Q(addressee=user) | Q(addressee=None, to=user.email)
    return Letter.objects.known_to_addressee(at).filter(to_user).exclude(pk__in=untold).order_by("-pk")


def _held(application: Application, at: datetime, months: dict[str, int]) -> Held:
    badge, badge_label = application.shown_status(at)
    return Held(
        application=application,
        badge=badge,
        badge_label=badge_label,
        authorisation=authorisation_lines(application.work_authorisation),
        timeline=story.timeline(application, application.known),
        draft=_typed(application) if application.draft != application.sent else [],
        offer=getattr(application, "offer", None) if _is_told(application, "offer") else None,
        interview=getattr(application, "interview", None) if _is_told(application, "interview") else None,
        consents=list(application.consents.all()),
        kept_until=kept_until(application, months),
    )


def _is_told(application: Application, action: str) -> bool:
    """Whether the terms of an offer or interview are those that its candidate was told: a newer decision may have new ones."""
    known = [change.action for change in application.known]
    newest_is_known = application.changes[-1:] == application.known[-1:]
    return action in known and (newest_is_known or known[-1] == action)


def _typed(application: Application) -> list[tuple[str, str]]:
    """The draft for people: each field that holds something, under its label, or its name where nothing asks for it now."""
    fields = {
        form.add_prefix(name): field
        for form in ApplicationForm(window=application.window, draft=application.draft).forms
        for name, field in form.fields.items()
    }
    typed = []
    for name, values in application.draft.items():
        field = fields.get(name)
        if not (field and field.widget.is_hidden) and any(values):
            typed.append((str(field.label) if field and field.label else name, _in_words(values, field)))
    return typed


def _in_words(values: list[str], field: forms.Field | None) -> str:
    labels = {}
    if isinstance(field, forms.ChoiceField):
        labels = {str(value): str(label) for value, label in field.choices}
    return "\n".join(labels.get(value, value) for value in values)
