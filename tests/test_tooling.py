"""What is promised about starting: refusals that say why, /healthz, settings that are described, pins without hosts."""

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
def test_healthz_tells_a_site_that_is_well_from_one_whose_migrations_are_missing():
    # Over plain HTTP, as whoever watches the site asks from inside: it must not be sent to HTTPS.
    with running_server(env={"HTTPS": "1"}) as server:
        assert urllib.request.urlopen(server.base_url + "/healthz").status == 200

        server.manage("migrate", "--verbosity", "0", "applications", "zero")
        with pytest.raises(urllib.error.HTTPError) as unwell:
            urllib.request.urlopen(server.base_url + "/healthz")

    assert unwell.value.code == 503
    assert "migration" in unwell.value.read().decode().lower()
