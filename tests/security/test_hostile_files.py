"""Hostile files at every place that takes one: refused with a sentence, or stored and never executed.

What a file is, and that the process which opens it can do nothing else, is tests/applications/test_inspection.py's; here
files come through the pages, and what was stored goes back out through them.
"""

import os
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from applications.inspection import safe_name
from applications.models import Document, PageImage
from applications.pages import make_missing_pages
from applications.services import submit
from programs.models import Office, Program
from tests import files
from tests.factories import (
    make_draft,
    make_office,
    make_program,
    make_recruiter,
    make_user,
    make_window,
)
from tests.security.forms import multipart
from tests.server import Server, running_server

STORED = [
    *(files.js_pdf, files.launch_pdf, files.embedding_pdf, files.pdf_and_zip, files.pdf_and_html),
]
REFUSED = {
    files.looping_pdf: "can&#x27;t be read as one",
    files.truncated_pdf: "is cut short",
    files.encrypted_pdf: "protected by a password",
    files.polyglot: "something else before its PDF begins",
    files.bomb_pdf: "far more time or memory",
    files.svg: "an SVG drawing",
    files.html: "a web page",
    files.png: "The file is a PNG",
    files.gif_and_script: "a picture of another kind",
    files.pixel_flood_gif: "a picture of another kind",
    files.pixel_flood_webp: "a picture of another kind",
    files.pixel_flood_tiff: "a picture of another kind",
    files.pixel_flood_png: "The file is a PNG",
    files.eicar: "plain text",
}
NAMES = [
    *(
        "../../etc/passwd",
        "cv\u202efdp.exe",
        "C:\\x\\cv.pdf",
        "a\x00b.pdf",
        "a\tb.pdf",
        "x" * 300 + ".pdf",
        "…/…//cv.pdf",
    ),
    *("<img src=x onerror=alert(1)>.pdf", "cv.pdf.exe", ".htaccess", "%2e%2e%2fcv.pdf", "=1+1.pdf"),
]
NOT_A_PICTURE, TOO_MANY = "This is not a picture we can read", "This picture has too many pixels"
PICTURES = {
    files.svg: NOT_A_PICTURE,
    files.gif_and_script: NOT_A_PICTURE,
    files.pixel_flood_gif: NOT_A_PICTURE,
    files.pixel_flood_tiff: NOT_A_PICTURE,
    files.pdf: NOT_A_PICTURE,
    files.eicar: NOT_A_PICTURE,
    files.pixel_flood_png: TOO_MANY,
    files.pixel_flood_webp: TOO_MANY,
}
UPLOADS, MOST_GROWTH = 200, 50 * 2**20


class Form:
    """The form of a program that asks for a PDF, and somebody who fills it in."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.candidate = make_user()
        client.force_login(self.candidate)
        self.window = make_window(make_program(asks=("document",)))
        self.requirement = self.window.program.requirements.get()

    def upload(self, data: bytes, name: str = "cv.pdf"):
        """As the script does it, at once."""
        url = reverse("upload", args=[self.window.program.slug, self.window.pk, self.requirement.pk])
        body = multipart([], [("file", name, data)])
        return self.client.post(url, body, content_type="multipart/form-data; boundary=BoUnDaRy")

    def save(self, data: bytes, name: str = "cv.pdf"):
        """With the form, as its button does it."""
        posted = {"window": self.window.pk, f"r{self.requirement.pk}-file": SimpleUploadedFile(name, data)}
        return self.client.post(self.window.program.apply_url, posted)


@pytest.fixture
def form(client, db) -> Form:
    return Form(client)


def test_what_is_refused_is_told_at_the_field_and_not_kept(form, settings):
    for make, told in REFUSED.items():
        answer = form.upload(make())
        assert (answer.status_code, told in answer.text) == (422, True), make.__name__
    answer = form.save(files.html())  # with the whole form, as without a script
    assert REFUSED[files.html] in answer.text
    assert not Document.objects.exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_what_is_stored_goes_out_as_what_no_browser_runs(form):
    """As a download of that one type in a sandbox, to its candidate and to recruiters; to all others as pictures."""
    for make in STORED:
        uploaded = make()  # once: the archive in one of them holds the time it was made
        assert form.upload(uploaded, "<script>.html").status_code == 200, make.__name__
        document = Document.objects.get(in_draft=True)
        assert document.name == "-script-.html"
        assert document.file.name.endswith(".pdf")
        answer = form.client.get(document.get_absolute_url())
        assert answer.getvalue() == uploaded
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment; ")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_nobody_opens_it_on_a_page_but_as_a_picture(form):
    form.upload(files.launch_pdf())
    application = make_draft(form.window, candidate=form.candidate)
    submit(application=application, revision=0)
    while make_missing_pages():
        pass
    image = PageImage.objects.get(blind=False)
    assert image.file.read(3) == b"\xff\xd8\xff"
    first = form.client.get(reverse("first_page", args=[application.documents.get().public_id]))
    assert first.content.startswith(b"\xff\xd8\xff")
    recruiter = Client()
    recruiter.force_login(make_recruiter(form.window.program))
    pages = [
        recruiter.get(reverse("admin:applications_application_change", args=[application.pk])).text,
        form.client.get(application.get_absolute_url()).text,
        form.client.get(form.window.program.apply_url).text,
    ]
    assert f'src="{reverse("admin:applications_page_image", args=[application.pk, image.pk])}"' in pages[0]
    assert not [page for page in pages if re.search(r"<(iframe|object|embed|frame)\b", page)]


def test_names_are_made_harmless_on_their_way_in(form):
    for name in NAMES:
        form.upload(files.pdf(text=str(len(name))), name)
        kept = Document.objects.get(in_draft=True).name
        assert kept == safe_name(kept)
        assert 0 < len(kept) <= 100
        assert not set(kept) & set('/\\:"<>|?*\x00\t\n\u202e'), kept
        assert "<img src=x" not in form.client.get(form.window.program.apply_url).text


# --- Pictures of programs and offices ---


def picture_form(client: Client, row: Office | Program, data: bytes) -> str:
    """The answer to the row's form in the admin with this picture."""
    url = reverse(f"admin:programs_{row._meta.model_name}_change", args=[row.pk])
    shown = client.get(url).context["adminform"].form
    posted = {field.html_name: field.value() for field in shown if field.value() not in (None, "")}
    roles = {f"memberships-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}
    picture = {"picture_file": SimpleUploadedFile("x.png", data, "image/png"), "picture_alt": "A picture"}
    return client.post(url, {**posted, **roles, **picture}).content.decode()


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_hostile_pictures_are_refused_in_the_admin(client, db):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    office, program = make_office(), make_program()
    for make, told in PICTURES.items():
        assert told in picture_form(client, office, make()), make.__name__
    for row in (office, program):
        assert NOT_A_PICTURE in picture_form(client, row, files.svg())
        row.refresh_from_db()
        assert row.picture == ""
        assert picture_form(client, row, files.png()) == ""  # saved, and on to the list
        row.refresh_from_db()
        assert row.picture


# --- In number ---


SEED = """
from tests.factories import *
window = make_window(make_program(asks=("document",)))
slug, asked = window.program.slug, window.program.requirements.get().pk
print(make_session(make_user()), f"/programs/{slug}/apply/{window.pk}/files/{asked}/")
"""


def workers_of(server: Server) -> list[int]:
    """The processes that gunicorn has forked."""
    master = str(server.processes[0].pid)
    parents = {int(path.parts[2]): path.read_text().rpartition(")")[2].split()[1] for path in _stats()}
    return [pid for pid, parent in parents.items() if parent == master]


def _stats() -> Iterator[Path]:
    return (Path(f"/proc/{pid}/stat") for pid in os.listdir("/proc") if pid.isdigit() and Path(f"/proc/{pid}").exists())


def memory_of(pid: int) -> tuple[int, int]:
    """What a process holds now, and the most that it ever held, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return tuple(int(re.search(rf"{name}:\s+(\d+)", status)[1]) * 1024 for name in ("VmRSS", "VmHWM"))


@pytest.mark.soak
@pytest.mark.server
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_two_hundred_hostile_uploads_leave_the_servers_memory_alone(figure):
    hostile = [make() for make in [*STORED, *REFUSED, files.endless_pdf, files.docx]]
    with running_server() as server:
        session, path = server.python(SEED).split()
        token = "a" * 32
        headers = {
            "Cookie": f"sessionid={session}; csrftoken={token}",
            "X-CSRFToken": token,
            "Content-Type": "multipart/form-data; boundary=BoUnDaRy",
        }

        def send(data: bytes) -> tuple[int, float]:
            body = multipart([], [("file", "cv.pdf", data)])
            start = time.monotonic()
            try:
                with urllib.request.urlopen(urllib.request.Request(server.base_url + path, body, headers)) as answer:
                    status = answer.status
            except urllib.error.HTTPError as error:
                status = error.code
            return status, time.monotonic() - start

        for _ in range(8):  # whatever is loaded with the first request is no growth
            assert send(files.pdf())[0] == 200
        before = {pid: memory_of(pid)[0] for pid in workers_of(server)}
        answers = [send(hostile[number % len(hostile)]) for number in range(UPLOADS)]
        after = {pid: memory_of(pid) for pid in workers_of(server)}
    assert before.keys() == after.keys()
    assert {status for status, _seconds in answers} == {200, 422}
    growth = max(now - before[pid] for pid, (now, _peak) in after.items())
    peak = max(peak - before[pid] for pid, (_now, peak) in after.items())
    slowest = max(seconds for _status, seconds in answers)
    figure(
        "hostile uploads",
        f"{UPLOADS}: memory of a worker +{growth >> 20} MB, at its peak +{peak >> 20} MB; {slowest:.1f} s",
    )
    assert peak <= MOST_GROWTH
    assert slowest <= 6  # 5 s in the confined process, and the rest of the request
