"""The same marks, looked for in what real processes write: the web server, the worker, and PostgreSQL."""

import http.client
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from urllib.parse import quote

import pytest

from tests.cluster import find_programs, running_cluster
from tests.security.test_planted import ANSWER, EMAIL, NAME, marks_in
from tests.server import ROOT, Server, running_server
from tests.sink import SmtpSink

pytestmark = pytest.mark.soak

SEED = f"""
import json
from tests.factories import *

window = make_window(make_program(asks=("statement",)))
zeb = make_user({EMAIL!r}, name={NAME!r})
draft = draft_for(window, answers={{"statement": {{"text": {ANSWER!r}}}}})
application = submit(application=make_draft(window, candidate=zeb, draft=draft), revision=0)
print(json.dumps({{
    "page": application.get_absolute_url(), "zeb": make_session(zeb), "recruiter": make_session(make_recruiter(window.program))
}}))
"""


def get(server: Server, path: str, session: str) -> str:
    request = urllib.request.Request(server.base_url + path, headers={"Cookie": f"sessionid={session}"})
    try:
        return urllib.request.urlopen(request, timeout=30).read().decode()
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.read().decode()}"
    except http.client.IncompleteRead:
        return "It broke off."


@pytest.mark.server
def test_what_the_web_server_and_the_worker_write(figure):
    with (
        SmtpSink() as sink,
        running_server(
            app="tests.security.breaking_wsgi",
            env={"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}", "LOG_LEVEL": "INFO"},
            worker=True,
        ) as server,
    ):
        sink.refusals[EMAIL] = f"550 5.1.1 <{EMAIL}>: {NAME} is unknown"
        facts = json.loads(server.python(SEED))
        page = get(server, facts["page"], facts["zeb"])
        table = get(server, f"/admin/applications/application/export/?q={quote(EMAIL)}", facts["recruiter"])
        sink.wait_for(lambda: "failed receipt" in server.log())
        log = server.log()
    assert page.startswith("500")
    assert table == "It broke off."
    assert "Internal Server Error: /applications/" in log
    assert "ValueError, raised at" in log
    assert "gunicorn.error Error handling request" in log
    assert "failed receipt" in log
    assert marks_in(log + page) == set()
    figure("planted values in the web server's and the worker's log", f"0 in {len(log)} characters")


def log_of_postgres(**settings: str) -> str:
    """What PostgreSQL logs while the test of everything that can happen to an application runs on it."""
    with running_cluster(**settings) as cluster:
        environment = {**os.environ, "DATABASE_URL": cluster.url}
        test = "tests/security/test_planted.py::test_it_is_found_in_its_own_rows_and_nowhere_else"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
        return cluster.log.read_text(errors="replace")


@pytest.mark.server
@pytest.mark.skipif(find_programs() is None, reason="there is no PostgreSQL server here")
def test_what_postgres_writes_as_the_readme_sets_it_up(figure):
    """With its own settings it logs the statement and the row of each error: the control."""
    assert marks_in(log_of_postgres()) >= {"zeb.plume", "quillfeather"}
    log = log_of_postgres(log_min_messages="log")
    assert "database system is ready" in log
    assert marks_in(log) == set()
    figure("planted values in PostgreSQL's log, with the README's setting", "0")
