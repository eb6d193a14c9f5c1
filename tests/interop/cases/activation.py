# SPDX-License-Identifier: Apache-2.0
"""Starting, stopping, and what is left afterwards."""

import os
import signal

import poll
import procfs
from case import GOOD_CONFIG, Context, at_most, case, equal

RUNNING = 2  # plugin.PluginStateRunning
RESTARTS = 100


@case("activation: the plugin runs, its bot stands, no hook that can hold up people's posts is asked for")
def activation(c: Context) -> None:
    with c.host() as host:
        equal("state", host.activation.get("state"), RUNNING)
        c.serving(host)
        hooks = host.run("implemented")["hooks"]
        assert {"MessageHasBeenPosted", "ServeHTTP", "OnConfigurationChange"} <= set(hooks), hooks
        if c.has_core:
            equal("hooks of the Will kind", [h for h in hooks if "Will" in h], [])
        bots = host.wait_event("the bot user is asked for", lambda e: e.get("name") == "EnsureBotUser")
        assert bots["args"][0]["username"], bots
    c.nothing_left()


@case("activation: the bot gets a picture, and nothing is called that the host does not know", core=True)
def activation_calls(c: Context) -> None:
    with c.host() as host:
        host.wait_event("a profile picture is set", lambda e: e.get("name") == "SetProfileImage")
        c.serving(host)
        unknown = sorted({e["name"] for e in host.since(0, "api") if e.get("unimplemented")})
        equal("calls that the host program lacks", unknown, [])
        errors = [e for e in host.since(0, "plugin_log") if "can't find method" in str(e)]
        equal("calls that this server version lacks", errors, [])


@case("activation: where the temp folder is missing", core=True)
def without_temp_folder(c: Context) -> None:
    with c.host(env={"TMPDIR": str(c.work / "missing")}) as host:
        equal("state", host.activation.get("state"), RUNNING)
        c.serving(host)
        host.run("health")
    c.nothing_left()


@case("activation: where the temp folder's path is too long for a socket", core=True)
def with_long_temp_folder(c: Context) -> None:
    folder = c.temp / ("long-" * 12) / ("longer-" * 10)
    folder.mkdir(parents=True)
    with c.host(env={"TMPDIR": str(folder)}) as host:
        equal("state", host.activation.get("state"), RUNNING)
        c.serving(host)
    c.nothing_left()


@case("deactivation: both processes end in order, and it can be activated again")
def deactivation(c: Context) -> None:
    with c.host() as host:
        c.serving(host)
        for _ in range(3):
            done = host.run("deactivate")
            at_most("seconds to deactivate", done["us"] / 1e6, 5)
            c.nothing_left()
            equal("state", host.run("activate").get("state"), RUNNING)
            c.serving(host)
    c.nothing_left()


@case("deactivation right after activation, while the core is still starting")
def deactivation_at_once(c: Context) -> None:
    with c.host() as host:
        for _ in range(10):
            at_most("seconds to deactivate", host.run("deactivate")["us"] / 1e6, 5)
            c.nothing_left()
            equal("state", host.run("activate").get("state"), RUNNING)
    c.nothing_left()


@case(f"{RESTARTS} restarts in a row leave no process, no socket file and no descriptor")
def restarts(c: Context) -> None:
    with c.host(trace=False) as host:
        c.serving(host)
        before = steady_files(c, host)
        for _ in range(RESTARTS):
            old = {p.pid for p in c.processes()}
            host.run("restart")
            poll.until("the old processes are gone", lambda: not old & {p.pid for p in c.processes()})
        c.serving(host)
        after = steady_files(c, host)
        for who in before:
            at_most(f"descriptors of the {who}, before {before[who]}", after[who], before[who] + 2)
        zombies = [p for p in procfs.children(host.pid) if p.state == "Z"]
        equal("zombies", zombies, [])
        at_most("socket files", len(procfs.sockets_in(c.temp)), 2)
    c.nothing_left()


def steady_files(c: Context, host) -> dict[str, int]:
    """How many descriptors host, shim and core hold once nothing is under way."""
    pids = {"host": host.pid, "shim": c.shim(host)}
    if c.has_core:
        pids["core"] = c.core(host)

    def look() -> dict[str, int]:
        first = {who: len(procfs.open_files(pid)) for who, pid in pids.items()}
        host.run("health")
        return first if first == {who: len(procfs.open_files(pid)) for who, pid in pids.items()} else {}

    return poll.until("steady descriptors", look)


@case("the host is killed: shim and core are gone", core=True)
def host_killed(c: Context) -> None:
    with c.host() as host:
        c.serving(host)
        os.kill(host.pid, signal.SIGKILL)
        c.nothing_left()


@case("the shim is killed: the core is gone, and the host's check brings both back", core=True)
def shim_killed(c: Context) -> None:
    with c.host() as host:
        c.serving(host)
        old = {p.pid for p in c.processes()}
        os.kill(c.shim(host), signal.SIGKILL)
        poll.until("the old processes are gone", lambda: not old & {p.pid for p in c.processes()})
        host.run("check")
        c.serving(host)
        equal("processes", len(c.processes()), len(old))
    c.nothing_left()


@case("a terminal's ^C does not end the plugin", core=True)
def interrupted(c: Context) -> None:
    with c.host() as host:
        c.serving(host)
        before = {p.pid for p in c.processes()}
        for pid in before:
            os.kill(pid, signal.SIGINT)
        for _ in range(20):
            host.run("health")
        c.serving(host)
        equal("processes", {p.pid for p in c.processes()}, before)
    c.nothing_left()


@case("no secret in a command line, and the server's own secrets do not reach the core", core=True)
def secrets(c: Context) -> None:
    with c.host(env={"MM_SQLSETTINGS_DATASOURCE": "postgres://mm:server-secret-55@db/mm"}) as host:
        c.serving(host)
        core = procfs.text_of(c.core(host))
        assert b"server-secret-55" not in core, "the server's environment reached the core"
        token = GOOD_CONFIG["GatewayToken"]
        for process in c.processes():
            assert token.encode() not in procfs.text_of(process.pid), f"the token stands in {process}"
        host.run("post", user="alice", message="@openclaw hello")
        shown = [e for e in host.events if e.get("ev") == "plugin_log" and token in str(e)]
        equal("log lines with the token", shown, [])
        assert token not in host.log_path.read_text(errors="replace") + host.stderr_path.read_text(
            errors="replace"
        )
