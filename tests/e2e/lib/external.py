# SPDX-License-Identifier: Apache-2.0
"""External mode on the real server, handled as plugin.Plugin is: a bot account with a token, a configuration file, a daemon.

The cases name settings as the System Console does; here they become keys of the file (c-core/config/keys_*.c knows which)."""

import glob
import json
import os
import re
import shutil
import sqlite3

from . import wait
from .plugin import ROOT
from .processes import free_port, run
from .progress import Failure

PROGRAM = os.path.join(ROOT, "build", "gcc", "openclaw-mattermost")
START_SECONDS = 60
END_SECONDS = 20
CONFIG_CODE = 2
LISTS = ("KEY_LIST", "KEY_PEOPLE")
NUMBERS = ("KEY_INT", "KEY_INT64", "KEY_NUMBER")

# What the plugin alone can do, by case.
PLUGIN_ONLY = {
    "500_doctor": "the settings of the plugin and its processes; 501_doctor_outside looks at those of this mode",
    "510_first_five_minutes": "the tarball's upload, and a plugin without settings that says which are missing",
    "85_deploy": "the plugin's tarball: upload of another version, roll back, health check",
    "88_chat_calls": "the probe of the plugin's adapter, itself a plugin",
    "91_host_restarts_shim": "the server that starts the plugin again by itself",
}


# And what is about this mode.
EXTERNAL_ONLY = (
    "501_doctor_outside",
    "94_network_cut",
    "95_external_accounts",
    "96_callbacks",
    "97_bot_changes",
    "98_event_stream",
    "98_typed_answers",
    "99_systemd",
)


def build():
    run(["make", "--no-print-directory", "external"], "make external", cwd=ROOT)
    return PROGRAM


def console_keys():
    """{console field: (path, kind)}"""
    found = {}
    for path in glob.glob(os.path.join(ROOT, "c-core", "config", "keys_*.c")):
        with open(path) as file:
            for entry in re.split(r"\{\s*\.path = ", file.read())[1:]:
                field = re.search(r'\.console = "(\w+)"', entry)
                kind = re.search(r"\.kind = (\w+)", entry)
                if field:
                    found[field.group(1)] = (entry.split('"')[1], kind.group(1))
    return found


def value_of(kind, text):
    if kind in LISTS:
        return [word for word in re.split(r"[ \t\r\n,;]+", text) if word]
    if kind == "KEY_BOOL" and text in ("true", "false"):
        return text == "true"
    if kind in NUMBERS and re.fullmatch(r"-?\d+(\.\d+)?", text):
        return json.loads(text)
    return text  # also where the kind is another: cases make mistakes


def as_yaml(tree, more):
    """YAML's flow style is JSON: a line for each key, and the further text behind them. A group that stands there as well
    ("gateway:" with indented lines, or "gateway: {…}") gets what it does not say."""
    lines, named = [], {line.split(":")[0] for line in more.splitlines() if line[:1].isalpha()}
    for line in more.splitlines():
        key = line.split(":")[0]
        flow = re.fullmatch(r"\w+: *\{(.*)\} *", line)
        if flow and isinstance(tree.get(key), dict):
            own = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in tree[key].items() if f"{name}:" not in flow[1]]
            line = f"{key}: {{{', '.join([flow[1], *own] if flow[1].strip() else own)}}}"
        lines.append(line)
        if line.rstrip() == f"{key}:" and isinstance(tree.get(key), dict):
            said = re.search(rf"(?m)^{key}:[ ]*\n((?:[ ]+.*\n?)*)", more).group(1)
            own = {name: value for name, value in tree[key].items() if not re.search(rf"(?m)^ +{name}:", said)}
            indent = re.match(" *", said).group(0) or "  "
            lines += [f"{indent}{name}: {json.dumps(value)}" for name, value in own.items()]
    return "\n".join([f"{key}: {json.dumps(value)}" for key, value in tree.items() if key not in named] + lines + [""])


MATTERMOST = re.compile(r"(?m)^ *(mattermost:\n|mattermost: \{\n)")  # in a whole OpenClaw configuration, YAML or JSON5


def as_whole(tree, more):
    """OpenClaw's own configuration, with what it does not say itself put into channels.mattermost."""
    found = MATTERMOST.search(more)
    inner = re.match(" *", more[found.end() :]).group(0)
    said = set(re.findall(rf"(?m)^{inner}(\w+):", more))
    end = "," if "{" in found.group(0) else ""
    lines = [f"{inner}{key}: {json.dumps(value)}{end}\n" for key, value in tree.items() if key not in said]
    return more[: found.end()] + "".join(lines) + more[found.end() :]


class External:
    """One account, "default", whose bot has the name that the cases know."""

    def __init__(self, world, settings):
        self.world, self.server, self.admin = world, world.server, world.admin
        self.settings, self.child = dict(settings), None
        self.log_path = world.workspace.path("external.log")
        self.config_path = world.workspace.path("external.yaml")
        self.state_path = world.workspace.path("external.db")
        self.address = None  # another way to the server than the straight one
        self.listens = True  # for callbacks
        self.program = shutil.copy(PROGRAM, world.workspace.path("openclaw-mattermost"))
        self.token = self.token_id = None
        self.keys = console_keys()
        self.callbacks = f"127.0.0.1:{free_port()}"
        open(self.log_path, "a").close()
        # What the cases remember as a place in "the log" is a place in ours.
        self.server.log_position = lambda: os.path.getsize(self.log_path)
        self.server.log_text = self._raw_log

    def install(self):
        bot = self.admin.post("/bots", {"username": self.settings["BotUsername"], "display_name": "OpenClaw"})
        made = self.admin.post(f"/users/{bot['user_id']}/tokens", {"description": "e2e"})
        self.token, self.token_id = made["token"], made["id"]
        self.configure()

    def _document(self):
        tree = {"baseUrl": self.address or self.server.url, "botToken": self.token}
        if self.listens:
            tree["callbacks"] = {"listen": self.callbacks}
        tree["owners"] = [self.admin.id]
        for field, text in self.settings.items():
            if text == "" or field not in self.keys:
                continue
            path, kind = self.keys[field]
            at = tree
            *groups, last = path.split(".")
            for name in groups:
                at = at.setdefault(name, {})
            at[last] = value_of(kind, str(text))
        if "*" in tree.get("allowFrom", []) and "dmPolicy" not in tree:
            tree["dmPolicy"] = "open"
        return tree

    def configure(self, **changes):
        self.settings.update(changes)
        tree, more = self._document(), self._with_files(self.settings.get("Advanced", ""))
        with open(self.config_path, "w") as file:
            os.chmod(self.config_path, 0o600)
            if MATTERMOST.search(more):
                file.write(as_whole(tree, more))
            elif more.lstrip().startswith("{"):
                file.write(json.dumps({**tree, **json.loads(more)}, indent=1))
            else:
                file.write(as_yaml(tree, more))
        if self.running():
            self.child.process.send_signal(1)  # SIGHUP

    def _with_files(self, advanced):
        """What lies in the masked field Secrets there lies in a file each here."""
        for name, value in re.findall(r"(?m)^(\w+): (.+)$", self.settings.get("Secrets", "")):
            path = self.world.workspace.path(f"secret-{name}")
            with open(path, "w") as file:
                os.chmod(path, 0o600)
                file.write(value)
            reference = f"{{source: file, path: {json.dumps(path)}, id: value}}"
            advanced = advanced.replace(f"{{source: store, id: {name}}}", reference)
        return advanced

    def status(self):
        return 2 if self.running() else 0

    def running(self):
        return self.child is not None and self.child.alive()

    def _command(self):
        return [self.program, "--config", self.config_path, "--state", self.state_path, "--log-format", "json"]

    def enable(self):
        since = os.path.getsize(self.log_path)
        self.child = self.world.workspace.start(self._command(), "external.log")
        self.wait_log("the event stream delivers", START_SECONDS, since)

    def disable(self):
        child, self.child = self.child, None  # the next case starts another one, whatever came of this one
        if child is not None and child.alive():
            child.stop()
        if child is not None and child.process.returncode != 0:
            raise Failure(f"the daemon ended with {child.process.returncode}:\n{self.log_text()}")

    def restart(self):
        self.disable()
        self.enable()

    def refused_start(self):
        """It is started with a configuration that cannot be used: it says so and ends, with the exit code for that."""
        self.disable()
        child = self.world.workspace.start(self._command(), "external.log")
        code = child.process.wait(END_SECONDS)
        if code != CONFIG_CODE:
            raise Failure(f"the daemon ended with {code} instead of {CONFIG_CODE}:\n{self.log_text()}")

    def forget(self):
        """As /openclaw purge tells whoever runs it: it is stopped, and its file is removed."""
        self.disable()
        for path in glob.glob(self.state_path + "*"):
            os.remove(path)

    def processes(self):
        return {self.child.pid: "openclaw-mattermost"} if self.running() else {}

    def kill_core(self):
        """The whole program; it is started again at once, as systemd does."""
        self.child.kill()
        self.enable()

    def kill_all(self):
        """The whole program; whoever calls starts it again."""
        self.child.kill()
        self.child = None

    def cores(self):
        return list(self.processes())

    def stored(self, like):
        """The stored values of keys."""
        with sqlite3.connect(f"file:{self.state_path}?mode=ro", uri=True) as database:
            rows = database.execute("select value from kv where key like ?", [like])
            return [row[0] for row in rows]

    def stored_of(self, account, key):
        """A text that is stored for one account."""
        with sqlite3.connect(f"file:{self.state_path}?mode=ro", uri=True) as database:
            row = database.execute("select value from kv where space = ? and key = ?", [account, key]).fetchone()
        return row[0].decode()

    def stored_keys(self):
        with sqlite3.connect(f"file:{self.state_path}?mode=ro", uri=True) as database:
            return sorted(row[0] for row in database.execute("select key from kv"))

    def log(self, since=0):
        lines = []
        with open(self.log_path, "rb") as file:
            file.seek(since)
            for line in file:
                try:
                    lines.append(json.loads(line))
                except ValueError:
                    lines.append({"msg": line.decode(errors="replace").rstrip(), "level": "?"})
        return lines

    def _raw_log(self, since=0):
        with open(self.log_path, "rb") as file:
            file.seek(since)
            return file.read().decode(errors="replace")

    def log_text(self, since=0, lines=25):
        def text(line):
            more = {key: value for key, value in line.items() if key not in ("time", "level", "msg")}
            when, level = line.get("time", "")[11:23], line.get("level", "")
            return f"    {when} {level:<5} {line.get('msg', '')} {json.dumps(more) if more else ''}"

        return "\n".join(text(line)[:500] for line in self.log(since)[-lines:]) or "    (none)"

    def wait_log(self, text, seconds, since=0):
        def look():
            if self.child is not None:
                self.child.must_live()
            return next(
                (line for line in self.log(since) if text in json.dumps(line, ensure_ascii=False)), None
            )

        return wait.until(look, seconds, lambda: f"“{text}” in the daemon's log:\n{self.log_text(since)}")
