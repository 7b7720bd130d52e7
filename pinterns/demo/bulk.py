"""Any number of applications beyond the first 80, as rows: what the services would have written, without files and letters.

Application number n follows from the seed, from n and from the time alone, so a run that was interrupted goes on where
it ended, and memory holds one batch whatever the number.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from typing import TextIO

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from applications.form import ApplicationForm, Draft
from applications.models import Answer, Application, Offer, OfficeChoice, StatusChange
from applications.workflow import Status
from pinterns.demo.answers import write_draft
from pinterns.demo.applications import NOTES, NUMBER
from pinterns.demo.lives import DAYS_TO_ANSWER, live
from pinterns.demo.people import Person, people
from pinterns.demo.progress import Progress
from pinterns.demo.references import reference
from pinterns.demo.season import RECRUITER, demo_windows, start_date
from programs.models import Office, Window
from programs.views import programs_with_all

BATCH = 2_000
VARIANTS = 60  # different answers for each program
DOMAIN = "candidates.pinterns.example"
# How often which life is lived, by whether the window has closed.
CLOSED_LIVES = {
    "draft": 20,
    "rejected": 42,
    "rejected after interview": 8,
    "rejected after waiting": 6,
    "withdrawn": 4,
    "withdrawn late": 2,
    "accepted": 10,
    "accepted after waiting": 2,
    "declined": 4,
    "lapsed": 2,
}
OPEN_LIVES = {
    "draft": 35,
    "submitted": 36,
    "changed": 5,
    "sent again": 1,
    "withdrawn": 2,
    "in review": 12,
    "interview": 3,
    "waitlisted": 2,
    "rejected": 2,
    "offer": 1,
    "accepted": 0.6,
    "declined": 0.2,
    "lapsed": 0.2,
}


@dataclass(frozen=True)
class Variant:
    """A complete draft for one program, judged once by the form itself, and what is written when it is sent."""

    draft: Draft
    answers: list[dict]
    met: int
    offices: list[Office]
    authorisation: dict[str, str]
    links: list[str]
    phone: str


@dataclass(frozen=True)
class Intake:
    """A window that takes any number, with the answers to choose from."""

    window: Window
    lives: list[str]
    weights: list[float]
    variants: list[Variant]
    unfinished: list[Draft]
    starts: date


def fill_up(wanted: int, *, seed: int, out: TextIO, at: datetime) -> int:
    """Adds what is missing to `wanted` applications in all, to the demo's windows without a limit; returns how many."""
    made = User.objects.filter(email__endswith=f"@{DOMAIN}").count()
    wanted -= NUMBER
    if made >= wanted:
        return 0
    intakes = _intakes(seed, at)
    recruiter = User.objects.get(email=RECRUITER[0])
    with _no_query_log(), Progress(_("Applications"), wanted, out, unit=_("applications")) as progress:
        progress.begin_with(made)
        newcomers = islice(people(seed, NUMBER + wanted), NUMBER + made, None)
        for first in range(made, wanted, BATCH):
            numbers = range(first, min(first + BATCH, wanted))
            _write([_Rows(number, next(newcomers), intakes, seed, at, recruiter) for number in numbers])
            progress.to(numbers.stop)
    return wanted - made


@contextmanager
def _no_query_log() -> Iterator[None]:
    """With DEBUG, Django would keep the text of every statement in memory."""
    before, settings.DEBUG = settings.DEBUG, False
    try:
        yield
    finally:
        settings.DEBUG = before


def _intakes(seed: int, at: datetime) -> list[Intake]:
    """The demo's windows that have opened and have no limit."""
    programs = {program.pk: program for program in programs_with_all()}
    intakes = []
    for window in demo_windows().values():
        if window.capacity is not None or window.opens_at > at - timedelta(days=1):
            continue
        window.program = programs[window.program_id]
        lives = CLOSED_LIVES if window.closes_at <= at else OPEN_LIVES
        rng = Random(f"{seed} {window.program.slug} {window.season}")
        variants = [_variant(window, rng) for _number in range(VARIANTS)]
        unfinished = [_draft(window, rng, complete=False) for _number in range(VARIANTS)]
        intakes.append(Intake(window, list(lives), list(lives.values()), variants, unfinished, start_date(window)))
    return intakes


def _draft(window: Window, rng: Random, *, complete: bool) -> Draft:
    return write_draft(window, name="-", handle=f"person-{rng.randrange(10**6)}", rng=rng, complete=complete)


def _variant(window: Window, rng: Random) -> Variant:
    draft = _draft(window, rng, complete=True)
    form = ApplicationForm(window=window, draft=draft, lenient=False)
    if not form.is_valid():
        raise ValueError(f"The demo's answers for {window} are not enough: {form.missing}")
    return Variant(
        draft=draft,
        answers=[
            {
                "requirement": result.requirement,
                "title": result.requirement.title,
                "asked": result.requirement.rule.asked,
                "kind": result.requirement.kind,
                "parameters": result.requirement.parameters,
                "mandatory": result.requirement.mandatory,
                "position": position,
                "given": result.given,
                "met": result.verdict.met,
                "reason": result.verdict.reason,
            }
            for position, result in enumerate(form.results)
        ],
        met=sum(result.verdict.met for result in form.results),
        offices=form.offices.chosen,
        authorisation=form.offices.authorisation,
        links=form.about.links,
        phone=form.about.cleaned_data["phone"],
    )


class _Rows:
    """The unsaved rows of one application."""

    def __init__(
        self, number: int, person: Person, intakes: list[Intake], seed: int, at: datetime, recruiter: User
    ) -> None:
        rng = Random(seed * 1_000_000_007 + number)
        intake = rng.choice(intakes)
        window = intake.window
        name = rng.choices(intake.lives, intake.weights)[0]
        life = live(name, opens_at=window.opens_at, closes_at=window.closes_at, at=at, rng=rng)
        self.window, self.life = window, life
        self.user = User(
            email=f"{person.handle}.{number}@{DOMAIN}",
            name=person.name,
            password=f"!{number}",  # nobody has one
            date_joined=life.begun_at - timedelta(minutes=9),
        )
        self.application = Application(
            candidate=self.user,
            window=window,
            reference=reference(seed, NUMBER + number),
            status=life.status,
            status_since=life.since,
            draft_saved_at=life.begun_at,
        )
        self.answers, self.choices, self.changes, self.offers = [], [], [], []
        if life.steps:
            self._sent(rng.choice(intake.variants), person.name)
            self._history(rng, recruiter)
            self._offer(intake.starts)
        else:
            self.application.draft = {**rng.choice(intake.unfinished), "about-full_name": [person.name]}

    def _sent(self, variant: Variant, name: str) -> None:
        application = self.application
        sendings = [step.at for step in self.life.steps if step.action in ("submit", "change")]
        application.draft = application.sent = {**variant.draft, "about-full_name": [name]}
        application.draft_saved_at = sendings[-1]
        application.submitted_at, application.revision = sendings[0], len(sendings)
        application.full_name, application.phone = name, variant.phone
        application.links, application.work_authorisation = variant.links, variant.authorisation
        application.asked, application.met = len(variant.answers), variant.met
        self.answers = [Answer(application=application, **answer) for answer in variant.answers]
        self.choices = [
            OfficeChoice(application=application, office=office, position=position)
            for position, office in enumerate(variant.offices, start=1)
        ]

    def _history(self, rng: Random, recruiter: User) -> None:
        by = {"lapse": None, **dict.fromkeys(NOTES, recruiter)}
        self.changes = [
            StatusChange(
                application=self.application,
                from_status=step.source,
                to_status=step.target,
                action=step.action,
                by=by.get(step.action, self.user),
                at=step.at,
                why=rng.choice(NOTES.get(step.action, [""])),
            )
            for step in self.life.steps
        ]

    def _offer(self, starts: date) -> None:
        times = {step.action: step.at for step in self.life.steps}
        if "offer" in times:
            answered = times.get("accept") or times.get("decline")
            last_day = (times["offer"] + timedelta(days=DAYS_TO_ANSWER)).date()
            office = self.choices[0].office
            self.offers = [
                Offer(
                    application=self.application,
                    office=office,
                    start_date=starts,
                    answer_by=last_day,
                    answered_at=answered,
                )
            ]


def _write(batch: list[_Rows]) -> None:
    """One transaction; the places taken are counted in it too."""
    with transaction.atomic():
        User.objects.bulk_create(rows.user for rows in batch)
        Application.objects.bulk_create(rows.application for rows in batch)
        OfficeChoice.objects.bulk_create(row for rows in batch for row in rows.choices)
        Answer.objects.bulk_create(row for rows in batch for row in rows.answers)
        StatusChange.objects.bulk_create(row for rows in batch for row in rows.changes)
        Offer.objects.bulk_create(row for rows in batch for row in rows.offers)
        taken: dict[int, int] = {}
        for rows in batch:
            if rows.application.status != Status.DRAFT:
                taken[rows.window.pk] = taken.get(rows.window.pk, 0) + 1
        for pk, number in taken.items():
            Window.objects.filter(pk=pk).update(taken=F("taken") + number)
