# SPDX-License-Identifier: Apache-2.0
"""The two that are compared: OpenClaw's own channel in its gateway, and openclaw-mattermost beside a gateway of the same kind.
Each has a Mattermost of its own, with the same people, places and ids."""

import json
import os

from fake import Mattermost
from fake.state import PIXEL
from lib import external, gateway, wait
from lib.processes import free_port
from lib.progress import tail

from . import channel

READY_SECONDS = 120
# Beside channels.mattermost, for both: conversations of different scripts must not share a session.
AROUND = {
    "session": {"dmScope": "per-account-channel-peer"},
    "agents": {"defaults": {"maxConcurrent": 16}},  # runs that wait for people must not keep others waiting
    "gateway": {"trustedProxies": []},  # a proxy at 127.0.0.1 would make the server's own calls strangers'
}
# What the agent's workspace holds.
WORKSPACE = {"notes.txt": b"The notes.\n", "table.csv": b"a,b\n1,2\n", "picture.png": PIXEL}


class Room:
    """A part of the work folder."""

    def __init__(self, workspace, name):
        self.workspace, self.name = workspace, name
        workspace.make(name)

    def path(self, *names):
        return self.workspace.path(self.name, *names)

    def make(self, *names):
        return self.workspace.make(self.name, *names)

    def start(self, command, log, **options):
        return self.workspace.start(command, os.path.join(self.name, log), **options)


class Side:
    """accounts: [(name, configuration without address and token)]"""

    name = None

    def __init__(self, workspace, packages, model):
        self.room, self.packages = Room(workspace, self.name), packages
        self.fake = Mattermost()
        self.gateway = gateway.Gateway(self.room, packages, model)
        self.gateway.configure(AROUND)
        for name, content in WORKSPACE.items():
            with open(os.path.join(self.gateway.state, "workspace", name), "wb") as file:
                file.write(content)

    def channel(self, accounts):
        """The channels.mattermost object."""
        whole = {"enabled": True, "accounts": {}}
        for name, configuration in accounts:
            whole["accounts"][name] = {
                "baseUrl": self.fake.url,
                "botToken": self.fake.state.token_of(bot_name(name)),
                "network": {"dangerouslyAllowPrivateNetwork": True},
                **configuration,
            }
        return whole

    def wait_ready(self, accounts):
        def ready():
            self.must_live()
            return all(
                self.fake.state.stream.delivers_to(self.bot(name)) and self.commands_stand(name, configuration)
                for name, configuration in accounts
            )

        wait.until(ready, READY_SECONDS, lambda: f"{self.name} to listen to Mattermost:\n{tail(self.log())}")

    def commands_stand(self, name, configuration):
        wanted = configuration.get("commands", {}).get("native") is True
        made = [one for one in list(self.fake.state.commands.values()) if one["creator_id"] == self.bot(name)]
        return not wanted or any(one["trigger"] == "oc_queue" for one in made)

    def bot(self, account):
        return next(one["id"] for one in self.fake.state.users.values() if one["username"] == bot_name(account))


def bot_name(account):
    return f"bot-{account}"


class Reference(Side):
    name = "reference"

    def start(self, accounts):
        channel.put_into(self.packages, self.gateway.state)
        entries = {"mattermost": {"enabled": True}}
        self.gateway.configure({"plugins": {"entries": entries}, "channels": {"mattermost": self.channel(accounts)}})
        self.gateway.start()
        self.wait_ready(accounts)

    def must_live(self):
        self.gateway.child.must_live()

    def log(self):
        return self.gateway.log


class Ours(Side):
    name = "ours"
    more = {}  # keys that OpenClaw's own channel does not know

    def start(self, accounts):
        self.gateway.start()
        with open(self.gateway.config) as file:
            whole = json.load(file)
        whole["channels"] = {"mattermost": self.channel(accounts)}
        whole["channels"]["mattermost"]["callbacks"] = {"listen": f"127.0.0.1:{free_port()}"}
        whole["channels"]["mattermost"].update(self.more)
        config = self.room.path("openclaw.json")
        with open(config, "w") as file:
            os.chmod(config, 0o600)
            json.dump(whole, file)
        command = [external.PROGRAM, "--config", config, "--state", self.room.path("state.db"), "--log-format", "json"]
        self.child = self.room.start(command, "external.log")
        self.wait_ready(accounts)

    def must_live(self):
        self.gateway.child.must_live()
        self.child.must_live()

    def log(self):
        return self.room.path("external.log")
