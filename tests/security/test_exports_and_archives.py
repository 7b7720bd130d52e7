"""What leaves as a file and is opened elsewhere: no cell of a table is run by a spreadsheet, no name in an archive leads out
of the folder into which it is unpacked.
"""

import csv
import io
import re
import zipfile
from pathlib import Path, PurePosixPath
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from applications.models import Document
from applications.my_data_export import make_exports
from pinterns.report_tables import REPORTS
from tests.factories import make_program, make_user, make_window, post_for
from tests.security.doors import RULES, address, somebody
from tests.security.filled import APPS, make_filled
from tests.security.formulas import FORMULAS, formulas

pytestmark = pytest.mark.django_db

# By the name of its address, who takes the table out.
TABLES = {
    "accounts_user_export": "administrator",
    "letters_letter_export": "administrator",
    "programs_window_export": "recruiter",
    "applications_application_export": "recruiter",
    "applications_extension_export": "recruiter",
    "applications_prepareddecision_export": "recruiter",
    "reviews_assignment_export": "reviewer",
    "reviews_ranking_file": "recruiter",
    "reports_file": "administrator",
}


def dangerous(column: str, number: int) -> str:
    """A text that a spreadsheet runs, another one for each column and row."""
    if column in ("email", "to", "reply_to", "contact_email"):
        return f"=cmd{number}@example.org"
    text = FORMULAS[(number + len(column)) % len(FORMULAS)]
    return f"{text if column != 'season' else '=1+1'} {number}".replace("\x00", "" if on_postgres() else "\x00")


def on_postgres() -> bool:
    """Which stores no NUL, so that none can come out of it."""
    return connection.vendor == "postgresql"


def test_each_table_of_the_site_is_tried_here():
    """By their names; and no code but one makes a table that leaves."""
    assert {name for name in RULES if re.search("export|file|download|csv", name)} == set(TABLES)
    sources = [path for app in (*APPS, "pinterns") for path in Path(settings.BASE_DIR, app).rglob("*.py")]
    assert [path.name for path in sources if "text/csv" in path.read_text()] == ["export.py"]
    callers = sorted(path.name for path in sources if "csv_response(" in path.read_text())
    assert callers == ["export.py", "export.py", "report_pages.py"]  # of every list, of the ranking, of the reports


def cells(client: Client, url: str) -> list[str]:
    answer = client.get(url)
    assert answer.status_code == 200, url
    text = answer.getvalue().decode("utf-8-sig")
    assert not set(text) & set("\x00\t"), url
    table = list(csv.reader(io.StringIO(text, newline="")))
    # A program that separates by semicolons knows none of our quotes.
    return [cell for row in table for cell in row]


def addresses_of(name: str, side) -> list[str]:
    if name == "reports_file":
        return [address(name, [report]) for report in REPORTS]
    found = [address(name, RULES[name].arguments(side))]
    if name == "applications_application_export":  # with a column for each requirement
        found += [f"{found[0]}?window={side.window.pk}", f"{found[0]}?program={side.program.pk}"]
    return found


def run_by_spreadsheets() -> tuple[int, list[str]]:
    """How many cells of all tables hold what we planted, and those that a spreadsheet would run."""
    side, planted, found = make_filled(dangerous), 0, []
    for name, role in TABLES.items():
        client = Client()
        client.force_login(somebody(role, side))
        for url in addresses_of(name, side):
            for cell in cells(client, url):
                planted += "=" in cell or "1" in cell
                found += [f"{name}: {formula!r}" for formula in formulas(cell) if not is_number(cell)]
    return planted, found


def is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", cell))


def test_no_cell_of_any_table_is_run_by_a_spreadsheet():
    planted, found = run_by_spreadsheets()
    assert planted > 60
    assert found == []


def test_without_the_guard_they_would_be(monkeypatch):
    monkeypatch.setattr("accounts.export.safe_cell", lambda value: str(value).replace("\x00", "").replace("\t", " "))
    _planted, found = run_by_spreadsheets()
    assert {line.partition(":")[0] for line in found} == set(TABLES)


# --- Archives ---

NAMES = [
    *("../../x.pdf", "/etc/passwd", "C:\\Windows\\x.pdf", "\\\\host\\share\\x.pdf", "..\\..\\x.pdf", "cv\u202efdp.exe"),
    *("cv.pdf", "cv.pdf", "CV.PDF", "x" * 300 + ".pdf", "CON", "nul.pdf", "a:b.pdf", "a\r\nb.pdf", "a\x00b.pdf"),
    *("~/.ssh/x", "$(id).pdf", "-rf", ".", "..", "...", " ", "é" * 200 + ".pdf", "𠮷" * 200 + ".pdf", "x/"),
]


def unsafe(names: list[str]) -> list[str]:
    """The names of an archive that some file system takes for something else than a new file in its own folder."""
    reserved = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
    found = []
    for name in names:
        parts = PurePosixPath(name).parts
        if (
            name.startswith("/")
            or re.search(r'[\\:*?"<>|\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]', name)
            or any(part in ("..", ".") or part != part.strip(" .") or reserved.fullmatch(part) for part in parts)
            or any(len(part.encode()) > 255 for part in parts)
        ):
            found.append(name)
    twice = {name for name in names if [other.casefold() for other in names].count(name.casefold()) > 1}
    return found + sorted(twice)


def archive(client: Client) -> zipfile.ZipFile:
    client.post(reverse("my_data_export"))
    make_exports()
    return zipfile.ZipFile(io.BytesIO(client.get(reverse("my_data_download")).getvalue()))


@pytest.fixture
def candidate(client, db) -> Client:
    """Who has uploaded a file by each name; the names are put past the care that uploads take."""
    client.force_login(make_user())
    window = make_window(make_program(asks=("document",)))
    client.post(window.program.apply_url, post_for(window))
    document = Document.objects.get()
    for name in NAMES:
        document.pk, document.public_id, document.in_draft = None, uuid4(), False
        document.name = name.replace("\x00", "\x01")[:100]  # PostgreSQL stores no NUL
        document.save(force_insert=True)
    return client


def test_names_in_an_archive_lead_nowhere(candidate, tmp_path):
    found = archive(candidate)
    assert len(found.namelist()) == len(NAMES) + 2  # the first one, and data.json
    assert unsafe(found.namelist()) == []
    folder = tmp_path / "unpacked"
    found.extractall(folder)
    everything = {path for path in tmp_path.rglob("*") if path.is_file() and "media" not in path.parts}
    assert len(everything) == len(found.namelist())
    assert all(path.is_relative_to(folder) for path in everything)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_without_the_guard_they_would(candidate, monkeypatch):
    monkeypatch.setattr("applications.my_data_file.path_of", lambda document, application: document.name)
    assert len(unsafe(archive(candidate).namelist())) > 15
