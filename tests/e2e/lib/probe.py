# SPDX-License-Identifier: Apache-2.0
"""The probe: our plugin with a core that carries out calls of chat.h on demand (tests/interop/probe/probe.c)."""

import contextlib
import json
import os
import tarfile

from . import rest, wait
from .plugin import ROOT
from .processes import run
from .progress import Failure

CORE = "openclaw/server/dist/openclaw-core-linux-amd64"
START_SECONDS = 60


def tarball(original, path):
    """The plugin's tarball with the probe in the core's place."""
    run(["make", "--no-print-directory", "probe"], "make probe", cwd=ROOT)
    with tarfile.open(original) as old, tarfile.open(path, "w:gz") as new:
        for member in old:
            if member.name != CORE:
                new.addfile(member, old.extractfile(member) if member.isfile() else None)
                continue
            probe = os.path.join(ROOT, "build", "gcc", "probe-core")
            member.size = os.path.getsize(probe)
            with open(probe, "rb") as content:
                new.addfile(member, content)
    return path


class Probe:
    def __init__(self, world):
        self.world = world

    def request(self, method, path, body=None):
        url = self.world.server.url
        return rest.request(url, method, "/plugins/openclaw" + path, body, self.world.admin.token, seconds=330)

    def answers(self):
        return self.request("GET", "/")[2] == b"probe"

    def call(self, name, /, **arguments):
        status, _, body = self.request("POST", "/call", json.dumps({"call": name} | arguments).encode())
        if status != 200:
            raise Failure(f"{name}: HTTP {status} {body[:300]}")
        return json.loads(body)

    def good(self, name, /, **arguments):
        result = self.call(name, **arguments)
        if result["err"]:
            raise Failure(f"{name}: {result}")
        return result

    def events(self, kind):
        return [one for one in json.loads(self.request("GET", "/events")[2]) if one["event"] == kind]

    def wait_events(self, kind, count):
        """The server tells of events behind its answers."""
        seen = lambda: self.events(kind)  # noqa: E731
        return wait.until(lambda: len(seen()) >= count and seen(), 10, lambda: f"{count} × {kind}: {seen()}")


@contextlib.contextmanager
def installed(world):
    """The probe in the plugin's place; afterwards the plugin as it was."""
    rest.upload_plugin(world.admin, tarball(world.tarball, world.workspace.path("probe.tar.gz")))
    try:
        probe = Probe(world)
        world.plugin.enable()
        wait.until(probe.answers, START_SECONDS, "the probe's answer")
        yield probe
    finally:
        rest.upload_plugin(world.admin, world.tarball)
        world.plugin.enable()
