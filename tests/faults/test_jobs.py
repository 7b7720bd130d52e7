"""The worker's jobs that are no letters: one row that fails keeps no other from its turn, and a kill -9 loses nothing.

Decisions (test_decisions.py), letters to followers (test_follow_letters.py) and pages of documents
(tests/applications/test_pages.py) have more of this in their own files.
"""

import io
import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from applications import decisions, documents, letter_texts
from applications.decisions import lapse_offers
from applications.documents import sweep_documents
from applications.follow_letters import tell_followers
from applications.models import Application
from letters.models import Letter
from programs import pictures
from programs.models import Follower, Notice
from programs.pictures import sweep_pictures
from tests.applications.decided import ANSWER, brought_to
from tests.factories import make_program, make_recruiter, make_window

AFTER = datetime(ANSWER.year, ANSWER.month, ANSWER.day + 3, tzinfo=UTC)
LATER = timedelta(hours=2)


def in_turn(work, rows, *, name) -> int:
    """one_by_one() without its guard."""
    return sum(map(bool, map(work, list(rows))))


@pytest.fixture
def offers(db) -> list[Application]:
    window = make_window()
    recruiter = make_recruiter(window.program)
    return [brought_to("offer", window, recruiter) for _number in range(3)]


def poison_letter_of(monkeypatch, application: Application) -> None:
    """The letter about it can't be written, as where our code is wrong about what is in its row."""
    write = letter_texts.write

    def write_others(about, *args, **kwargs):
        if about == application:
            raise ZeroDivisionError(about.candidate.email)
        return write(about, *args, **kwargs)

    monkeypatch.setattr(letter_texts, "write", write_others)


def test_an_offer_that_cannot_lapse_keeps_no_other(offers, monkeypatch, caplog):
    with monkeypatch.context() as poisoned, caplog.at_level(logging.ERROR):
        poison_letter_of(poisoned, offers[0])
        assert lapse_offers(at=AFTER) == 2
    assert "ZeroDivisionError" in caplog.text
    assert offers[0].candidate.email not in caplog.text
    assert set(Application.objects.filter(status="lapsed")) == set(offers[1:])
    assert lapse_offers(at=AFTER) == 1, "the next round comes back to it"


def test_control_without_its_guard_an_offer_that_cannot_lapse_keeps_the_others(offers, monkeypatch):
    monkeypatch.setattr(decisions, "one_by_one", in_turn)
    poison_letter_of(monkeypatch, offers[0])
    with pytest.raises(ZeroDivisionError):
        lapse_offers(at=AFTER)


@pytest.mark.django_db
def test_a_follower_to_whom_no_letter_can_be_written_keeps_no_other(caplog):
    window = make_window(make_program())
    addresses = ["no address", "ada@example.org", "bo@example.org"]
    Follower.objects.bulk_create(
        Follower(program=window.program, email=email, confirmed_at=timezone.now()) for email in addresses
    )
    with caplog.at_level(logging.ERROR):
        tell_followers()
    assert set(Letter.objects.values_list("to", flat=True)) == set(addresses[1:])
    assert "ValidationError" in caplog.text
    assert "no address" not in caplog.text
    assert Notice.objects.count() == 3
    assert tell_followers() == 0, "it is not begun with each minute anew"


@pytest.fixture
def refused(monkeypatch) -> list[str]:
    """Paths that storage does not delete."""
    delete, paths = default_storage.delete, []

    def delete_others(name):
        if name in paths:
            raise PermissionError(name)
        return delete(name)

    monkeypatch.setattr(default_storage, "delete", delete_others)
    return paths


@pytest.mark.django_db
@pytest.mark.parametrize("guarded", [True, False])
def test_a_stray_file_that_cannot_be_deleted_keeps_no_other_and_without_the_guard_it_does(
    refused, monkeypatch, guarded
):
    strays = [default_storage.save(f"documents/{timezone.now():%Y/%m/%d}/{n}.pdf", io.BytesIO(b"x")) for n in range(3)]
    refused += strays if not guarded else strays[:1]
    if guarded:
        assert sweep_documents(at=timezone.now() + LATER) == 2
        assert [default_storage.exists(path) for path in strays] == [True, False, False]
    else:
        monkeypatch.setattr(documents, "one_by_one", in_turn)
        with pytest.raises(PermissionError):
            sweep_documents(at=timezone.now() + LATER)


@pytest.mark.django_db
@pytest.mark.parametrize("guarded", [True, False])
def test_a_stray_picture_that_cannot_be_deleted_keeps_no_other_and_without_the_guard_it_does(
    refused, monkeypatch, guarded
):
    strays = [default_storage.save(f"pictures/{n:032x}/1.webp", io.BytesIO(b"x")) for n in range(3)]
    refused += strays if not guarded else strays[:1]
    if guarded:
        assert sweep_pictures(at=timezone.now() + LATER) == 2
        assert [default_storage.exists(path) for path in strays] == [True, False, False]
    else:
        monkeypatch.setattr(pictures, "one_by_one", in_turn)
        with pytest.raises(PermissionError):
            sweep_pictures(at=timezone.now() + LATER)


# --- kill -9 ---------------------------------------------------------------------------------------------------------
SETTING = """
import io
from datetime import timedelta
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from applications.documents import receive
from applications.models import Offer
from applications.my_data_export import ask_for_export
from applications.drafts import save_draft
from applications.services import submit
from programs.pictures import store_picture
from tests.applications.decided import brought_to
from tests.applications.papers import paper, said
from tests.factories import *
window = make_window(make_program(asks=("document",)))
recruiter = make_recruiter(window.program)
for number in range(3):
    requirement = window.program.requirements.get()
    file = SimpleUploadedFile("cv.pdf", paper(said("Ada Example")), "application/pdf")
    draft = draft_for(window)
    application = save_draft(candidate=make_user(), window=window, draft=draft, uploads=[receive(requirement, file)])
    submit(application=application, revision=0)
    ask_for_export(user=application.candidate)
    default_storage.save(f"documents/{timezone.now():%Y/%m/%d}/{number}.pdf", io.BytesIO(b"x"))
other = make_window()
for number in range(3):
    brought_to("offer", other, recruiter)
Offer.objects.update(answer_by=timezone.now().date() - timedelta(days=9))
program = make_program(picture_alt="Pins")
program.set_picture(store_picture(Image.new("RGB", (900, 600), "red")))
program.save()
"""
# Runs the job and dies as `place` is called for the second time.
KILLED = """
import os, signal
from datetime import timedelta
from django.utils import timezone
from django.core.files.storage import default_storage
from applications import decisions, documents, my_data_export, pages
from programs import picture_sizes
owner, name = {place}
works, called = getattr(owner, name), []
def dies(*args, **kwargs):
    called.append(1)
    if len(called) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return works(*args, **kwargs)
setattr(owner, name, dies)
{job}
"""
KILLS = {
    "between two pages of a file": ("default_storage, 'save'", "pages.make_missing_pages(seconds=60)"),
    "while a page is drawn": ("pages, 'draw_pages'", "pages.make_missing_pages(seconds=60)"),
    "as a lapsed offer is marked": ("decisions.workflow, 'take'", "decisions.lapse_offers()"),
    "as a copy of one's data is stored": ("default_storage, 'save'", "my_data_export.make_exports(seconds=60)"),
    "between two sizes of a picture": ("default_storage, 'save'", "picture_sizes.make_missing_sizes(seconds=60)"),
    "between two files of a sweep": (
        "default_storage, 'delete'",
        "documents.sweep_documents(at=timezone.now() + timedelta(hours=2))",
    ),
}
FINISHED = """
from datetime import timedelta
from django.utils import timezone
from applications.decisions import lapse_offers
from applications.documents import sweep_documents
from applications.my_data_export import make_exports
from applications.pages import make_missing_pages
from programs.picture_sizes import make_missing_sizes
at = timezone.now() + timedelta(hours=2)
make_missing_pages(seconds=60, at=at)
make_exports(seconds=60, at=at)
make_missing_sizes(seconds=60, at=at)
lapse_offers()
sweep_documents(at=at)
"""
COUNTED = """
import json
from django.core.files.storage import default_storage
from applications.models import *
from letters.models import Letter
from pinterns.backup import stored_files
from programs.models import Program
named = {path for model in (Document, PageImage, DataExport) for path in model.objects.values_list("file", flat=True)}
[shown] = Program.objects.filter(picture_waits=False).exclude(picture="")
picture = shown.stored_picture
named |= {f"pictures/{picture.path(width, 'webp')}" for width in picture.widths} | {f"pictures/{picture.path(900, 'jpg')}"}
files = [path for path in stored_files() if path.startswith(("documents/", "pages/", "exports/", "pictures/"))]
print(json.dumps({
    "pages": PageImage.objects.count(),
    "copies": DataExport.objects.exclude(made_at=None).count(),
    "lapsed": Application.objects.filter(status="lapsed").count(),
    "letters": Letter.objects.filter(kind="lapse").count(),
    "strays": len(set(files) - named),
    "lost": len(named - set(files)),
}))
"""


@pytest.mark.soak
@pytest.mark.server
def test_jobs_that_are_killed_in_the_midst_are_finished_by_the_next_and_nothing_is_done_twice(server, figure):
    server.python(SETTING)
    for place, job in KILLS.values():
        killed = server.start_python(KILLED.format(place=place, job=job))
        assert killed.wait(timeout=120) == -9, server.log()[-2000:]
    server.python(FINISHED)
    counted = json.loads(server.python(COUNTED))
    assert counted == {"pages": 6, "copies": 3, "lapsed": 3, "letters": 3, "strays": 0, "lost": 0}
    figure(f"kill -9 of the worker in its jobs, at {len(KILLS)} points", "0 lost, 0 done twice, 0 stray files")
