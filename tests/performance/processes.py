"""What Linux tells of processes: their time on the processor, their children, their memory."""

from pathlib import Path

TICK = 10  # milliseconds, of the times in /proc/<pid>/stat; those of schedstat are nanoseconds


def on_cpu(pid: int) -> float:
    """Milliseconds that a process has used so far, to the nanosecond."""
    total = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total += int(task.read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended just now
    return total / 1e6


def waited_for(pid: int) -> float:
    """Milliseconds that processes used which it started, and which have ended."""
    user, system = _stat(pid)[13:15]
    return (int(user) + int(system)) * TICK


def children(pid: int) -> list[int]:
    """The processes that this one started and that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int(_stat(int(entry.name))[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == pid:
                found.append(int(entry.name))
    return found


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name, which may have spaces in it: state, parent, …"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def megabytes(pid: int, what: str = "VmRSS") -> float:
    """The memory of a process: VmRSS now, VmHWM at most since it began (or since forget_peak)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1024


def forget_peak(pid: int) -> None:
    """From now on VmHWM counts anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
