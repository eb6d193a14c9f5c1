# SPDX-License-Identifier: Apache-2.0
"""The core dies, hangs or cannot start; the shim goes on, and the server notices nothing."""

import http.client
import os
import signal
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import poll
import procfs
from case import Context, at_most, case, equal

KILLS = 20
WAIT_LIMIT_S = 3.0  # what a request waits for the core, by the design
SLACK_S = 1.0  # for a busy machine
SERVING_LIMIT_S = 60.0
LOADED_S = 1.1  # how long each core carries load before it is killed: one that has served a second is restarted at once


@contextmanager
def watched(host):
    """The host's health check goes on all the while, and may not fail once."""
    host.run("health_loop", on=True, ms=5)
    yield
    checks = host.run("health_loop", on=False)
    equal(
        f"failed health checks of {checks['count']}, {checks['errors']}", checks["count"].get("failed", 0), 0
    )
    assert checks["count"].get("good", 0) > 0, checks


def carry_load(c: Context, host) -> None:
    """Lets the load go on for a while; requests of our own among it are answered."""
    until = time.monotonic() + LOADED_S
    while time.monotonic() < until:
        c.serving(host, SERVING_LIMIT_S)


def killed_and_back(c: Context, host, kill: int) -> float:
    old = c.core(host)
    shim = c.shim(host)
    started = time.monotonic()
    os.kill(old, kill)
    poll.until("another core", lambda: c.core(host) != old, SERVING_LIMIT_S)
    c.serving(host, SERVING_LIMIT_S)
    took = time.monotonic() - started
    equal("the shim is the same", c.shim(host), shim)
    return took


@case(
    f"the core is killed {KILLS} times under load: it serves again each time, no health check fails",
    core=True,
)
def killed_under_load(c: Context) -> None:
    with c.host(trace=False) as host:
        c.serving(host)
        with watched(host):
            host.run("load", on=True, ms=2, workers=2)
            times = []
            for _ in range(KILLS):
                carry_load(c, host)
                times.append(killed_and_back(c, host, signal.SIGKILL))
            load = host.run("load", on=False, timeout_s=60)
        print(f"                   serving again after {min(times):.2f} to {max(times):.2f} s", flush=True)
        odd = set(load["count"]) - {"hook", "http 200", "http 503"}
        equal("other answers than 200 and 503", odd, set())
        at_most("slowest hook, ms", load["slowest_ms"]["hook"], 2000)
        at_most("slowest request, ms", max(load["slowest_ms"].values()), (WAIT_LIMIT_S + SLACK_S) * 1000)
        assert load["count"].get("http 200", 0) > KILLS, load
    c.nothing_left()


@case("the core is killed once: it serves again within a second", core=True)
def killed_once(c: Context) -> None:
    with c.host(trace=False) as host:
        c.serving(host)
        with watched(host):
            at_most("seconds until it serves again", killed_and_back(c, host, signal.SIGKILL), 1.5)
    c.nothing_left()


@case("the core crashes with a signal of its own (SEGV, ABRT, TERM): the same", core=True)
def crashed(c: Context) -> None:
    with c.host(trace=False) as host:
        c.serving(host)
        with watched(host):
            for kill in (signal.SIGSEGV, signal.SIGABRT, signal.SIGTERM):
                killed_and_back(c, host, kill)
    c.nothing_left()


@case("the core hangs: it is killed and replaced, no health check fails", core=True)
def hangs(c: Context) -> None:
    with c.host(trace=False) as host:
        c.serving(host)
        with watched(host):
            for _ in range(2):
                killed_and_back(c, host, signal.SIGSTOP)
    c.nothing_left()


@case("the host is shut down while the core hangs: nothing is left", core=True)
def shutdown_while_hanging(c: Context) -> None:
    with c.host(trace=False) as host:
        c.serving(host)
        os.kill(c.core(host), signal.SIGSTOP)
        at_most("seconds to deactivate", host.run("deactivate")["us"] / 1e6, 12)
        c.nothing_left()


@contextmanager
def away(c: Context, host):
    """The core is dead and cannot start: its executable is not there."""
    core = c.core(host)
    executable = Path(os.readlink(f"/proc/{core}/exe"))
    hidden = executable.with_name("hidden")
    executable.rename(hidden)
    try:
        os.kill(core, signal.SIGKILL)
        shim = c.shim(host)
        poll.until(
            "the core is gone", lambda: not [p for p in c.processes() if p.ppid == shim and p.pid == core]
        )
        yield
    finally:
        hidden.rename(executable)


@case("requests while the core is away: 503 with Retry-After in time", core=True)
def requests_while_away(c: Context) -> None:
    with c.host(trace=False) as host:
        c.serving(host)
        with watched(host):
            with away(c, host):
                for method, body in (("GET", b""), ("POST", b"x" * 300000)):
                    answer = host.http(method, "/bench/echo", body=body)
                    equal("status", answer.status, 503)
                    assert int(answer.headers.get("Retry-After", "0")) >= 1, answer.headers
                    at_most("seconds", answer.elapsed_s, WAIT_LIMIT_S + SLACK_S)
            c.serving(host, SERVING_LIMIT_S)
    c.nothing_left()


@case("slash commands while the core is away: a polite answer in time", core=True)
def commands_while_away(c: Context) -> None:
    with c.host(trace=False) as host:
        c.serving(host)
        assert "ExecuteCommand" in host.run("implemented")["hooks"], "ExecuteCommand is not in use"
        with away(c, host):
            done = host.run("execute", user="alice", command="/openclaw status")
            at_most("seconds", done["us"] / 1e6, WAIT_LIMIT_S + SLACK_S)
            assert done["response"] and done["response"]["text"].strip(), done
        c.serving(host, SERVING_LIMIT_S)
    c.nothing_left()


@case("a post that comes while the core is away is held, and answered when it is back", core=True)
def post_while_away(c: Context) -> None:
    with c.host() as host:
        c.serving(host)
        channel = host.run("dm", users=["alice", "openclaw"])["channel"]["id"]
        mark = host.mark()
        with away(c, host):
            done = host.run("post", user="alice", channel=channel, message="are you there?")
            at_most("seconds that the hook took", done["us"] / 1e6, 1)
            asker = done["post"]["user_id"]
        host.wait_event(
            "an answer of the bot",
            lambda e: e["ev"] == "post"
            and e["post"]["channel_id"] == channel
            and e["post"]["user_id"] != asker,
            SERVING_LIMIT_S,
            mark,
        )
    c.nothing_left()


HELD_POSTS = 5000
SHIM_LIMIT_KIB = 96 * 1024


@case(
    f"{HELD_POSTS} long posts while the core is away: the hooks are quick, the shim's memory is bounded",
    core=True,
)
def flood_while_away(c: Context) -> None:
    with c.host(trace=False) as host:
        c.serving(host)
        channel = host.run("dm", users=["alice", "openclaw"])["channel"]["id"]
        with watched(host), away(c, host):
            started = time.monotonic()
            for number in range(HELD_POSTS):
                host.run("post", user="alice", channel=channel, message=f"{number} " + "x" * 16000)
            at_most("seconds for all", time.monotonic() - started, 60)
            shim = procfs.rss_kib(c.shim(host))
        print(f"                   the shim's memory with all posts held: {shim} KiB", flush=True)
        if not c.sanitized:  # a sanitizer keeps freed memory for a while
            at_most("resident KiB of the shim", shim, SHIM_LIMIT_KIB)
        c.serving(host, SERVING_LIMIT_S)
        host.run("health")
    c.nothing_left()


@case("the core is killed in the middle of large bodies: each request ends, nothing stays open", core=True)
def killed_in_bodies(c: Context) -> None:
    with c.host(trace=False) as host:
        c.serving(host)
        before = len(procfs.open_files(c.shim(host)))
        ends: list[str] = []

        def echo() -> None:
            try:
                answer = host.http("POST", "/bench/echo", body=os.urandom(8 << 20), duplex=True)
                ends.append(str(answer.status))
            except (OSError, http.client.HTTPException) as error:
                ends.append(type(error).__name__)

        with watched(host):
            for _ in range(3):
                workers = [threading.Thread(target=echo) for _ in range(4)]
                for worker in workers:
                    worker.start()
                busy = c.core(host)
                poll.until(
                    "bodies are under way", lambda: procfs.rss_kib(busy) > 12 * 1024 or len(ends) >= 4
                )  # noqa: B023
                os.kill(busy, signal.SIGKILL)
                for worker in workers:
                    worker.join(40)
                assert not any(
                    worker.is_alive() for worker in workers
                ), f"a request does not end; ends so far: {ends}"
                carry_load(c, host)
        assert set(ends) <= {
            "200",
            "500",
            "502",
            "503",
            "IncompleteRead",
            "ConnectionResetError",
            "BadStatusLine",
            "RemoteDisconnected",
        }, ends
        poll.until("descriptors as before", lambda: len(procfs.open_files(c.shim(host))) <= before + 2)
    c.nothing_left()


@case(
    "activation without a core that can start: the administrator is told which file, and nothing is left",
    core=True,
)
def core_missing(c: Context) -> None:
    core = next(p for p in c.plugin.executables() if "core" in p.name and p.name.endswith("amd64"))
    core.chmod(0o644)
    with c.host() as host:
        told = host.activation.get("error", "")
        assert core.name in told and "ermission" in told, f"the console shows: {told!r}"
        c.nothing_left()
        core.chmod(0o755)
        equal("state after the remedy", host.run("activate").get("state"), 2)
        c.serving(host)
    c.nothing_left()
