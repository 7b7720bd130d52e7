"""Files are known by their content, and what opens them can't hurt the server."""

import hashlib
import io
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.utils.functional import Promise
from PIL import Image

from applications import inspect_file, inspection
from applications.inspection import Facts, Unreadable, draw_first_page, inspect, safe_name
from tests import files

MEGABYTE = 1024**2
HOSTILE = (files.bomb_pdf, files.endless_pdf, files.pixel_flood_png)

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")


def refusal(data: bytes, **kwargs) -> str:
    with pytest.raises(Unreadable) as refused:
        inspect(io.BytesIO(data), **kwargs)
    assert isinstance(refused.value.reason, Promise), "said in the reader's language, when it is read"
    return str(refused.value.reason)


@pytest.mark.parametrize(
    ("data", "content_type", "pages"),
    [
        (files.pdf(), "application/pdf", 1),
        (files.pdf(pages=42), "application/pdf", 42),
        (files.pdf() + b"\n" * 40 + b"\0" * 2000, "application/pdf", 1),
        (files.js_pdf(), "application/pdf", 1),
        (files.encrypted_pdf(password=""), "application/pdf", 1),
        (files.png(), "image/png", 1),
        (files.jpeg(), "image/jpeg", 1),
        (files.jpeg(7000, 5000), "image/jpeg", 1),
    ],
)
def test_facts_of_what_is_accepted(data, content_type, pages):
    facts = inspect(io.BytesIO(data))
    digest = hashlib.sha256(data).hexdigest()
    assert facts == Facts(content_type=content_type, pages=pages, size=len(data), sha256=digest, text=facts.text)


def test_the_text_is_read_page_by_page_and_no_more_than_can_be_kept():
    assert inspect(io.BytesIO(files.pdf(pages=2, text="Ada knows C++"))).text == "Ada knows C++\nAda knows C++"
    assert inspect(io.BytesIO(files.jpeg())).text == ""
    long = inspect(io.BytesIO(files.pdf(pages=30, text="word " * 300))).text
    assert 19_000 < len(long) <= 20_000


def test_what_a_process_wrote_as_text_can_be_shown_and_kept():
    assert (
        inspection._plain("a\0b\ufffe\x02\ue000c\r\nd\ud800".encode(errors="surrogatepass"))
        == "a b   c\nd\ufffd\ufffd\ufffd"
    )


def test_page_one_is_drawn_small():
    picture = Image.open(io.BytesIO(draw_first_page(io.BytesIO(files.pdf(pages=3)), content_type="application/pdf")))
    assert (picture.format, picture.width) == ("JPEG", 480)
    with pytest.raises(Unreadable):
        draw_first_page(io.BytesIO(files.damaged_pdf()), content_type="application/pdf")


def test_uploads_of_both_kinds_are_read_and_left_at_their_beginning():
    data = files.pdf(text="on disk or not")
    on_disk = TemporaryUploadedFile("cv.pdf", "application/pdf", len(data), None)
    on_disk.write(data)
    for upload in (on_disk, SimpleUploadedFile("cv.pdf", data)):
        assert inspect(upload).size == len(data)
        assert upload.read() == data


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (files.empty(), "The file is empty. Choose a PDF, PNG or JPEG file."),
        (files.svg(), "The file is an SVG drawing. Choose a PDF, PNG or JPEG file."),
        (files.html(), "The file is a web page. Choose a PDF, PNG or JPEG file."),
        (files.eicar(), "The file is plain text. Choose a PDF, PNG or JPEG file."),
        ("Curriculum vitæ 履歴書".encode() * 99, "The file is plain text. Choose a PDF, PNG or JPEG file."),
        (files.docx(), "a text processor's document or an archive. Choose a PDF, PNG or JPEG file."),
        (b"GIF89a" + bytes(99), "a picture of another kind. Choose a PDF, PNG or JPEG file."),
        (b"\0\0\0\x18ftypheic" + bytes(99), "a HEIC picture. Choose a PDF, PNG or JPEG file."),
        (b"\x7fELF" + bytes(99), "of a kind that we can't open. Choose a PDF, PNG or JPEG file."),
        (files.polyglot(), "something else before its PDF begins"),
        (b"\n" + files.pdf(), "something else before its PDF begins"),
        (files.truncated_pdf(), "The file is cut short"),
        (b"%PDF-", "The file is cut short"),
        (files.damaged_pdf(), "can't be read as one"),
        (files.pdf_without_pages(), "The PDF has no pages"),
        (files.encrypted_pdf(), "is protected by a password"),
        (files.png()[:-30], "The picture is damaged or cut short"),
        (files.jpeg()[:-60], "The picture is damaged or cut short"),
        (files.pixel_flood_png(), "more than 40 million pixels"),
        (files.bomb_pdf(), "far more time or memory"),
        (files.endless_pdf(), "far more time or memory"),
    ],
)
def test_everything_else_is_refused_with_a_sentence_that_says_what_is_wanted(data, sentence):
    answer = refusal(data)
    assert sentence in answer
    assert any(word in answer for word in ("Choose", "choose", "Save"))


def test_the_accepted_types_can_be_fewer_and_the_sentence_names_them():
    assert refusal(files.png(), accepted=["application/pdf"]) == "The file is a PNG. Choose a PDF file."
    assert refusal(files.empty(), accepted=["image/png", "image/jpeg"]).endswith("Choose a PNG or JPEG file.")


def test_neither_the_name_nor_the_type_that_the_browser_claims_is_believed():
    upload = SimpleUploadedFile("cv.pdf", files.png(), content_type="application/pdf")
    assert inspect(upload).content_type == "image/png"


def test_damage_anywhere_is_an_answer_and_never_an_error():
    chance = random.Random(5)
    for whole in (files.pdf(), files.png(), files.jpeg(), files.encrypted_pdf()):
        for _ in range(6):
            damaged = bytearray(whole)
            for _ in range(chance.randrange(1, 40)):
                damaged[chance.randrange(8, len(damaged))] = chance.randrange(256)
            try:
                inspect(io.BytesIO(bytes(damaged)))
            except Unreadable as refused:
                assert str(refused.reason)


@linux_only
@pytest.mark.parametrize("make", HOSTILE)
def test_hostile_files_leave_the_memory_of_the_server_alone(make):
    data = make()
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
    before = peak_of_this_process()
    refusal(data)
    assert peak_of_this_process() - before < 50 * MEGABYTE


def test_the_bomb_meets_the_limit_of_memory_and_would_not_without_it():
    bomb = files.bomb_pdf(400 * MEGABYTE)
    limited, peak = run_with_memory(inspect_file.MEMORY, bomb)
    assert b"pages" not in limited
    assert peak is None or peak <= inspect_file.MEMORY
    unlimited, peak = run_with_memory(2048 * MEGABYTE, bomb)
    assert b'{"pages": 1}' in unlimited
    assert peak > 400 * MEGABYTE


def test_a_file_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(inspection, "SECONDS", 2)
    started = time.monotonic()
    assert "far more time or memory" in refusal(files.slow_pdf())
    assert time.monotonic() - started < 4


def test_without_the_clock_the_limit_of_processor_time_ends_it(monkeypatch):
    monkeypatch.setattr(inspection, "SECONDS", 300)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "far more time or memory" in refusal(files.slow_pdf())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert 4 < after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 7


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/passwd')",
        "open('/dev/null', 'w')",
        "__import__('socket').socket()",
        "__import__('subprocess').run(['true'])",
        "bytearray(300_000_000)",
    ],
)
def test_the_process_can_open_write_and_start_nothing(attempt):
    script = f"import socket, subprocess, inspect_file\nconfine = inspect_file.confine\n{{}}\n{attempt}"
    for confinement, works in (("", True), ("confine()", False)):
        run = subprocess.run(
            [sys.executable, "-c", script.format(confinement)],
            cwd=Path(inspect_file.__file__).parent,
            capture_output=True,
        )
        assert (run.returncode == 0) is works, run.stderr


@linux_only
def test_a_process_that_was_taken_over_cannot_flood_the_server(monkeypatch, tmp_path):
    replace_script(monkeypatch, tmp_path, "import sys\nprint('ready')\nwhile True: sys.stdout.write('x' * 2**20)")
    Path("/proc/self/clear_refs").write_text("5")
    before = peak_of_this_process()
    refusal(files.pdf())
    assert peak_of_this_process() - before < 10 * MEGABYTE


def test_a_process_that_hangs_is_stopped(monkeypatch, tmp_path):
    monkeypatch.setattr(inspection, "SECONDS", 2)
    replace_script(monkeypatch, tmp_path, "import os, time\nprint('ready', flush=True)\ntime.sleep(60)")
    started = time.monotonic()
    assert "far more time or memory" in refusal(files.pdf())
    assert time.monotonic() - started < 4


def test_a_process_that_cannot_start_is_our_fault_and_is_logged(monkeypatch, tmp_path, caplog):
    replace_script(monkeypatch, tmp_path, "import a_library_that_is_missing")
    assert "couldn't check the file just now" in refusal(files.pdf())
    assert "inspect_file.py did not start" in caplog.text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("résumé.pdf", "résumé.pdf"),
        ("Lebenslauf  Jürgen\tÖ.PDF", "Lebenslauf Jürgen Ö.PDF"),
        ("履歴書.pdf", "履歴書.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\cv.pdf", "cv.pdf"),
        ("cv\u202efdp.exe", "cvfdp.exe"),
        ("c\0v\u200b\ud800.pdf\r\nX: y", "cv.pdf X- y"),
        ('a"b<c>d:e|f?g*.png', "a-b-c-d-e-f-g-.png"),
        ("", "document"),
        ("...", "document"),
        ("/", "document"),
        ("\u202e\0", "document"),
        (".pdf", "pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("x." + "y" * 300, "x." + "y" * 98),
        (" . cv . pdf. ", "cv. pdf"),
    ],
)
def test_names_of_files_are_made_safe_and_stay_readable(given, kept):
    assert safe_name(given) == kept
    assert safe_name(kept) == kept
    assert 0 < len(kept) <= 100


def peak_of_this_process() -> int:
    """The most memory, in bytes, that this process held since the peak was last cleared."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def run_with_memory(limit: int, data: bytes) -> tuple[bytes, int | None]:
    """What the script answers under another limit of memory, and its peak in bytes if it lived to tell."""
    code = (
        f"import resource, sys, inspect_file; inspect_file.MEMORY = {limit}; "
        "inspect_file.main('facts', 'application/pdf', sys.argv[1]); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, inspection._search_path()],
        cwd=Path(inspect_file.__file__).parent,
        input=data,
        capture_output=True,
    )
    unit = 1 if sys.platform == "darwin" else 1024
    return run.stdout, int(run.stdout.split()[-1]) * unit if run.returncode == 0 else None


def replace_script(monkeypatch, folder: Path, code: str) -> None:
    script = folder / "replaced.py"
    script.write_text(code)
    monkeypatch.setattr(inspect_file, "__file__", str(script))
