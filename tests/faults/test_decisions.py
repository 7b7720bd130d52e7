"""Decisions through crashes and rushes: killed workers, several workers, two recruiters at once. Each guard has a control."""

import json
import signal

import pytest

from tests.faults.rush import Client, all_at_once
from tests.server import Server, running_server

pytestmark = pytest.mark.server

NUMBER = 12
APPROVED = f"""
from tests.applications.decided import *
from tests.factories import *
from applications.prepared import *
from applications.models import *
window = make_window()
rosa = make_recruiter(window.program)
applications = [brought_to("in_review", window, rosa) for _number in range({NUMBER})]
prepare(applications=applications, action="reject", by=rosa)
approve_as_read(PreparedDecision.objects.filter(application__window=window), by=rosa)
print(window.pk)
"""
COUNTED = """
import json
from applications.models import *
from letters.models import Letter
own = Application.objects.filter(window={window})
prepared = PreparedDecision.objects.filter(application__window={window})
print(json.dumps({{
    "done": prepared.filter(state="done").count(),
    "waiting": prepared.filter(state="approved").count(),
    "rejected": own.filter(status="rejected").count(),
    "changes": StatusChange.objects.filter(action="reject", application__window={window}).count(),
    "letters": Letter.objects.filter(kind="reject", about__in=own.values("reference")).count(),
}}))
"""
# A worker that dies in its third transaction, of two decisions each: after it was written, before it is committed.
KILLED = """
import os, signal
from applications import prepared
decide_many, begun = prepared.decide_many, []
def killed(*decisions, **facts):
    begun.append(1)
    if len(begun) == 3:
        {before}
        os.kill(os.getpid(), signal.SIGKILL)
    return decide_many(*decisions, **facts)
prepared.decide_many = killed
prepared.TOGETHER = 2
{guard_removed}
prepared.apply_approved()
"""
# Marked, and that committed, before it is decided.
MARKED_FIRST = """
def marked_first(rows, *, at):
    prepared.PreparedDecision.objects.filter(pk__in=[row.pk for row in rows]).update(state="done")
    prepared.decide_many([prepared._decision_of(row) for row in rows], at=at)
    return len(rows)
prepared._decide = marked_first
"""
APPLY = """
from applications.prepared import apply_approved
apply_approved()
"""


def counted(server: Server, window: str) -> dict[str, int]:
    return json.loads(server.python(COUNTED.format(window=window)))


def kill_one_worker(server: Server, *, before: str, guard_removed: str = "") -> None:
    worker = server.start_python(KILLED.format(before=before, guard_removed=guard_removed))
    assert worker.wait(timeout=30) == -signal.SIGKILL, server.log()[-2000:]


def apply_with(server: Server, workers: int) -> None:
    started = [server.start_python(APPLY) for _number in range(workers)]
    assert [worker.wait(timeout=60) for worker in started] == [0] * workers, server.log()[-2000:]


@pytest.mark.parametrize("before", ["decide_many(*decisions, **facts)", "pass"], ids=["written", "begun"])
def test_a_killed_worker_loses_and_repeats_no_decision_and_several_do_the_rest(server, before):
    window = server.python(APPROVED)
    kill_one_worker(server, before=before)
    assert counted(server, window) == {"done": 4, "waiting": NUMBER - 4, "rejected": 4, "changes": 4, "letters": 4}
    apply_with(server, workers=3)
    assert counted(server, window) == {
        "done": NUMBER,
        "waiting": 0,
        "rejected": NUMBER,
        "changes": NUMBER,
        "letters": NUMBER,
    }


def test_control_marked_before_they_are_decided_two_are_lost(server):
    window = server.python(APPROVED)
    kill_one_worker(server, before="pass", guard_removed=MARKED_FIRST)
    apply_with(server, workers=1)
    now = counted(server, window)
    assert (now["done"], now["waiting"], now["rejected"]) == (NUMBER, 0, NUMBER - 2)


# --- Two recruiters at one application ---

AT_THE_PAGE = """
import json
from django.urls import reverse
from tests.applications.decided import brought_to
from tests.factories import *
window = make_window()
people = [make_recruiter(window.program, name=name) for name in ("Rosa", "Otto")]
application = brought_to("in_review", window, people[0])
sessions = [make_session(user) for user in people]
paths = [reverse("admin:applications_decide", args=[application.pk, action]) for action in ("reject", "waitlist")]
print(json.dumps([sessions, paths, application.pk]))
"""
FORM = {"seen_status": "in_review", "seen_revision": "1", "note": "", "subject": "About you", "body": "Dear Ada"}


def both_decide(server: Server) -> tuple[list, int]:
    """What ten clicks by each of two recruiters are answered, and how many decisions were written."""
    sessions, paths, application = json.loads(server.python(AT_THE_PAGE))
    clients = [Client(*pair, FORM) for pair in zip(sessions, paths, strict=True)]
    replies = all_at_once(server, clients * 10)
    decisions = f"StatusChange.objects.filter(application={application}, action__in=['reject', 'waitlist']).count()"
    return replies, int(server.python(f"from applications.models import StatusChange; print({decisions})"))


def test_of_two_recruiters_at_once_one_wins_and_the_other_is_told(server):
    replies, decisions = both_decide(server)
    assert decisions == 1
    assert sorted(reply.status for reply in replies) == [302] + [409] * 19
    assert all("changed" in reply.body for reply in replies if reply.status == 409)


def test_control_without_the_guards_both_decide():
    with running_server(app="tests.faults.unguarded_decisions_wsgi") as server:
        _replies, decisions = both_decide(server)
    assert decisions > 1
