"""`manage.py worker`, run once."""

import logging
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from letters.models import Letter
from pinterns.management.commands import worker

pytestmark = pytest.mark.django_db


def run_once() -> str:
    out = StringIO()
    call_command("worker", once=True, stdout=out)
    return out.getvalue()


def test_it_delivers_all_that_is_due_and_says_so_without_a_name(write, mailoutbox, monkeypatch):
    monkeypatch.setattr(worker, "BATCH", 2)
    letters = [write() for _ in range(5)]
    said = run_once()
    assert len(mailoutbox) == 5
    assert said.splitlines() == [f"sent receipt K7QF-2MXD #{letter.pk}" for letter in letters]
    assert "ada" not in said.lower()


def test_a_letter_that_did_not_leave_is_said_too(write, settings):
    settings.EMAIL_BACKEND = "tests.letters.test_delivery.SilentBackend"
    letter = write(about="")
    assert run_once() == f"queued receipt - #{letter.pk} try 1: _NothingTakenError\n"


def test_every_job_is_done_and_twice_does_no_harm():
    # A job that fails would end this with CommandError, and a letter that left would be said.
    assert run_once() == ""
    assert run_once() == ""


def test_a_job_that_fails_is_logged_without_its_data_and_ends_nothing(write, mailoutbox, monkeypatch, caplog):
    done = []

    def first():
        address = "@".join(["ada", "example.org"])
        raise ValueError(f"{address} already exists")

    def second():
        done.append(1)
        return 0

    monkeypatch.setattr(worker, "JOBS", [(60, first), (60, second)])
    write()
    with caplog.at_level(logging.ERROR), pytest.raises(CommandError):
        run_once()
    assert done == [1]
    assert len(mailoutbox) == 1
    assert "first failed: ValueError" in caplog.text
    assert "ada@example.org" not in caplog.text


def test_a_job_that_did_something_is_run_again_at_once_between_two_looks_at_the_letters(monkeypatch):
    command, looked = worker.Command(stdout=StringIO()), []
    command.stopping = False
    left = iter([3, 2, 1, 0])
    monkeypatch.setattr(worker, "JOBS", [(worker.HOUR, lambda: next(left))])
    monkeypatch.setattr(command, "_deliver_batch", lambda: looked.append(1) or 0)
    monkeypatch.setattr(command, "_wait", lambda seconds: command._stop(None, None))
    command._loop()
    assert list(left) == []
    assert len(looked) == 4


def test_told_to_stop_it_finishes_the_letter_in_hand(write, mailoutbox, monkeypatch):
    for _ in range(3):
        write()
    command = worker.Command(stdout=StringIO())
    command.stopping = False
    monkeypatch.setattr(command.stdout, "write", lambda *_: command._stop(None, None))
    command._finish(command._deliver_batch)
    assert len(mailoutbox) == 1
    assert sorted(Letter.objects.values_list("status", flat=True)) == ["queued", "queued", "sent"]
    assert not Letter.objects.exclude(claimed_until=None).exists()
