# SPDX-License-Identifier: Apache-2.0
"""What the browser's tests ask the world for: people who write to the bot, a gateway that wants approval, commands."""

import traceback
import uuid

import scenes
from lib import pairing, rest
from lib.progress import Failure
from lib.world import BOT_NAME


class Desk:
    def __init__(self, world):
        self.world = world
        self.person = self.question = self.code = None
        self.passwords = {}

    def answer(self, asked):
        values = {key: value for key, value in asked.items() if key != "action"}
        try:
            return {"value": getattr(self, "do_" + asked["action"])(**values)}
        except (Failure, AssertionError) as failure:
            return {"error": str(failure)}
        except Exception:
            return {"error": traceback.format_exc()}

    def _login(self, name, roles):
        """A person whose password is known: the browser logs in by itself."""
        password = uuid.uuid4().hex + "Aa1!"
        body = {"username": name, "email": f"{name}@example.com", "password": password}
        user = self.world.admin.post("/users", body)
        self.world.admin.put(f"/users/{user['id']}/roles", {"roles": roles})
        self.world.admin.post(f"/teams/{self.world.team}/members", {"team_id": self.world.team, "user_id": user["id"]})
        return {"id": user["id"], "name": name, "password": password}

    def do_facts(self):
        # The server shall take the panel's own token, and nothing in its place.
        self.world.admin.put("/config/patch", {"ServiceSettings": {"ExperimentalStrictCSRFEnforcement": True}})
        self.people = {"admin": self._login("console", "system_user system_admin"), "alice": self._login("somebody", "system_user")}
        plugin = next(one for one in self.world.admin.get("/plugins")["active"] if one["id"] == "openclaw")
        gateway = self.world.gateway.version().split()
        return {
            "people": self.people,
            "bot": BOT_NAME,
            "versions": {
                "plugin": plugin["version"],
                "gateway": next(word for word in gateway if word[:1].isdigit()),
                "server": self.world.admin.get("/config/client?format=old")["Version"],
            },
        }

    def do_scene(self, name):
        return scenes.Scenes(self.world).draw(name)

    def do_settle(self):
        self.world.settle()

    # --- pairing ---

    def do_asks(self):
        """Somebody whom the bot does not know writes to it."""
        if self.world.plugin.settings["AllowFrom"] != self.world.admin.id:
            self.world.apply(AllowFrom=self.world.admin.id, DMPolicy="pairing")
            self.world.wait_ready(self.world.near, self.world.near.count() - 1)
        self.person = pairing.newcomer(self.world)
        self.question, self.code = pairing.asks(self.world, self.person)
        return {"name": self.person.name, "code": self.code}

    def do_is_answered(self):
        self.question.answer()
        self.world.notice(self.person, pairing.LET_IN)

    def do_is_turned_down(self):
        again = self.world.ask(self.person)
        self.world.must_answer(self.world.admin)  # whatever was written before it was looked at
        self.question.unanswered()
        again.unanswered()
        listed = self.world.command(self.world.admin, "/openclaw pairing list")
        if self.code in listed:
            raise Failure(f"the request still waits: {listed!r}")

    def do_denies_by_command(self, code=None):
        self.world.command(self.world.admin, f"/openclaw pairing deny {code or self.code}")

    # --- the bot's message ---

    def do_has_test_message(self):
        person = rest.login(self.world.server.url, self.people["admin"]["name"], self.people["admin"]["password"])
        self.world.notice(person, "the test message that you asked for")

    # --- the gateway ---

    def do_far_gateway(self):
        """The gateway takes this server for another machine, and wants its approval."""
        self.world.plugin.configure(GatewayURL=self.world.far.url)

    def do_near_gateway(self):
        since = self.world.near.count()
        self.world.plugin.configure(GatewayURL=self.world.near.url)
        self.world.wait_ready(self.world.near, since)

    def do_runs_command(self, command):
        self.world.gateway.command(command)

    # --- the plugin ---

    def do_disable(self):
        self.world.plugin.disable()

    def do_enable(self):
        self.world.plugin.enable()

    def do_done(self, passed, failed):
        return [passed, failed]
