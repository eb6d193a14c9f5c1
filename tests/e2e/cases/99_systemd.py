# SPDX-License-Identifier: Apache-2.0
"""From outside, as a service: the release installed as docs/external.md says on a machine with a real systemd. It is ready when it serves,
answers from within its sandbox, reads its configuration anew, is started again after a crash and when it hangs, not with a configuration
that cannot be used, and stops in order."""

import glob
import os
import platform
import re
import tarfile

from lib import wait
from lib.machine import Machine, missing
from lib.plugin import ROOT
from lib.processes import run as carry_out
from lib.progress import Failure, say

SERVICE = "openclaw-mattermost"
CONFIG = f"/etc/{SERVICE}/config.yaml"
AGAIN_SECONDS = 60
UNPACKED = "root/release"
QUICK = "[Service]\nWatchdogSec=3\nRestartSec=1\nTimeoutAbortSec=2\n"  # what a person would wait a minute for


def release():
    """`make dist-external`; returns the tarball's path. OPENCLAW_EXTERNAL_TARBALL names a finished one instead."""
    if os.environ.get("OPENCLAW_EXTERNAL_TARBALL"):
        return os.environ["OPENCLAW_EXTERNAL_TARBALL"]
    carry_out(["make", "--no-print-directory", "dist-external"], "make dist-external", cwd=ROOT)
    arch = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
    found = glob.glob(os.path.join(ROOT, "dist", f"{SERVICE}-*-linux-{arch}.tar.gz"))
    return max(found, key=os.path.getmtime)


def prepare(world, machine):
    """The unpacked tarball and a config.yaml beside it; the gateway knows the device that lies in the database."""
    with tarfile.open(release()) as tarball:
        tarball.extractall(os.path.join(machine.files, UNPACKED))
    (top,) = os.listdir(os.path.join(machine.files, UNPACKED))
    machine.copy(world.plugin.config_path, f"{UNPACKED}/{top}/config.yaml")
    machine.copy(world.plugin.state_path, f"var/lib/{SERVICE}/state.db")
    machine.write(f"etc/systemd/system/{SERVICE}.service.d/quick.conf", QUICK)
    return f"/{UNPACKED}/{top}"


def install(machine, folder):
    """Does what docs/external.md says, line by line. Afterwards the program has said that it is ready."""
    with open(os.path.join(ROOT, "docs", "external.md")) as file:
        lines = re.search(r"## As a service.*?```sh\n(.*?)```", file.read(), re.S).group(1).splitlines()
    for line in lines:
        if not line.startswith("systemctl reload"):
            machine.call("sh", "-c", f"cd {folder} && {line}")


def shown(machine, name):
    return machine.call("systemctl", "show", f"--property={name}", "--value", SERVICE).strip()


def sandboxed(machine):
    status = machine.call("cat", f"/proc/{shown(machine, 'MainPID')}/status")
    for line in ("NoNewPrivs:\t1", "Seccomp:\t2", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000"):
        if line not in status:
            raise Failure(f"the program runs without “{line}”:\n{status}")


def comes_again(world, machine, how, signal):
    """The program ends; systemd starts another one, and it serves."""
    old, restarts = shown(machine, "MainPID"), int(shown(machine, "NRestarts"))
    machine.call("systemctl", "kill", f"--signal={signal}", SERVICE)
    wait.until(
        lambda: int(shown(machine, "NRestarts")) > restarts and shown(machine, "ActiveState") == "active",
        AGAIN_SECONDS,
        lambda: f"another start after {how}:\n{machine.journal()}",
    )
    if shown(machine, "MainPID") == old:
        raise Failure(f"after {how} the same process runs")
    world.must_answer(world.alice)


def set_config(machine, change):
    text = machine.call("cat", CONFIG)
    machine.call("sh", "-c", f"cat >{CONFIG} <<'END'\n{change(text)}END\n")
    return text


def journal_says(machine, text):
    wait.until(
        lambda: text in machine.call("journalctl", "--no-pager", f"--unit={SERVICE}"),
        AGAIN_SECONDS,
        lambda: f"“{text}”:\n{machine.journal()}",
    )


def reload(world, machine):
    """New settings without a new process; a broken file changes nothing and is named with its line."""
    pid = shown(machine, "MainPID")
    good = set_config(machine, lambda text: text + "chatmode: onmessage\nnonsense: 1\n")
    machine.call("systemctl", "reload", SERVICE)
    journal_says(machine, f"{CONFIG}:")
    world.must_answer(world.alice)
    set_config(machine, lambda _: good)
    machine.call("systemctl", "reload", SERVICE)
    journal_says(machine, "the configuration is read anew")
    world.must_answer(world.alice)
    if shown(machine, "MainPID") != pid:
        raise Failure("reloading made another process")


def stop(machine):
    machine.call("systemctl", "stop", SERVICE)
    if (shown(machine, "Result"), shown(machine, "ExecMainStatus")) != ("success", "0"):
        raise Failure(f"it did not end in order:\n{machine.journal()}")


def unusable(machine):
    """A configuration that cannot be used: failed at once, not tried again and again."""
    set_config(machine, lambda text: text.replace("botToken", "botTokn"))
    code, _ = machine.try_call("systemctl", "start", SERVICE)
    found = (code != 0, shown(machine, "ActiveState"), shown(machine, "ExecMainStatus"))
    if found != (True, "failed", "2"):
        raise Failure(f"with a configuration that cannot be used: {found}\n{machine.journal()}")


def serve(world, machine, folder):
    machine.boot()
    install(machine, folder)
    world.must_answer(world.alice)
    sandboxed(machine)
    reload(world, machine)
    comes_again(world, machine, "a crash", "SIGKILL")
    comes_again(world, machine, "a hang", "SIGSTOP")
    stop(machine)
    unusable(machine)


def run(world):
    reason = missing()
    if reason:
        say(f"  left out: {reason}")
        return
    world.plugin.disable()
    machine = Machine(world.workspace)
    try:
        serve(world, machine, prepare(world, machine))
    finally:
        machine.end()
        world.plugin.enable()
