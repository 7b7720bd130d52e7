"""A small site, and all that is in it, rows and files: what a backup of it must bring back."""

import json
import subprocess
import sys

from tests.server import ROOT

SEEDED = """
import io
from django.core.files.storage import default_storage
from tests.factories import make_application, make_session, make_user
for number in range(3):
    make_application()
    for path in (f"documents/2026/11/24/{number}.pdf", f"pages/2026/11/24/{number}.jpg", f"pictures/{number:032x}/480.webp"):
        default_storage.save(path, io.BytesIO(path.encode() * 999))
make_session(make_user())
"""
# Every row of every table, every file, and the files that do not hold what their row says.
TAKEN_DOWN = """
import hashlib, json
from django.apps import apps
from django.core.files.storage import default_storage
from applications.models import Document
from pinterns.backup import stored_files
rows = {
    model._meta.label: hashlib.sha256(repr(list(model.objects.order_by("pk").values_list())).encode()).hexdigest()
    for model in apps.get_models(include_auto_created=True)
}
files = {
    path: hashlib.sha256(default_storage.open(path).read()).hexdigest()
    for path in stored_files()
}
damaged = [path for path, sha256 in Document.objects.values_list("file", "sha256") if files.get(path) != sha256]
print(json.dumps({"rows": rows, "files": files, "damaged": damaged}))
"""


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def taken_down(environment: dict[str, str]) -> dict:
    done = manage(environment, "shell", "--verbosity", "0", "--command", TAKEN_DOWN)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
