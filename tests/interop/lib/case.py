# SPDX-License-Identifier: Apache-2.0
"""What a test case is given, and the list of all cases."""

import contextlib
import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import hosts
import plugins
import poll
import procfs

# A port of the loopback on which nobody listens: the gateway is away, and says so at once.
NOBODY = "ws://127.0.0.1:9"
GOOD_CONFIG = {
    "GatewayURL": NOBODY,
    "GatewayToken": "interop-token-7f3a",
    "AllowFrom": "*",
    "LogLevel": "debug",
    # Cases ask more than people do; the limits have a case of their own.
    "UserPerMinute": 0,
    "ChannelPerMinute": 0,
    "BotPerMinute": 0,
}


CRASH_WORDS = ("Sanitizer", "runtime error:", "panic:", "stack smashing", "assertion", "Assertion")


@dataclass
class Case:
    name: str
    run: Callable[["Context"], None]
    core: bool  # needs a plugin of two processes; the yardstick has only one


CASES: list[Case] = []


def case(name: str, core: bool = False) -> Callable:
    """Registers a function as a test case. core: it is about the plugin's second process."""

    def register(function: Callable[["Context"], None]) -> Callable:
        CASES.append(Case(name, function, core))
        return function

    return register


@dataclass
class Context:
    """One case on one host version: a work folder, and a plugin of its own below it."""

    version: str
    program: Path
    source: Path  # the unpacked plugin that is copied for the case
    has_core: bool
    work: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self):
        self.plugin = plugins.copy(self.source, self.work / "plugins")
        self.temp = self.work / "tmp"
        self.temp.mkdir()

    @property
    def sanitized(self) -> bool:
        return any(b"__asan_init" in file.read_bytes() for file in self.plugin.executables())

    def host(
        self, config: dict | None = None, env: dict[str, str] | None = None, trace: bool = True
    ) -> hosts.Host:
        """Starts a host; without a configuration of its own the plugin gets one that is in order."""
        folder = self.work / f"host-{next(self.numbers)}"
        folder.mkdir()
        given = {"OPENCLAW_BENCH": "1", "TMPDIR": str(self.temp)} | (env or {})
        return hosts.Host(
            self.program,
            self.plugin.plugins,
            self.plugin.id,
            folder,
            GOOD_CONFIG if config is None else config,
            given,
            trace,
        )

    def host_and_gateway(self, config: dict | None = None, trace: bool = True) -> hosts.Host:
        """A host with a look-alike of the gateway beside it, to which the plugin connects."""
        folder = self.work / f"host-{next(self.numbers)}"
        folder.mkdir()
        given = GOOD_CONFIG | {"GatewayURL": "$gateway"} | (config or {})
        return hosts.Host(
            self.program,
            self.plugin.plugins,
            self.plugin.id,
            folder,
            given,
            {"OPENCLAW_BENCH": "1", "TMPDIR": str(self.temp)},
            trace,
            GOOD_CONFIG["GatewayToken"],
        )

    def processes(self) -> list[procfs.Process]:
        return procfs.below(self.plugin.folder)

    def shim(self, host: hosts.Host) -> int:
        """The process that the host has started."""
        found = [p.pid for p in self.processes() if p.ppid == host.pid]
        assert len(found) == 1, f"one plugin process of the host is expected: {self.processes()}"
        return found[0]

    def core(self, host: hosts.Host) -> int:
        """The pid of the core, waited for: it is a child of the shim."""
        shim = self.shim(host)
        look = lambda: next(
            (p.pid for p in self.processes() if p.ppid == shim and p.state not in "ZX"), 0
        )  # noqa: E731
        return poll.until("the core's process", look)

    def serving(self, host: hosts.Host, timeout_s: float = 20.0) -> hosts.Answer:
        """Waits until the plugin answers through its last process."""

        def look() -> hosts.Answer | None:
            with contextlib.suppress(OSError):
                answer = host.http("GET", "/bench/small")
                return answer if answer.status == 200 else None
            return None

        return poll.until("the plugin serves again", look, timeout_s)

    def nothing_left(self, timeout_s: float = 5.0) -> None:
        """No process and no socket file of the plugin."""
        poll.until("all processes of the plugin are gone", lambda: not self.processes(), timeout_s)
        poll.until("no socket file is left", lambda: not procfs.sockets_in(self.temp), timeout_s)

    def crashes(self) -> list[str]:
        """What the processes said on stderr that only a crash or a sanitizer says."""
        said = []
        for log in self.work.glob("host-*/host.log"):
            text = log.read_text(errors="replace")
            said += [line[:400] for line in text.splitlines() if any(word in line for word in CRASH_WORDS)]
        return said

    def dispose(self) -> None:
        shutil.rmtree(self.work, ignore_errors=True)


def equal(what: str, seen, wanted) -> None:
    assert seen == wanted, f"{what}: {seen!r} instead of {wanted!r}"


def at_most(what: str, seen: float, limit: float) -> None:
    assert seen <= limit, f"{what}: {seen:g}, at most {limit:g} is allowed"
