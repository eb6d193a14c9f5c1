# SPDX-License-Identifier: Apache-2.0
"""What /proc tells about processes: whose they are, what they hold open, how much memory they use."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    pid: int
    ppid: int
    state: str  # one letter as in proc(5): R, S, T (stopped), Z (zombie) …
    exe: str  # empty for a zombie


def processes() -> list[Process]:
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (process := look_at(int(entry))):
            found.append(process)
    return found


def look_at(pid: int) -> Process | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    state, ppid = text[text.rindex(")") + 1 :].split()[:2]
    try:
        exe = os.readlink(f"/proc/{pid}/exe")
    except OSError:
        exe = ""
    return Process(pid, int(ppid), state, exe)


def below(folder: Path) -> list[Process]:
    """The processes that run an executable from below a folder, in the order of their pids."""
    prefix = str(folder.resolve()) + "/"
    return sorted((p for p in processes() if p.exe.startswith(prefix)), key=lambda p: p.pid)


def children(pid: int) -> list[Process]:
    return [p for p in processes() if p.ppid == pid]


def open_files(pid: int) -> list[str]:
    """What each descriptor of a process stands for; empty when the process is gone."""
    found = []
    try:
        numbers = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return []
    for number in numbers:
        try:
            found.append(os.readlink(f"/proc/{pid}/fd/{number}"))
        except OSError:
            pass
    return sorted(found)


def rss_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def peak_kib(pid: int) -> int:
    """The most that was ever resident."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


def cpu_s(pid: int) -> float:
    """The processor time that all threads of a process have used."""
    text = Path(f"/proc/{pid}/stat").read_text()
    user, system = text[text.rindex(")") + 1 :].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def threads(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/task"))


def text_of(pid: int) -> bytes:
    """Command line and environment of a process."""
    return Path(f"/proc/{pid}/cmdline").read_bytes() + b"\0" + Path(f"/proc/{pid}/environ").read_bytes()


def sockets_in(folder: Path) -> list[Path]:
    """The socket files below a folder."""
    found = []
    for root, _, names in os.walk(folder):
        for name in names:
            path = Path(root) / name
            try:
                if stat.S_ISSOCK(path.lstat().st_mode):
                    found.append(path)
            except OSError:
                pass
    return found
