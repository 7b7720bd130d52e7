"""The first 80 applications: made through the services, at the times when they would have been made."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.core.files.base import ContentFile
from django.db.models import Count, F, Q
from django.utils import timezone

from accounts.models import User
from accounts.services import account_for
from applications.decisions import decide, lapse_offers
from applications.documents import Upload, receive
from applications.drafts import save_draft
from applications.form import ApplicationForm, Draft
from applications.letter_texts import InterviewTerms, OfferTerms
from applications.models import Application
from applications.prepared import prepare as prepare_decisions
from applications.services import answer_offer, submit, withdraw
from applications.workflow import Status
from letters.models import Letter
from pinterns.demo.answers import write_draft
from pinterns.demo.lives import DAYS_TO_ANSWER, DAYS_TO_INTERVIEW, Life, Step, live
from pinterns.demo.people import Person, people
from pinterns.demo.readings import read
from pinterns.demo.references import reference
from pinterns.demo.season import Plan, start_date
from programs.models import Requirement, Window

NUMBER = 80
IN_REVIEW = Q(applications__status=Status.IN_REVIEW)
# How many of which life each window holds, by program and whether it is last season's. Every status is among them.
LIVED: dict[tuple[str, bool], dict[str, int]] = {
    ("engineering", True): {
        "accepted": 3,
        "accepted after waiting": 1,
        "declined": 1,
        "lapsed": 1,
        "rejected": 3,
        "rejected after interview": 2,
        "withdrawn": 1,
        "draft": 2,
    },
    ("data-science", True): {
        "accepted": 2,
        "declined": 1,
        "rejected": 3,
        "rejected after waiting": 1,
        "withdrawn late": 1,
        "draft": 1,
    },
    ("pin-labs", True): {"accepted": 1, "lapsed": 1, "rejected": 1, "rejected after interview": 2, "draft": 1},
    ("engineering", False): {
        "submitted": 2,
        "changed": 1,
        "in review": 3,
        "interview": 1,
        "offer": 1,
        "accepted": 1,
        "waitlisted": 1,
        "withdrawn": 1,
        "draft": 3,
    },
    ("data-science", False): {
        "submitted": 1,
        "in review": 7,
        "interview": 1,
        "offer": 1,
        "rejected": 1,
        "taken up again": 1,
        "draft": 2,
    },
    ("machine-learning", False): {"draft": 3, "submitted": 1, "in review": 3, "interview": 1, "rejected": 1},
    ("pin-labs", False): {"submitted": 1, "sent again": 1, "in review": 2, "waitlisted": 1, "draft": 1},
    ("product-design", False): {"submitted": 2, "in review": 3, "withdrawn": 1, "draft": 2},
}
# Somebody to sign in as: a draft that the check refuses, and a sent application.
CANDIDATE = Person("Jamie Rivera", "candidate@example.org", "jamie-rivera")
_CANDIDATES_SLOTS = [("machine-learning", False, "draft"), ("engineering", False, "submitted")]
_AGAIN_EVERY = 8  # of this season's candidates, one in so many was there last season

NOTES = {
    "review": ["", "", "First of the pile."],
    "interview": ["The project is their own work, and it shows.", "Both reviewers say yes.", ""],
    "waitlist": ["Good, and the team is nearly complete.", "Strong second choice."],
    "offer": ["Unanimous after the interview.", "The team asked for this one."],
    "reject": ["Little that shows own work yet.", "Interview: answers stayed general.", ""],
    "return": ["The link did not open the first time; it does now.", "A place has become free."],
}


@dataclass
class Entry:
    """One application to be: who, where, what becomes of it, what they write; the seed of their résumé if they have one."""

    person: Person
    window: Window
    life: Life
    draft: Draft
    resume_seed: int | None
    reference: str
    upload: Upload | None = None


def prepare(windows: list[tuple[Plan, Window]], *, seed: int, at: datetime) -> list[Entry]:
    """The entries, by the time at which they were begun; the same ones for the same seed and time. Writes nothing."""
    rng = Random(seed)
    entries = []
    for number, (person, window, name) in enumerate(_cast(windows, seed)):
        life = live(name, opens_at=window.opens_at, closes_at=window.closes_at, at=at, rng=rng)
        complete = bool(life.steps) or person is CANDIDATE or rng.random() < 0.4
        draft = write_draft(window, name=person.name, handle=person.handle, rng=rng, complete=complete)
        if person is CANDIDATE and not life.steps:
            draft = _not_enough_yet(window, draft)
        resume_seed = rng.randrange(2**32) if complete and rng.random() < 0.9 else None
        entries.append(Entry(person, window, life, draft, resume_seed, reference(seed, number)))
    return sorted(entries, key=lambda entry: entry.life.begun_at)


def _cast(windows: list[tuple[Plan, Window]], seed: int) -> Iterator[tuple[Person, Window, str]]:
    """Who goes where, and the name of their life."""
    slots = [
        (plan, window, name)
        for plan, window in windows
        for name, count in LIVED.get((plan.program, plan.last_season), {}).items()
        for _number in range(count)
    ]
    newcomers = iter(people(seed, len(slots)))
    before: list[Person] = []
    open_slots = list(_CANDIDATES_SLOTS)
    for number, (plan, window, name) in enumerate(slots):
        key = (plan.program, plan.last_season, name)
        if key in open_slots:
            open_slots.remove(key)
            person = CANDIDATE
        elif not plan.last_season and number % _AGAIN_EVERY == 0:
            person = before.pop()
        else:
            person = next(newcomers)
            if plan.last_season and name.startswith("rejected"):
                before.append(person)
        yield person, window, name


def _not_enough_yet(window: Window, draft: Draft) -> Draft:
    """The draft with PyTorch at ‘basic’ alone: sending it shows what a check says."""
    form = ApplicationForm(window=window, draft=draft)
    section = next(section for section in form.requirements if "PyTorch" in section.rule.parameters.get("options", []))
    kept = {name: texts for name, texts in draft.items() if name not in section.form.posted_names()}
    return {**kept, section.form.add_prefix("skill-PyTorch-level"): ["basic"]}


def upload_resumes(entries: list[Entry], *, tell: Callable[[int, int], None]) -> None:
    """Writes the résumés, checks and stores them as if posted; before the transaction that names them."""
    having = [entry for entry in entries if entry.resume_seed is not None]
    with ThreadPoolExecutor() as pool:  # each check is a process of its own
        for number, (entry, upload) in enumerate(zip(having, pool.map(_receive, having), strict=True), start=1):
            entry.upload = upload
            tell(number, len(having))


def _receive(entry: Entry) -> Upload:
    from pinterns.demo.resumes import resume  # half a second of imports, for which a second run need not wait

    pdf = resume(entry.person, program=entry.window.program.name, rng=Random(entry.resume_seed))
    return receive(_asks_for_file(entry.window), ContentFile(pdf, name=f"{entry.person.handle}.pdf"))


def _asks_for_file(window: Window) -> Requirement:
    return next(asked for asked in window.program.active_requirements() if asked.rule.is_document)


def make_applications(
    entries: list[Entry], *, recruiter: User, seed: int, tell: Callable[[int, int], None]
) -> list[Application]:
    """Lets every entry live its life, with the letters as sent, and prepares some decisions. Call it in the transaction that makes the windows."""
    rng = Random(seed)
    made = []
    for number, entry in enumerate(entries, start=1):
        made.append(_make(entry, recruiter, rng, seed))
        tell(number, len(entries))
    _prepare_some(recruiter)
    _fail_one_letter()
    return made


def _prepare_some(recruiter: User) -> None:
    """In the window with the longest queue the recruiter has thoughts already that nobody has been told."""
    window = Window.objects.annotate(queue=Count("applications", filter=IN_REVIEW)).order_by("-queue", "pk").first()
    judged = window.applications.filter(status=Status.IN_REVIEW, standing__score__isnull=False)
    best_first = list(judged.select_related("window__program").order_by("-standing__score", "pk"))
    reason = window.program.rejection_reasons.first()
    for application in best_first[:1]:
        terms = _terms(application, timezone.now())
        prepare_decisions(applications=[application], action="offer", by=recruiter, terms=terms)
    note = "Unless the second reader disagrees."
    prepare_decisions(applications=best_first[1:3], action="reject", by=recruiter, reason=reason, note=note)


def _fail_one_letter() -> None:
    """The latest rejection has not arrived: there is an address to correct."""
    latest = Letter.objects.filter(kind="reject").order_by("-created_at", "pk")[:1]
    error = "SMTPRecipientsRefused 550"
    Letter.objects.filter(pk__in=list(latest.values_list("pk", flat=True))).update(
        status=Letter.Status.FAILED, sent_at=None, last_error=error
    )


def _make(entry: Entry, recruiter: User, rng: Random, seed: int) -> Application:
    begun = entry.life.begun_at
    candidate = account_for(email=entry.person.email)
    candidate.name, candidate.date_joined = entry.person.name, min(candidate.date_joined, begun - timedelta(minutes=9))
    candidate.save(update_fields=["name", "date_joined"])
    uploads = [entry.upload] if entry.upload else []
    application = save_draft(candidate=candidate, window=entry.window, draft=entry.draft, uploads=uploads, at=begun)
    application.reference, application.status_since = entry.reference, begun
    application.save(update_fields=["reference", "status_since"])
    ends = [step.at for step in entry.life.steps[1:]] + [timezone.now()]
    for step, end in zip(entry.life.steps, ends, strict=False):
        _take(application, step, recruiter, rng)
        if step.action == "review":
            read(
                application,
                actions=[step.action for step in entry.life.steps],
                by=recruiter,
                at=step.at,
                until=end,
                finished=step is not entry.life.steps[-1],
                rng=Random(f"{seed} {entry.reference}"),
            )
    return application


def _take(application: Application, step: Step, recruiter: User, rng: Random) -> None:
    if step.action == "change":
        draft = {**application.draft, "about-phone": ["+1 415 555 0199"]}
        save_draft(candidate=application.candidate, window=application.window, draft=draft, at=step.at)
        application.draft = draft
    if step.action in ("submit", "change"):
        submit(application=application, revision=application.revision, at=step.at)
    elif step.action == "withdraw":
        withdraw(application=application, at=step.at)
    elif step.action in ("accept", "decline"):
        answer_offer(application=application, accept=step.action == "accept", at=step.at)
    elif step.action == "lapse":
        lapse_offers(at=step.at)
        application.refresh_from_db(fields=["status", "status_since"])
    else:
        reasons = list(application.program.rejection_reasons.all())
        decide(
            application=application,
            action=step.action,
            by=recruiter,
            seen_status=application.status,
            note=rng.choice(NOTES[step.action]),
            reason=rng.choice(reasons) if step.action == "reject" else None,
            terms=_terms(application, step.at) if step.action == "offer" else None,
            interview=_interview(application, step.at) if step.action == "interview" else None,
            at=step.at,
        )
    # They tell of the past, to addresses that nobody has: the worker is not to send them now.
    waiting = Letter.objects.waiting().filter(about=application.reference)
    waiting.update(status=Letter.Status.SENT, sent_at=F("send_after"), tries=1)


def _terms(application: Application, at: datetime) -> OfferTerms:
    first_choice = application.office_choices.select_related("office").first()
    return OfferTerms(first_choice.office, start_date(application.window), (at + timedelta(days=DAYS_TO_ANSWER)).date())


def _interview(application: Application, at: datetime) -> InterviewTerms:
    zone = application.window.zone
    starts_at = (at.astimezone(zone) + timedelta(days=DAYS_TO_INTERVIEW)).replace(
        hour=10, minute=0, second=0, microsecond=0
    )
    return InterviewTerms(
        starts_at, zone.key, 45, link="https://meet.pinterns.example/" + application.reference.lower()
    )
