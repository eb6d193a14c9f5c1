# SPDX-License-Identifier: Apache-2.0
"""Processes that end with us, whatever happens, and a look at what is left behind."""

import atexit
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from .progress import Failure, tail

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
LIBC = ctypes.CDLL(None, use_errno=True)
LOOPBACK = "127.0.0.1,localhost,::1"


def environment(**more):
    """Our environment without settings of another Mattermost, and with loopback kept away from proxies."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("MM_")}
    for key in ("NO_PROXY", "no_proxy"):
        env[key] = ",".join(filter(None, [os.environ.get(key), LOOPBACK]))
    env.update(more)
    return env


def free_port(wanted=None):
    """A port of 127.0.0.1 that nobody listens on just now: the wanted one, or any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted or 0))
        except OSError as error:
            raise Failure(f"port {wanted} cannot be had: {error.strerror}") from None
        return probe.getsockname()[1]


def run(command, what, log=None, **options):
    """Runs a command to its end. On failure raises Failure with the last lines of what it printed."""
    options.setdefault("env", environment())
    result = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options,
    )
    if log:
        with open(log, "w") as file:
            file.write(result.stdout)
    if result.returncode != 0:
        lines = "\n".join("    " + line[:400] for line in result.stdout.splitlines()[-25:])
        raise Failure(f"{what} failed (exit {result.returncode}): {' '.join(map(str, command))}\n{lines}")
    return result.stdout


def retry(times, action):
    """For downloads: tries again after a Failure."""
    for attempt in range(1, times + 1):
        try:
            return action()
        except Failure:
            if attempt == times:
                raise


def command_of(pid):
    """The command line of a process, or None when it is gone or a zombie."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode(errors="replace").strip() or None
    except OSError:
        return None


def descendants(root=None):
    """{pid: command line} of all live processes below `root` (default: below us)."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    parents[int(name)] = int(file.read().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found, todo = {}, [root or os.getpid()]
    while todo:
        above = todo.pop()
        for pid, parent in parents.items():
            if parent == above and pid not in found:
                todo.append(pid)
                found[pid] = command_of(pid)
    return {pid: command for pid, command in found.items() if command}


class Child:
    """One long-running process in a session of its own; ends when we end, even by SIGKILL."""

    def __init__(self, command, log, stop_signal=signal.SIGTERM, stop_seconds=15, after=None, **options):
        options.setdefault("env", environment())
        self.name, self.log = os.path.basename(str(command[0])), log
        self.stop_signal, self.stop_seconds, self.after = stop_signal, stop_seconds, after

        def with_us():
            LIBC.prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)

        with open(log, "ab") as out:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=with_us,
                **options,
            )

    @property
    def pid(self):
        return self.process.pid

    def alive(self):
        return self.process.poll() is None

    def must_live(self):
        if not self.alive():
            raise Failure(f"{self.name} ended (exit {self.process.returncode}):\n{tail(self.log)}")

    def kill(self):
        """Ends it as a crash does."""
        self.process.kill()
        self.process.wait()
        if self.after:
            self.after()

    def stop(self):
        """Asks it to end, insists after stop_seconds."""
        if self.alive():
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(self.stop_seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            if self.after:
                self.after()


class Workspace:
    """A work folder and the processes in it. close() ends and removes everything, last started first."""

    def __init__(self):
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # orphans come to us, so none can hide
        self.folder = tempfile.mkdtemp(prefix="openclaw-test-")
        os.chmod(self.folder, 0o711)  # PostgreSQL's user must be able to pass
        self.children, self.closed = [], False
        atexit.register(self.close)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def make(self, *names):
        os.makedirs(self.path(*names), exist_ok=True)
        return self.path(*names)

    def start(self, command, log, **options):
        child = Child(command, self.path(log), **options)
        self.children.append(child)
        return child

    def end(self):
        """Ends and removes what is its own, while others' processes go on."""
        self.closed = True
        for child in reversed(self.children):
            child.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def close(self):
        """Returns the processes that were left behind by those that we stopped (they are killed)."""
        if self.closed:
            return {}
        self.closed = True
        for impatient in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(impatient, signal.SIG_IGN)  # a second ^C must not stop the clearing up
        for child in reversed(self.children):
            child.stop()
        left = self.reap()
        shutil.rmtree(self.folder, ignore_errors=True)
        return left

    @staticmethod
    def reap():
        # A process that was told to end a moment ago is not a leftover: it gets two seconds.
        deadline = time.monotonic() + 2
        left = descendants()
        while left and time.monotonic() < deadline:
            time.sleep(0.05)
            left = descendants()
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return left
