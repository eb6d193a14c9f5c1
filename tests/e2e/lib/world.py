# SPDX-License-Identifier: Apache-2.0
"""Everything together: server, gateway, plugin, and the people sysadmin, alice and bob."""

from . import external, gateway, packages, plugin, rest, server, wait
from .conversation import ANSWER_SECONDS, Question
from .processes import Workspace
from .progress import Failure, step
from .proxy import Proxy
from .websocket import Events

BOT_NAME = "openclaw"
READY_SECONDS = 60
NOTICE_SECONDS = 90  # the plugin keeps a minute of quiet between two messages of one kind to an administrator


class World:
    """in_plugin: else the bot is served from outside (external.py)."""

    def __init__(self, in_plugin=True):
        self.in_plugin = in_plugin
        self.workspace = Workspace()
        self.server = self.gateway = self.plugin = self.near = self.far = None
        self.admin = self.alice = self.bob = self.team = self.channel_id = self.bot = None
        self.defaults, self.others = {}, []

    # --- building it up ---

    def build(self):
        packages.ensure()
        if self.in_plugin:
            with step("building the plugin (make dist)"):
                self.tarball = plugin.build()
        else:
            with step("building openclaw-mattermost"):
                external.build()
        self.server = server.start(self.workspace)
        self.gateway = gateway.start(self.workspace)
        self.near, self.far = Proxy(self.gateway.port, remote=False), Proxy(self.gateway.port, remote=True)
        with step("creating people, a team and a channel"):
            self._people()
        with step("uploading and enabling the plugin" if self.in_plugin else "starting the daemon"):
            self._plugin()
        with step("waiting until it is connected to the gateway"):
            self.wait_ready(self.near)
            self._invite_bot()

    def _people(self):
        self.admin = self._person("sysadmin")  # the first user of a server is its administrator
        self.alice, self.bob = self._person("alice", self.admin), self._person("bob", self.admin)
        self.team = self.admin.post("/teams", {"name": "team", "display_name": "Team", "type": "O"})["id"]
        for person in (self.alice, self.bob):
            self.admin.post(f"/teams/{self.team}/members", {"team_id": self.team, "user_id": person.id})
        self.channel_id = self.alice.post(
            "/channels", {"team_id": self.team, "name": "agents", "display_name": "Agents", "type": "O"}
        )["id"]
        self.alice.post(f"/channels/{self.channel_id}/members", {"user_id": self.bob.id})

    def _person(self, name, by=None):
        person = rest.create_user(self.server.url, name, by)
        person.events = Events(person)
        return person

    def crowd(self, count):
        """People beside alice and bob; in conversations of their own, their questions run side by side."""
        while len(self.others) < count:
            person = self._person(f"person{len(self.others)}", self.admin)
            self.admin.post(f"/teams/{self.team}/members", {"team_id": self.team, "user_id": person.id})
            self.others.append(person)
        return self.others[:count]

    def _plugin(self):
        self.defaults = {
            "GatewayURL": self.near.url,
            "GatewayToken": self.gateway.token,
            "GatewayCA": "",
            "GatewayProxy": "",
            "BotUsername": BOT_NAME,
            "BotDisplayName": "OpenClaw",
            "Agent": "",
            "AllowFrom": "*",
            "PermissionMode": "read-only",
            "LogLevel": "debug",
        }
        if self.in_plugin:
            self.plugin = plugin.Plugin(self.server, self.admin, self.tarball, self.defaults)
        else:
            self.plugin = external.External(self, self.defaults)
        self.plugin.install()
        self.plugin.enable()

    def _invite_bot(self):
        self.bot = wait.until(
            lambda: self.admin.find(f"/users/username/{BOT_NAME}"), READY_SECONDS, "the bot user"
        )
        self.admin.post(f"/teams/{self.team}/members", {"team_id": self.team, "user_id": self.bot["id"]})
        self.alice.post(f"/channels/{self.channel_id}/members", {"user_id": self.bot["id"]})
        if not self.in_plugin:  # who makes slash commands must be allowed to
            path = f"/teams/{self.team}/members/{self.bot['id']}/roles"
            self.admin.put(path, {"roles": "team_user team_admin"})
            self.plugin.wait_log("slash commands are registered", READY_SECONDS)

    def wait_ready(self, proxy, since=0, seconds=READY_SECONDS, kind="run"):
        """Waits until a connection through `proxy`, from number `since` on, was accepted and is open."""
        try:
            return proxy.wait(
                lambda one: one.open and one.ready() and one.kind() == kind,
                seconds,
                f"an accepted {kind} connection at the gateway",
                since,
            )
        except Failure as failure:
            raise Failure(f"{failure}\n    the plugin's log:\n{self.plugin.log_text()}") from None

    def wait_back(self, connections, position):
        """The server was started again: the plugin was too, with a new connection; from outside the event stream is back."""
        if self.in_plugin:
            self.wait_ready(self.near, connections)
        else:
            self.plugin.wait_log("the event stream delivers", READY_SECONDS, position)

    # --- between cases ---

    def settle(self, afresh=False):
        """Default settings, gateway up, plugin running and connected: where every case begins.

        afresh: restart the plugin in any case, because the case before has failed."""
        if not self.gateway.running():
            self.gateway.start()
        since = 0
        if afresh or self.plugin.settings != self.defaults or self.plugin.status() != 2:
            since = self.near.count()
            extra = [key for key in self.plugin.settings if key not in self.defaults]
            self.apply(**dict.fromkeys(extra, ""), **self.defaults)
            for key in extra:  # an empty setting is as good as none
                del self.plugin.settings[key]
        self.wait_ready(self.near, since)

    def apply(self, **settings):
        """New settings by a restart of the plugin: afterwards they are in force, whatever hook came when."""
        self.plugin.configure(**settings)
        self.plugin.restart()

    def grant(self, control=False, tools=False, more="", **settings):
        """Settings by which the plugin has a control connection, tools or both; waits until it is connected. more: further
        lines of Advanced."""
        since = self.near.count()
        granted = "".join(
            f"  {name}: true\n" for name, is_on in (("control", control), ("tools", tools)) if is_on
        )
        advanced = (f"gateway:\n{granted}" if granted else "") + more
        self.apply(Advanced=advanced, **settings)
        self.wait_ready(self.near, since)
        if control:
            self.wait_ready(self.near, since, kind="control")
        if tools:
            self._let_node_in(since)

    def _let_node_in(self, since):
        """A gateway that knows this server as a remote one already has a further role of it approved."""
        answered = self.near.wait(
            lambda one: one.kind() == "node" and one.answer is not None, READY_SECONDS, "a node's handshake", since
        )
        if answered.problem() == "PAIRING_REQUIRED":
            with self.gateway.operator() as operator:
                for request in operator.call("device.pair.list")["pending"]:
                    operator.call("device.pair.approve", {"requestId": request["requestId"]})
        self.wait_ready(self.near, since, kind="node")

    def close(self):
        """Ends everything; returns the processes that were left behind."""
        for person in (self.admin, self.alice, self.bob, *self.others):
            if person:
                person.events.close()
        return self.workspace.close()

    # --- commands and buttons ---

    def command(self, person, text, channel_id=None):
        """Gives a slash command as the browser does; returns what the person reads."""
        body = {"channel_id": channel_id or self.direct(person), "command": text, "team_id": self.team}
        return person.post("/commands/execute", body).get("text", "")

    def click(self, person, post, action_id):
        """Clicks a button of a post; returns what the person reads, "" for nothing."""
        path = f"/posts/{post['id']}/actions/{action_id}"
        since = person.events.position()
        person.post(path, {"selected_option": "", "cookie": ""})
        return since

    # --- talking ---

    def direct(self, person):
        return person.direct(self.bot["id"])

    def ask(self, person, after=""):
        """A question in the person's direct messages with the bot."""
        return Question(self, person, self.direct(person), after=after)

    def ask_in_channel(self, person, root_id="", mention=True):
        return Question(self, person, self.channel_id, root_id, before=f"@{BOT_NAME} " if mention else "")

    def must_answer(self, person, seconds=ANSWER_SECONDS):
        return self.ask(person).answer(seconds)

    def bot_posts(self, person, channel_id, bot=None):
        """What a bot, without one ours, has written in a channel, oldest first."""
        bot_id = (bot or self.bot)["id"]
        return [post for post in person.posts(channel_id) if post["user_id"] == bot_id]

    def notice(self, person, text, seconds=NOTICE_SECONDS, since=0):
        """Waits for a direct message of the bot to a person that contains a text; returns the post."""
        channel_id = self.direct(person)

        def said():
            posts = self.bot_posts(person, channel_id)
            return next(
                (post for post in posts if text in post["message"] and post["create_at"] >= since), None
            )

        def missing():
            posts = self.bot_posts(person, channel_id)
            wrote = [post["message"] for post in posts][-5:]
            return f"the bot's message to {person.name} with “{text}”; it wrote {wrote}"

        return wait.until(said, seconds, missing)

    def now(self):
        """The server's clock in ms, as posts carry it."""
        return self.admin.say(self.admin.direct(self.admin.id), "what time is it?")["create_at"]
