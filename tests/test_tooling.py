"""What is promised about starting: refusals that say why, /healthz, settings that are described, pins without hosts."""

import ast
import gc
import json
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from tests.server import ROOT, running_server

PRODUCTION = {"SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "internships.example.org"}


def start(tmp_path, **environment):
    """`manage.py check` in an environment that has nothing else."""
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
    )


def test_what_is_loaded_is_not_looked_through_for_garbage():
    assert gc.get_freeze_count() > 50_000


@pytest.mark.parametrize("missing", PRODUCTION)
def test_without_debug_a_missing_setting_stops_the_start_and_says_so(tmp_path, missing):
    refused = start(tmp_path, **{name: value for name, value in PRODUCTION.items() if name != missing})

    assert refused.returncode != 0
    assert f"{missing} is not set" in refused.stderr


def test_it_starts_with_the_two_settings_that_production_must_have(tmp_path):
    started = start(tmp_path, **PRODUCTION)

    assert started.returncode == 0, started.stderr


def test_the_readme_describes_every_variable_that_the_settings_read():
    read = set(re.findall(r'(?:env\.\w+|required)\(\s*"([A-Z0-9_]+)"', (ROOT / "pinterns/settings.py").read_text()))
    described = set(re.findall(r"^\| *`([A-Z0-9_]+)`", (ROOT / "README.md").read_text(), re.MULTILINE))

    assert read - described == set()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_names_no_host(name):
    text = (ROOT / name).read_text()
    pins = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]

    assert pins
    assert all(re.match(r"[a-z0-9.-]+(\[\w+\])?==[^ ]+( ; .+)?$", pin) for pin in pins)
    assert "://" not in text


def pins(name):
    return dict(re.findall(r"^([a-z0-9.-]+)(?:\[\w+\])?==([^ ;\n]+)", (ROOT / name).read_text(), re.MULTILINE))


def test_django_is_not_older_than_its_security_releases():
    assert tuple(map(int, pins("requirements.txt")["django"].split("."))) >= (5, 2, 19)


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_every_dependency_has_its_line_of_why(name):
    chosen = set(re.findall(r"^[a-z][a-z0-9-]*", (ROOT / name).read_text(), re.MULTILINE))
    rows = re.findall(r"^\| ([a-z].*?) \|", (ROOT / "docs/decisions.md").read_text(), re.MULTILINE)
    told = {word for row in rows for word in re.findall(r"[a-z][a-z0-9-]*", row)}

    assert chosen - told == set()


def test_every_pinned_package_has_its_licence_and_the_site_runs_on_no_gpl():
    runtime, tools = (ROOT / "docs/licences.md").read_text().split("## Tests and checks")
    for name, part in (("requirements.txt", runtime), ("requirements-dev.txt", tools)):
        rows = re.findall(r"^\| (\S+) \| (\S+) \| (.+) \|$", part, re.MULTILINE)
        assert {row[0]: row[1] for row in rows if row[0] != "package"} == pins(name), "run make licences"
        assert "unknown" not in {row[2] for row in rows}
    assert not re.search(r"(?<!L)GPL|Affero|(?<!Lesser )General Public", runtime)


def test_every_threat_names_tests_that_exist_or_says_that_one_is_missing():
    rows = [
        line for line in (ROOT / "docs/threats.md").read_text().splitlines() if re.match(r"\| (?!fault |attack )", line)
    ]
    assert len(rows) >= 20
    for row in rows:
        proof = row.split("|")[4]
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", proof)
        assert named or "missing" in proof, row
        for file, test in named:
            tree = ast.parse((ROOT / file).read_text())
            assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{file}::{test}"


@pytest.mark.parametrize(
    ("said", "ends", "told"),
    [
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}', 0, "None known in 1"),
        ('{"dependencies": [{"name": "a", "skip_reason": "not found"}]}', 2, "Could not ask"),
        ("", 2, "Could not ask"),
        (
            '{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]},'
            ' {"name": "b", "skip_reason": "not found"}]}',
            1,
            "a 1: X-1, fixed in 2",
        ),
    ],
)
def test_the_audit_tells_found_from_could_not_ask(tmp_path, said, ends, told):
    (tmp_path / "pip_audit.py").write_text(f"print({said!r})")
    done = subprocess.run(
        [sys.executable, "bin/audit"], cwd=ROOT, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True
    )

    assert done.returncode == ends
    assert told in done.stdout + done.stderr


def test_the_packages_of_the_audit_are_pinned_and_name_no_registry():
    lock = json.loads((ROOT / "tests/audit/package-lock.json").read_text())
    pins = [package for path, package in lock["packages"].items() if path]

    assert pins
    assert all(re.fullmatch(r"\d[\w.+-]*", package["version"]) for package in pins)
    assert not any("resolved" in package for package in pins)
    assert set(lock["packages"][""]["dependencies"].values()) <= {package["version"] for package in pins}


def test_a_taken_port_is_refused_before_anything_is_changed(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = subprocess.run(
            ["bin/run"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PORT": port, "DATA_DIR": str(tmp_path / "data")},
            capture_output=True,
            text=True,
        )

    assert refused.returncode == 1
    assert f"Port {port} cannot be had" in refused.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.server
@pytest.mark.sqlite  # whatever database is behind it
def test_healthz_tells_a_site_that_is_well_from_one_whose_migrations_are_missing():
    # Over plain HTTP, as whoever watches the site asks from inside: it must not be sent to HTTPS.
    with running_server(env={"HTTPS": "1"}) as server:
        assert urllib.request.urlopen(server.base_url + "/healthz").status == 200

        server.manage("migrate", "--verbosity", "0", "applications", "zero")
        with pytest.raises(urllib.error.HTTPError) as unwell:
            urllib.request.urlopen(server.base_url + "/healthz")
        assert unwell.value.code == 503
        assert "migration" in unwell.value.read().decode().lower()
