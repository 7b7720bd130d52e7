"""Two tabs that hand the same review in at the same moment, over real connections: one wins, the others are told."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from unittest.mock import patch

import pytest

pytestmark = pytest.mark.server
TABS = 6


def rush(*, guarded: bool) -> None:
    """Prints, as JSON, what each tab is told, and how many reviews then count. Runs in the server's environment."""
    from django.db import connection

    from applications.models import Application
    from reviews import reviewing
    from reviews.models import Standing
    from tests.factories import make_application, make_program, make_reviewer, make_window
    from tests.reviews.desk import make_assignment, make_criterion, make_review

    program = make_program()
    make_criterion(program)
    reviewer = make_reviewer(program)
    assignment = make_assignment(make_application(make_window(program)), reviewer)
    make_review(assignment)
    together = Barrier(TABS)

    def hand_in(_tab: int) -> str:
        try:
            together.wait()
            reviewing.hand_in(assignment=assignment, by=reviewer)
            return "in"
        except reviewing.NotTaken as error:
            return str(error)
        finally:
            connection.close()

    unguarded = patch.object(reviewing, "_locked", lambda row, by: Application.objects.get(pk=row.application_id))
    with ThreadPoolExecutor(TABS) as tabs:
        if guarded:
            told = list(tabs.map(hand_in, range(TABS)))
        else:
            with unguarded:
                told = list(tabs.map(hand_in, range(TABS)))
    print(json.dumps([told, Standing.objects.get(pk=assignment.application_id).done]))


def told_in(server, guarded: bool) -> tuple[list[str], int]:
    return json.loads(server.python(f"from tests.reviews.test_at_once import rush; rush(guarded={guarded})"))


def test_of_those_who_hand_in_at_once_one_wins_and_the_others_are_told(server):
    told, done = told_in(server, True)
    assert told.count("in") == 1
    assert sum("in already" in sentence for sentence in told) == TABS - 1
    assert done == 1


def test_control_without_the_look_under_the_lock_all_of_them_win(server):
    assert told_in(server, False)[0].count("in") == TABS
