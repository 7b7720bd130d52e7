"""What is backed up while people write, and restored on an empty machine, is what was there."""

import hashlib
import json
import shutil
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from pinterns.backup import Refused, back_up, restore
from tests.databases import empty_database
from tests.pinterns.taken_down import SEEDED, manage, taken_down
from tests.server import running_server

# Somebody who uploads without a pause: each row names a file that was written before.
WRITER = """
import hashlib
from io import BytesIO
from django.core.files.storage import default_storage
from django.utils import timezone
from applications.models import Application, Document
from tests.factories import make_requirement
application = Application.objects.first()
requirement = make_requirement(application.window.program, "document")
for number in range(100_000):
    content = str(number).encode() * 2000
    path = default_storage.save(f"documents/2026/11/24/{number}.pdf", BytesIO(content))
    Document.objects.create(
        application=application, requirement=requirement, file=path, name="r.pdf", content_type="application/pdf",
        size=len(content), pages=1, sha256=hashlib.sha256(content).hexdigest(), in_draft=False, uploaded_at=timezone.now(),
    )
"""
ERASED = """
from accounts.models import User
from pinterns.erasing import erase
user = User.objects.filter(is_staff=False).first()
erase(user=user, by=None)
print(user.pk)
"""
ADDRESS = "from accounts.models import User; print(User.objects.get(pk={pk}).email)"


def address_of(pk: str, environment: dict[str, str]) -> str:
    done = manage(environment, "shell", "--verbosity", "0", "--command", ADDRESS.format(pk=pk))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.server
def test_an_empty_machine_is_made_what_the_other_was_while_somebody_wrote(tmp_path):
    with running_server() as server, empty_database(tmp_path / "new") as url:
        server.python(SEEDED)
        empty = {**server.environment, "DATA_DIR": str(tmp_path / "new"), "DATABASE_URL": url}
        quiet, busy = tmp_path / "quiet", tmp_path / "busy"
        server.manage("backup", str(quiet))
        before = taken_down(server.environment)

        writer = server.start_python(WRITER)
        while not list(server.data.rglob("20.pdf")):
            assert writer.poll() is None, server.log()
        server.manage("backup", str(busy))
        assert writer.poll() is None, "it was written all the while"
        writer.kill()
        erased = server.python(ERASED).strip().splitlines()[-1]
        journal = shutil.copytree(server.data / "media" / "erasures", tmp_path / "journal")

        assert manage(empty, "restore", str(quiet)).returncode == 0
        assert taken_down(empty) == before
        assert len(before["files"]) == 9
        assert address_of(erased, empty).endswith("@example.org"), "without the newer journal they would be back"
    with empty_database(tmp_path / "newer") as url:
        empty = {**empty, "DATA_DIR": str(tmp_path / "newer"), "DATABASE_URL": url}
        done = manage({**empty, "SECRET_KEY": "another"}, "restore", str(busy), "--erasures", str(journal))
        assert "another SECRET_KEY" in done.stderr, "it would recognise nobody"
        done = manage(empty, "restore", str(busy), "--erasures", str(journal), "--sign-out")
        assert done.returncode == 0, done.stderr
        assert address_of(erased, empty).endswith("@erased.invalid"), "who was erased after the backup is gone again"
        found = taken_down(empty)
        assert found["rows"]["accounts.Session"] == hashlib.sha256(b"[]").hexdigest()
        assert found["damaged"] == [], "each file that the copied rows name is there, and whole"
        assert len(found["files"]) >= 20


@pytest.mark.django_db(transaction=True)  # SQLite waits for a transaction of its own connection
def test_what_is_no_backup_or_no_place_for_one_is_refused_untouched(tmp_path):
    default_storage.save("documents/2026/11/24/a.pdf", BytesIO(b"%PDF-"))
    manifest = back_up(tmp_path / "backup")
    assert list(manifest["files"]) == ["documents/2026/11/24/a.pdf"]
    with pytest.raises(Refused, match="is not empty"):
        back_up(tmp_path / "backup")
    with pytest.raises(Refused, match="no complete backup"):
        restore(tmp_path)
    for change, sentence in (
        ({"engine": "oracle"}, "no complete backup"),
        ({"database": "0" * 64}, "missing or damaged"),
        ({"files": {"documents/2026/11/24/b.pdf": "0" * 64}}, "missing or damaged"),
        ({"files": {"../../secret": "0" * 64}}, "points out of the backup"),
        ({"engine": "sqlite" if connection.vendor == "postgresql" else "postgresql"}, "The backup is of"),
        ({}, "The database is not empty"),
    ):
        (tmp_path / "backup" / "manifest.json").write_text(json.dumps(manifest | change))
        with pytest.raises(Refused, match=sentence):
            restore(tmp_path / "backup")
