"""Tabs that save different answers at the same moment, over real connections: one wins, and the others are told."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from threading import Barrier
from unittest.mock import patch

import pytest

from tests.server import running_server

pytestmark = pytest.mark.server
TABS = 8


def rush(*, guarded: bool) -> None:
    """Prints, as JSON, how many tabs are told that they saved, and the draft's version. Runs in the server's environment."""
    from django.db import connection

    from applications import drafts
    from applications.models import Application
    from tests.factories import draft_for, make_draft, make_window

    window = make_window()
    begun = make_draft(window, draft={})
    draft = draft_for(window)
    together = Barrier(TABS)

    def save(tab: int) -> bool:
        own = draft | {"about-full_name": [f"Tab {tab}"]}
        try:
            together.wait()
            drafts.save_draft(candidate=begun.candidate, window=window, draft=own, seen_version=begun.draft_version)
        except drafts.DraftChanged:
            return False
        finally:
            connection.close()
        return True

    def overwrite(application, draft, seen_version, at) -> None:
        Application.objects.filter(pk=application.pk).update(draft=draft, draft_version=seen_version + 1)

    with (
        nullcontext() if guarded else patch.object(drafts, "_swap_draft", overwrite),
        ThreadPoolExecutor(TABS) as tabs,
    ):
        told = list(tabs.map(save, range(TABS)))
    print(json.dumps([sum(told), Application.objects.get().draft_version]))


@pytest.mark.parametrize(("guarded", "winners"), [(True, 1), (False, TABS)], ids=["guarded", "control"])
def test_of_tabs_that_save_at_once_one_wins(guarded, winners):
    with running_server() as server:
        told = server.python(f"from tests.applications.test_two_tabs import rush; rush(guarded={guarded})")
    assert json.loads(told) == [winners, 1]
