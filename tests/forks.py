"""Python run beside a server, in forks of one process that has loaded the site: each costs 20 ms, where Django's start takes
half a second.

    with contextlib.closing(Mother(environment)) as mother:
        with open("log", "ab") as log:
            fork = mother.run("from accounts.models import User; print(User.objects.count())", log, log)
        assert fork.wait(timeout=20) == 0

The mother has the environment of her server and opens nothing of it: a fork's connections, files and signals are its own.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from typing import IO, NoReturn

from tests.databases import ROOT


class Fork:
    """One code that runs; has what is used here of subprocess.Popen, and is like it."""

    def __init__(self, told: socket.socket) -> None:
        self._told = told.makefile("rb", buffering=0)
        self._socket = told
        self.returncode: int | None = None
        self.pid = int(self._told.readline())

    def poll(self) -> int | None:
        """How it ended, None while it runs."""
        if self.returncode is None and self._has_ended(0):
            self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, waited for; raises subprocess.TimeoutExpired after so many seconds."""
        if self.returncode is None:
            if not self._has_ended(timeout):
                raise subprocess.TimeoutExpired(f"fork {self.pid}", timeout)
            # Nothing is told where mother and fork were killed together.
            self.returncode = int(self._told.readline() or -signal.SIGKILL)
            self._told.close()
            self._socket.close()
        return self.returncode

    def _has_ended(self, seconds: float | None) -> bool:
        waits = select.poll()
        waits.register(self._socket, select.POLLIN)
        return bool(waits.poll(None if seconds is None else seconds * 1000))

    def send_signal(self, which: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, which)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Mother:
    """A process with this environment that has loaded the site, from which forks are made."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._asked, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.forks", str(theirs.fileno())],
                cwd=ROOT,
                env=environment,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def run(self, code: str, stdout: IO[bytes], stderr: IO[bytes]) -> Fork:
        """Run the code in a process, and a group, of its own that writes there."""
        told, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._asked, [b"+"], [theirs.fileno(), stdout.fileno(), stderr.fileno()])
        told.sendall(code.encode())
        told.shutdown(socket.SHUT_WR)
        return Fork(told)

    def close(self) -> None:
        """No more of it; what runs goes on."""
        self._asked.close()
        self.process.kill()
        self.process.wait()


def main(asked: socket.socket) -> None:
    """The mother's life: for each code a guardian, who tells the fork's number and how it ended."""
    import django

    django.setup()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for guardians
    while True:
        _message, fds, _flags, _address = socket.recv_fds(asked, 1, 3)
        if not fds:
            return
        if os.fork() == 0:
            _guard(*fds)
        for fd in fds:
            os.close(fd)


def _guard(told: int, stdout: int, stderr: int) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with socket.socket(fileno=told) as tells:
        code = b"".join(iter(lambda: tells.recv(65536), b"")).decode()
        pid = os.fork()
        if pid == 0:
            tells.close()
            _run(code, stdout, stderr)
        tells.sendall(b"%d\n" % pid)
        _pid, status = os.waitpid(pid, 0)
        tells.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _run(code: str, stdout: int, stderr: int) -> NoReturn:
    os.setsid()
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    ended = 0
    try:
        exec(code, {"__name__": "__main__"})
    except SystemExit as exit:
        ended = exit.code if isinstance(exit.code, int) else int(exit.code is not None)
    except BaseException:
        traceback.print_exc()
        ended = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ended)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
