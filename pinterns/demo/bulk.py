"""Any number of applications beyond the first 80, as rows: what the services would have written, without files and letters.

Application number n follows from the seed, from n and from the time alone, so a run that was interrupted goes on where
it ended, and memory holds one batch whatever the number.
"""

from collections import Counter
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
from applications.redaction import Redaction
from applications.search import search_text
from applications.tallies import recount
from pinterns.demo.answers import write_draft
from pinterns.demo.applications import NOTES, NUMBER
from pinterns.demo.bulk_readings import BulkReadings
from pinterns.demo.lives import DAYS_TO_ANSWER, Life, live
from pinterns.demo.people import Person, people
from pinterns.demo.progress import Progress
from pinterns.demo.references import reference
from pinterns.demo.season import RECRUITER, demo_windows, start_date
from pinterns.demo.table import Table
from programs.models import Program, Window

BATCH = 2_000
VARIANTS = 30  # different answers for each window
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


class CannotFill(Exception):
    """The demo's windows or requirements were edited so that no more can be added; str() says what is in the way."""


@dataclass(frozen=True)
class Variant:
    """A complete draft for one window, judged once by the form itself, with templates of the rows when it is sent."""

    draft: Draft
    application: list
    answers: list[list]
    choices: list[list]
    first_choice: int


@dataclass(frozen=True)
class Intake:
    """A window that takes any number, with the answers to choose from."""

    window: Window
    lives: dict[str, float]
    variants: list[Variant]
    unfinished: list[Draft]
    starts: date


def fill_up(wanted: int, *, seed: int, out: TextIO, at: datetime) -> int:
    """Adds what is missing to `wanted` applications in all, to the demo's windows without a limit; returns how many.

    Raises CannotFill.
    """
    wanted -= NUMBER
    made = User.objects.filter(email__endswith=f"@{DOMAIN}").count()
    if made >= wanted:
        return 0
    with _no_query_log(), Progress(_("Applications"), wanted, out, unit=_("applications")) as progress:
        writer = _Writer(seed, at)
        progress.begin_with(made)
        newcomers = islice(people(seed, NUMBER + wanted), NUMBER + made, None)
        for first in range(made, wanted, BATCH):
            numbers = range(first, min(first + BATCH, wanted))
            writer.write({number: next(newcomers) for number in numbers})
            progress.to(numbers.stop)
        for intake in writer.intakes:
            recount(intake.window.pk)
    return wanted - made


@contextmanager
def _no_query_log() -> Iterator[None]:
    """With DEBUG, Django would keep the text of every statement in memory."""
    before, settings.DEBUG = settings.DEBUG, False
    try:
        yield
    finally:
        settings.DEBUG = before


class _Writer:
    """Writes batches of applications, each in one transaction."""

    def __init__(self, seed: int, at: datetime) -> None:
        self.seed, self.at = seed, at
        self.recruiter = User.objects.get(email=RECRUITER[0]).pk
        self.users, self.applications = Table(User, with_key=True), Table(Application, with_key=True)
        self.choices, self.answers = Table(OfficeChoice), Table(Answer)
        self.changes, self.offers = Table(StatusChange), Table(Offer)
        self.readings = BulkReadings(recruiter=self.recruiter, at=at)
        self.rows: dict[Table, list[list]] = {}
        self.taken: Counter[int] = Counter()
        self.intakes = list(self._intakes())
        if not self.intakes:
            raise CannotFill(_("Every window of the demo has a limit now. Take one off in the admin."))

    def _intakes(self) -> Iterator[Intake]:
        """The demo's windows that have run for a day at least and have no limit."""
        programs = {program.pk: program for program in Program.objects.with_pages()}
        for window in demo_windows().values():
            if window.capacity is not None or window.opens_at > self.at - timedelta(days=1):
                continue
            window.program = programs[window.program_id]
            rng = Random(f"{self.seed} {window.program.slug} {window.season}")
            variants = [self._variant(window, rng) for _number in range(VARIANTS)]
            unfinished = [_draft(window, rng, complete=False) for _number in range(VARIANTS)]
            lives = CLOSED_LIVES if window.closes_at <= self.at else OPEN_LIVES
            yield Intake(window, lives, variants, unfinished, start_date(window))

    def _variant(self, window: Window, rng: Random) -> Variant:
        draft = _draft(window, rng, complete=True)
        form = ApplicationForm(window=window, draft=draft, lenient=False)
        if not form.is_valid():
            missing = " ".join(entry["text"] for entry in form.missing)
            raise CannotFill(
                _("The demo has no answers that are enough for %(window)s: %(missing)s")
                % {"window": window, "missing": missing}
            )
        offices, results = form.offices.chosen, form.results
        links = [link for result in results for link in result.requirement.rule.links(result.given)]
        # The texts name nobody, so that they are blinded once for all who send them.
        redaction = Redaction(phone=form.about.cleaned_data["phone"], links=[*form.about.links, *links])
        return Variant(
            draft=draft,
            application=self.applications.row(
                phone=form.about.cleaned_data["phone"],
                links=form.about.links,
                work_authorisation=form.offices.authorisation,
                asked=len(results),
                met=sum(result.verdict.met for result in results),
            ),
            answers=[
                self.answers.row(
                    requirement_id=result.requirement.pk,
                    title=result.requirement.title,
                    asked=result.requirement.rule.asked,
                    kind=result.requirement.kind,
                    parameters=result.requirement.parameters,
                    mandatory=result.requirement.mandatory,
                    position=position,
                    given=result.given,
                    met=result.verdict.met,
                    reason=result.verdict.reason,
                    blind_lines=result.requirement.rule.blind_lines(result.given, redaction.hide),
                    blind_reason=redaction.hide(result.verdict.reason),
                )
                for position, result in enumerate(results)
            ],
            choices=[self.choices.row(office_id=office.pk, position=n) for n, office in enumerate(offices, start=1)],
            first_choice=offices[0].pk,
        )

    @transaction.atomic
    def write(self, batch: dict[int, Person]) -> None:
        """The applications of these numbers and people, and the places that they take."""
        tables = [self.users, self.applications, self.choices, self.answers, self.changes, self.offers]
        self.rows, self.taken = {table: [] for table in tables}, Counter()
        keys = zip(self.users.new_keys(len(batch)), self.applications.new_keys(len(batch)), strict=True)
        for (number, person), (user, application) in zip(batch.items(), keys, strict=True):
            self._compose(number, person, user, application)
        for table, rows in self.rows.items():
            table.insert(rows)
        self.readings.write()
        for window, number in self.taken.items():
            Window.objects.filter(pk=window).update(taken=F("taken") + number)

    def _add(self, table: Table, template: list | None = None, **values: object) -> None:
        self.rows[table].append(table.row(template, **values))

    def _compose(self, number: int, person: Person, user: int, application: int) -> None:
        rng = Random(self.seed * 1_000_000_007 + number)
        intake = rng.choice(self.intakes)
        window = intake.window
        name = rng.choices(list(intake.lives), list(intake.lives.values()))[0]
        life = live(name, opens_at=window.opens_at, closes_at=window.closes_at, at=self.at, rng=rng)
        email = f"{person.handle}.{number}@{DOMAIN}"
        self._add(
            self.users,
            id=user,
            email=email,
            name=person.name,
            password=f"!{number}",  # nobody has one
            date_joined=life.begun_at - timedelta(minutes=9),
        )
        fixed = {
            "id": application,
            "candidate_id": user,
            "window_id": window.pk,
            "reference": reference(self.seed, NUMBER + number),
            "status": life.status.value,
            "status_since": life.since,
        }
        if not life.steps:
            draft = _signed(rng.choice(intake.unfinished), person)
            self._add(self.applications, draft=draft, draft_saved_at=life.begun_at, **fixed)
            return
        variant = rng.choice(intake.variants)
        self._sent(life, variant, person, email, fixed)
        self._history(application, user, life, rng)
        self._offer(application, variant, life, intake.starts)
        self.readings.add(application, window, life, rng)
        self.taken[window.pk] += 1

    def _sent(self, life: Life, variant: Variant, person: Person, email: str, fixed: dict) -> None:
        sendings = [step.at for step in life.steps if step.action in ("submit", "change")]
        draft = _signed(variant.draft, person)
        self._add(
            self.applications,
            variant.application,
            draft=draft,
            draft_saved_at=sendings[-1],
            sent=draft,
            submitted_at=sendings[0],
            revision=len(sendings),
            full_name=person.name,
            search_text=search_text(name=person.name, email=email, reference=fixed["reference"]),
            **fixed,
        )
        for answer in variant.answers:
            self._add(self.answers, answer, application_id=fixed["id"])
        for choice in variant.choices:
            self._add(self.choices, choice, application_id=fixed["id"])

    def _history(self, application: int, user: int, life: Life, rng: Random) -> None:
        by = {"lapse": None, **dict.fromkeys(NOTES, self.recruiter)}
        for step in life.steps:
            self._add(
                self.changes,
                application_id=application,
                from_status=step.source.value,
                to_status=step.target.value,
                action=step.action,
                by_id=by.get(step.action, user),
                at=step.at,
                why=rng.choice(NOTES.get(step.action, [""])),
            )

    def _offer(self, application: int, variant: Variant, life: Life, starts: date) -> None:
        times = {step.action: step.at for step in life.steps}
        if "offer" in times:
            self._add(
                self.offers,
                application_id=application,
                office_id=variant.first_choice,
                start_date=starts,
                answer_by=(times["offer"] + timedelta(days=DAYS_TO_ANSWER)).date(),
                answered_at=times.get("accept") or times.get("decline"),
            )


def _draft(window: Window, rng: Random, *, complete: bool) -> Draft:
    return write_draft(window, name="-", handle=f"person-{rng.randrange(10**6)}", rng=rng, complete=complete)


def _signed(draft: Draft, person: Person) -> Draft:
    return {**draft, "about-full_name": [person.name]}
