"""Letters to followers, written by several processes at once of which some are killed: one for each, and none twice."""

import json

import pytest

FOLLOWERS = 160
SETTING = f"""
from django.utils import timezone
from letters.models import Letter
from programs.models import Follower
from tests.factories import make_program, make_window
window = make_window(make_program())
Letter.objects.all().delete()
Follower.objects.bulk_create(
    Follower(program=window.program, email=f"f{{number}}@example.org", confirmed_at=timezone.now())
    for number in range({FOLLOWERS})
)
"""
WRITER = """
import os, signal
from applications import follow_letters
from programs.models import Notice
follow_letters.BATCH = 20
{changed}
while follow_letters.tell_followers():
    pass
"""
# In its first batch, when the letters are written, and not yet who has them. Of the second it may see none: others are quick.
KILLED = """
def dies(rows):
    os.kill(os.getpid(), signal.SIGKILL)
Notice.objects.bulk_create = dies
"""
# The same with the letters in a transaction of their own.
COMMITTED_ALONE = "from django.db import connection\n" + KILLED.replace(
    "    os.kill", "    connection.connection.commit()\n    os.kill"
)
COUNT = "import json; from letters.models import Letter; print(json.dumps(list(Letter.objects.values_list('to', flat=True))))"


def written(server, *writers: str) -> list[str]:
    """To whom there are letters once these writers have written side by side, and one more has finished alone."""
    server.python(SETTING)
    processes = [server.start_python(WRITER.format(changed=changed)) for changed in writers]
    for process, changed in zip(processes, writers, strict=True):
        assert process.wait(timeout=120) == (-9 if "SIGKILL" in changed else 0), server.log()[-2000:]
    assert server.start_python(WRITER.format(changed="")).wait(timeout=120) == 0
    return json.loads(server.python(COUNT))


@pytest.mark.server
def test_many_writers_of_which_one_is_killed_tell_everybody_once(server):
    to = written(server, KILLED, "", "")
    assert len(to) == len(set(to)) == FOLLOWERS


@pytest.mark.server
def test_control_letters_without_their_notices_are_written_twice(server):
    to = written(server, COMMITTED_ALONE)
    assert len(set(to)) == FOLLOWERS
    assert len(to) == FOLLOWERS + 20
