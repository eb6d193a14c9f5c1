# SPDX-License-Identifier: Apache-2.0
"""Our plugin on the real server, handled as an administrator does: upload, settings, enable, disable."""

import binascii
import glob
import json
import os
import signal

from . import rest, wait
from .processes import descendants, run
from .progress import Failure

ID = "openclaw"
ROOT = os.path.normpath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
ACTIVATION_SECONDS = 60
END_SECONDS = 20
CORE_SECONDS = 60  # after one that failed again and again the shim pauses


def build():
    """`make dist`; returns the tarball's path. OPENCLAW_TARBALL names a finished one instead."""
    if os.environ.get("OPENCLAW_TARBALL"):
        return os.environ["OPENCLAW_TARBALL"]
    run(["make", "--no-print-directory", "dist"], "make dist", cwd=ROOT)
    found = glob.glob(os.path.join(ROOT, "dist", "openclaw-[0-9]*.tar.gz"))
    if not found:
        raise Failure("make dist left no dist/openclaw-<version>.tar.gz")
    return max(found, key=os.path.getmtime)


class Plugin:
    def __init__(self, server, admin, tarball, settings):
        self.server, self.admin, self.tarball = server, admin, tarball
        self.settings = dict(settings)

    def install(self):
        rest.upload_plugin(self.admin, self.tarball)
        self.configure()

    def configure(self, **changes):
        """Saves the settings as the System Console does. The plugin may not have acted yet on return."""
        self.settings.update(changes)
        self.admin.put(
            "/config/patch",
            {
                "PluginSettings": {
                    "Plugins": {ID: {key.lower(): value for key, value in self.settings.items()}}
                }
            },
        )

    def status(self):
        """Name of the server's plugin state: running is 2."""
        return next(
            (one["state"] for one in self.admin.get("/plugins/statuses") if one["plugin_id"] == ID), None
        )

    def enable(self):
        self.admin.post(f"/plugins/{ID}/enable", None)
        wait.until(
            self.running, ACTIVATION_SECONDS, lambda: f"the plugin to run; its log:\n{self.log_text()}"
        )

    def running(self):
        state = self.status()
        if state in (3, 4):  # failed to start, failed to stay running
            raise Failure(
                f"the server says that the plugin failed (state {state}); its log:\n{self.log_text()}"
            )
        return state == 2 and len(self.processes()) >= 2

    def disable(self):
        """Returns when every process of the plugin has ended."""
        self.admin.post(f"/plugins/{ID}/disable", None)
        wait.until(
            lambda: not self.processes(),
            END_SECONDS,
            lambda: f"the plugin's processes to end: {self.processes()}",
        )

    def restart(self):
        if self.status() == 2:
            self.disable()
        self.enable()

    def processes(self):
        """Shim and core: the server itself has no other children."""
        return descendants(self.server.child.pid)

    def cores(self):
        return [pid for pid, command in self.processes().items() if "openclaw-core" in command]

    def kill_core(self):
        """The core alone; the shim starts another one by itself, after a pause when that happens again and again."""
        found = wait.until(self.cores, CORE_SECONDS, lambda: f"a core: {self.processes()}")
        os.kill(found[0], signal.SIGKILL)

    def kill_all(self):
        """The shim, and with it its core; whoever calls turns the plugin off and on, sooner than the server would start it again."""
        shim = next(pid for pid, command in self.processes().items() if "plugin-linux" in command)
        os.kill(shim, signal.SIGKILL)

    def stored(self, like):
        """The stored values of keys."""
        rows = self.server.database.query(
            "select encode(pvalue, 'hex') from pluginkeyvaluestore "
            f"where pluginid = '{ID}' and pkey like '{like}'"
        )
        return [binascii.unhexlify(row[0]) for row in rows]

    def stored_keys(self):
        rows = self.server.database.query(f"select pkey from pluginkeyvaluestore where pluginid = '{ID}'")
        return sorted(row[0] for row in rows)

    def log(self, since=0):
        """The plugin's own lines in the server's log, and the server's lines about it."""
        return [
            line for line in self.server.log_lines(since, ID) if line.get("msg") != "Received HTTP request"
        ]

    def log_text(self, since=0, lines=25):
        """The same for people, without what the server's plugin library says of each start."""

        def text(line):
            known = ("timestamp", "level", "msg", "caller", "plugin_id")
            more = {key: value for key, value in line.items() if key not in known}
            when, level = line.get("timestamp", "")[11:23], line.get("level", "")
            return f"    {when} {level:<5} {line.get('msg', '')} {json.dumps(more) if more else ''}"

        told = [
            line
            for line in self.log(since)
            if "hclog_adapter" not in line.get("caller", "") or line.get("level") != "debug"
        ]
        return "\n".join(text(line)[:500] for line in told[-lines:]) or "    (none)"

    def wait_log(self, text, seconds, since=0):
        """Waits for a line of the plugin that contains a text."""

        def look():
            return next(
                (line for line in self.log(since) if text in json.dumps(line, ensure_ascii=False)), None
            )

        return wait.until(
            look,
            seconds,
            lambda: f"“{text}” in the server's log; the plugin's lines:\n{self.log_text(since)}",
        )
