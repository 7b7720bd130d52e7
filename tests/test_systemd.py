"""The units in docs/systemd start what there is, give it time to stop, and are what systemd takes."""

import re
import shutil
import subprocess

import pytest

from tests.server import ROOT

ANALYZE = shutil.which("systemd-analyze")
UNITS = sorted((ROOT / "docs/systemd").iterdir())
PLACE = "/srv/pinterns"


def test_they_start_what_there_is_and_wait_until_it_has_finished():
    texts = {unit.name: unit.read_text() for unit in UNITS}
    started = [
        re.search(rf"ExecStart={PLACE}/\.venv/bin/python (\S+)", text)[1]
        for text in texts.values()
        if "ExecStart" in text
    ]
    assert sorted(started) == ["bin/serve", "manage.py"]
    assert all((ROOT / name).is_file() for name in started)
    patience = int(re.search(r"graceful_timeout = (\d+)", (ROOT / "gunicorn.conf.py").read_text())[1])
    assert int(re.search(r"TimeoutStopSec=(\d+)", texts["pinterns.service"])[1]) > patience


@pytest.mark.soak
@pytest.mark.skipif(not ANALYZE, reason="no systemd-analyze found (on Debian: apt install systemd)")
def test_systemd_takes_them_as_they_stand_but_for_the_folder_of_the_site(tmp_path):
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text().replace(PLACE, str(ROOT)))
    named = [str(tmp_path / unit.name.replace("@.", "@1.")) for unit in UNITS]
    done = subprocess.run([ANALYZE, "verify", "--man=no", *named], capture_output=True, text=True)
    told = [line for line in done.stderr.splitlines() if "pinterns" in line]
    assert (done.returncode, told) == (0, [])
