"""Plain functions that make what a test needs; every argument can be overridden by name."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import randrange

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from accounts.sessions import SessionStore
from applications.drafts import save_draft
from applications.form import ApplicationForm
from applications.models import Application
from applications.services import submit
from programs import kinds
from programs.models import Membership, Office, Program, Requirement, Window
from programs.roles import grant
from tests.files import pdf

# It begins anywhere, since several processes fill the database of one running server.
_numbers = count(randrange(10**9))
_positions = count(1)

# Parameters and a good and a bad answer, by kind: what a candidate's browser posts below the requirement's prefix.
PARAMETERS = {
    "skills": {
        "options": ["TensorFlow", "PyTorch", "MLflow"],
        "how_many": 1,
        "lowest": "advanced",
        "other_allowed": False,
        "evidence": "optional",
    },
    "publications": {"how_many": 1, "accepted_fields": ["machine learning", "statistics"]},
    "statement": {"prompt": "Why this program?", "least": 3, "most": 50},
    "choice": {
        "question": "When can you start?",
        "options": ["June", "October"],
        "several": False,
        "qualifying": ["June"],
    },
    "confirmation": {"sentence": "I can work all 12 weeks."},
    "document": {"purpose": "your résumé", "types": ["application/pdf"], "megabytes": 1, "pages": 2},
    "link": {"prompt": "Where is your code?", "hosts": ["github.com"]},
}
GOOD = {
    "skills": {"skill-PyTorch-level": "advanced", "skill-PyTorch-evidence": "Trained a ranking model."},
    "publications": {
        "rows-count": "1",
        "0-title": "On boards",
        "0-venue": "NeurIPS",
        "0-year": "2025",
        "0-field": "statistics",
        "0-link": "10.1145/3292500.3330672",
    },
    "statement": {"text": "Because I like pins very much."},
    "choice": {"chosen": "June"},
    "confirmation": {"agreed": "on"},
    "document": {},
    "link": {"address": "https://github.com/someone"},
}
BAD = {
    "skills": {"skill-PyTorch-level": "basic"},
    "publications": {"rows-count": "1"},
    "statement": {"text": "Because."},
    "choice": {"chosen": "October"},
    "confirmation": {},
    "document": {},
    "link": {"address": "https://example.org/someone"},
}


def make_user(email: str = "", **fields) -> User:
    return User.objects.create_user(email or f"person{next(_numbers)}@example.org", **fields)


def make_session(user: User) -> str:
    """The key of a session in which `user` is signed in, for a client of a running server."""
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.save()
    return session.session_key


def make_office(name: str = "", **fields) -> Office:
    name = name or f"Office {next(_numbers)}"
    defaults = {"city": name, "country": "US", "time_zone": "America/Los_Angeles", "slug": f"office-{next(_numbers)}"}
    return Office.objects.create(name=name, **{**defaults, **fields})


def make_program(
    name: str = "", *, offices: list[Office] | None = None, asks: tuple[str, ...] = (), **fields
) -> Program:
    """A program at one office; `asks` are kinds of mandatory requirements with the parameters above."""
    number = next(_numbers)
    defaults = {
        "slug": f"program-{number}",
        "summary": "What one does here.",
        "description": "A longer text.",
        "contact_email": "program@pinterns.example",
    }
    program = Program.objects.create(name=name or f"Program {number}", **{**defaults, **fields})
    program.offices.set(offices if offices is not None else [make_office()])
    for kind in asks:
        make_requirement(program, kind)
    return program


def make_requirement(program: Program, kind: str, *, parameters: dict | None = None, **fields) -> Requirement:
    defaults = {
        "title": str(kinds.get(kind).label).capitalize(),
        "position": next(_positions),
        "changed_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Requirement.objects.create(
        program=program, kind=kind, parameters={**PARAMETERS[kind], **(parameters or {})}, **{**defaults, **fields}
    )


def make_window(program: Program | None = None, **fields) -> Window:
    """A window that is open now, without a limit. Decisions are promised two weeks after it closes, or later."""
    now = timezone.now()
    defaults = {
        "season": f"Season {next(_numbers)}",
        "opens_at": now - timedelta(days=1),
        "closes_at": now + timedelta(days=7),
    }
    facts = {**defaults, **fields}
    promised = max(date(2027, 3, 1), (facts["closes_at"] + timedelta(days=14)).date())
    return Window.objects.create(program=program or make_program(), **{"decide_by": promised, **facts})


def make_recruiter(*programs: Program, email: str = "", **fields) -> User:
    user = make_user(email, is_staff=True, **fields)
    for program in programs:
        grant(user=user, program=program, role=Membership.Role.RECRUITER)
    return user


def make_reviewer(*programs: Program, email: str = "", **fields) -> User:
    user = make_user(email, is_staff=True, **fields)
    for program in programs:
        grant(user=user, program=program, role=Membership.Role.REVIEWER)
    return user


def post_for(window: Window, *, answers: dict[str, dict] | None = None, **extra) -> dict:
    """What a browser posts for a complete, good form of `window`; `answers` replaces those of a kind."""
    form = ApplicationForm(window=window, draft={})
    office = form.offices.offices and next(iter(form.offices.offices))
    posted = {"window": str(window.pk), "revision": "0", "about-full_name": "Ada Example", "offices-rank_1": office}
    for code in form.offices.countries:
        posted[f"offices-work_{code}"] = "yes"
    for section in form.requirements:
        values = {**GOOD, **(answers or {})}[section.requirement.kind]
        posted |= {section.form.add_prefix(name): value for name, value in values.items()}
        if section.is_document:
            posted[section.form.add_prefix("file")] = SimpleUploadedFile("résumé.pdf", pdf(), "application/pdf")
    posted |= dict.fromkeys(form.consent.posted_names(), "on")
    return {**posted, **extra}


def draft_for(window: Window, **kwargs) -> dict[str, list[str]]:
    """The same as a draft, without files."""
    posted = {name: [value] for name, value in post_for(window, **kwargs).items() if isinstance(value, str)}
    return ApplicationForm(window=window, draft=posted).select(posted)


def make_draft(
    window: Window | None = None, *, candidate: User | None = None, draft: dict | None = None, at=None
) -> Application:
    """A saved draft whose answers are good."""
    window = window or make_window()
    draft = draft_for(window) if draft is None else draft
    return save_draft(candidate=candidate or make_user(), window=window, draft=draft, at=at)


def make_application(window: Window | None = None, *, candidate: User | None = None, at=None) -> Application:
    """A sent application, through the services."""
    application = make_draft(window, candidate=candidate, at=at)
    return submit(application=application, revision=0, at=at)
