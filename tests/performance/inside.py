"""What is asked of a site from within: functions that run in a process of it, called by Site.inside()."""

import json
import sys
from collections import defaultdict
from random import Random


def tell(answer: object) -> None:
    """Prints it for the one who called, as the only thing that is printed."""
    json.dump(answer, sys.stdout)


def session(*, email: str) -> str:
    """The key of a session in which this person, who must exist, is signed in."""
    from accounts.models import User
    from tests.factories import make_session

    return make_session(User.objects.get(email=email))


def sessions_kept() -> int:
    """How many sessions there are."""
    from accounts.models import Session

    return Session.objects.count()


def good_form(*, slug: str) -> dict:
    """A complete form of the program's open window, as a browser posts it: `path`, `fields`, and the `file` field."""
    from django.utils import timezone

    from applications.form import ApplicationForm
    from pinterns.demo.answers import write_draft
    from programs.models import Program

    program = Program.objects.with_pages().get(slug=slug)
    window = program.window_at(timezone.now())
    window.program = program
    fields = write_draft(window, name="Ada Example", handle="ada", rng=Random(1))
    sections = ApplicationForm(window=window, draft={}).requirements
    file = next(section.form.add_prefix("file") for section in sections if section.is_document)
    return {"path": program.apply_url, "fields": fields, "file": file}


def all_pages_drawn() -> int:
    """Says of every document that its pages are drawn, so that the worker does not begin with that."""
    from django.utils import timezone

    from applications.models import Document

    return Document.objects.filter(pages_made_at=None).update(pages_made_at=timezone.now())


def prepare_rejections(*, number: int) -> int:
    """Prepares so many rejections of what was sent to any window, and returns how many there are."""
    from accounts.models import User
    from applications.models import Application, PreparedDecision, RejectionReason
    from applications.prepared import prepare
    from pinterns.demo.season import RECRUITER

    recruiter = User.objects.get(email=RECRUITER[0])
    rows = Application.objects.filter(status__in=["in_review", "interview", "waitlisted"]).select_related("window")
    by_program = defaultdict(list)
    for application in rows.order_by("-pk")[:number]:
        by_program[application.window.program_id].append(application)
    for program, applications in by_program.items():
        reason = RejectionReason.objects.filter(program=program, retired_at=None).first()
        prepare(applications=applications, action="reject", by=recruiter, reason=reason)
    return PreparedDecision.objects.waiting().count()
