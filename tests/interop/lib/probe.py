# SPDX-License-Identifier: Apache-2.0
"""The probe: our plugin with a core that carries out calls of chat.h on demand (tests/interop/probe/probe.c)."""

import json
import shutil
import subprocess
from pathlib import Path

import hosts
import poll
from case import Context, equal

ROOT = Path(__file__).resolve().parents[3]


def build() -> Path:
    """The probe's executable; make does nothing when it is up to date."""
    subprocess.run(["make", "-s", "probe"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return ROOT / "build" / "gcc" / "probe-core"


def install(c: Context) -> None:
    """Lays the probe in the core's place."""
    cores = list((c.plugin.folder / "server" / "dist").glob("openclaw-core-*amd64*"))
    assert len(cores) == 1, f"one core for this machine is expected: {cores}"
    shutil.copy2(build(), cores[0])


class Probe:
    """The plugin on a host, asked over HTTP."""

    def __init__(self, c: Context, host: hosts.Host):
        self.host = host
        poll.until("the probe answers", lambda: host.http("GET", "/").body == b"probe", 20)
        self.bot = self.call("ensure_bot", username="probe")["value"]

    def call(self, name: str, /, timeout_s: float = 60.0, **arguments) -> dict:
        body = json.dumps({"call": name} | arguments).encode()
        answer = self.host.http("POST", "/call", body=body, timeout_s=timeout_s)
        equal(f"status of {name}", answer.status, 200)
        return json.loads(answer.body)

    def good(self, name: str, /, **arguments) -> dict:
        result = self.call(name, **arguments)
        equal(f"error of {name}", (result["err"], result["message"]), ("", ""))
        return result

    def events(self, kind: str) -> list[dict]:
        found = json.loads(self.host.http("GET", "/events").body)
        return [event for event in found if event["event"] == kind]


def checksum(data: bytes) -> str:
    """As the probe's: FNV-1a, 64 bits."""
    value = 14695981039346656037
    for byte in data:
        value = (value ^ byte) * 1099511628211 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"
