# SPDX-License-Identifier: Apache-2.0
"""Targets of mattermost_send on the real server: names of people and channels, names that stand in two teams, names that
moved on, and every kind of bare id, each delivered to the one right place or refused with a reason."""

import secrets

from lib import tools
from lib.progress import Failure
from lib.tools import Call

EVERYWHERE = "actions: {messages: true, search: true, elsewhere: write, perMinute: 0}\n"


class Town:
    """Alice's places for this case; names end in a word of their own."""

    def __init__(self, world):
        self.world, self.word = world, secrets.token_hex(4)
        self.other = f"other-{self.word}"
        new = {"name": self.other, "display_name": "Other", "type": "O"}
        self.other_id = world.admin.post("/teams", new)["id"]
        for user_id in (world.alice.id, world.bot["id"]):
            world.admin.post(f"/teams/{self.other_id}/members", {"team_id": self.other_id, "user_id": user_id})

    def channel(self, name, kind="O", team=None):
        new = {"team_id": team or self.world.team, "name": f"{name}-{self.word}", "display_name": name, "type": kind}
        made = self.world.alice.post("/channels", new)["id"]
        self.world.alice.post(f"/channels/{made}/members", {"user_id": self.world.bot["id"]})
        return made

    def delivered(self, target, channel_id):
        """Sends to the target; the message stands in that channel, once."""
        text = f"for {target} {secrets.token_hex(4)}"
        sent = Call(self.world, self.world.alice, "mattermost_send", {"target": target, "text": text}).result
        if sent["channelId"] != channel_id:
            raise Failure(f"{target} went to {sent['channelId']} instead of {channel_id}")
        posts = [post for post in self.world.bot_posts(self.world.alice, channel_id) if post["message"] == text]
        if len(posts) != 1:
            raise Failure(f"{target} is in the channel {len(posts)} times")

    def refused(self, target, code, part=""):
        Call(self.world, self.world.alice, "mattermost_send", {"target": target, "text": "lost"}).refused(code, part)


def names(town):
    word = town.word
    one, other = town.channel("plans"), town.channel("plans", team=town.other_id)
    private = town.channel("quiet", "P")
    town.delivered(f"#quiet-{word}", private)
    town.delivered(f"~QUIET-{word}", private)
    town.delivered(f"channel:quiet-{word}", private)
    town.delivered(private, private)  # a bare id of a channel
    town.delivered(f"group:{private}", private)
    town.refused(f"#plans-{word}", "AMBIGUOUS", f"team/#plans-{word}")
    town.delivered(f"team/#plans-{word}", one)
    town.delivered(f"{town.other}/#plans-{word}", other)
    town.refused(f"#none-{word}", "NOT_FOUND")
    town.refused(f"nowhere-{word}/#plans-{word}", "NOT_FOUND")
    town.refused(secrets.token_hex(13), "NOT_FOUND")  # an id of nothing


def moved(town):
    """A channel that was looked up before is renamed, and another one gets its name."""
    world, word = town.world, town.word
    first = town.channel("board")
    town.delivered(f"#board-{word}", first)
    world.alice.put(f"/channels/{first}/patch", {"name": f"old-board-{word}"})
    second = town.channel("board")
    town.delivered(f"#board-{word}", second)
    town.delivered(f"#old-board-{word}", first)


def people(town):
    world = town.world
    fresh = world.crowd(1)[0]  # has never talked to the bot: their channel is made by the message
    text = f"hello {secrets.token_hex(4)}"
    Call(world, world.alice, "mattermost_send", {"target": f"@{fresh.name.upper()}", "text": text}).result
    for target in (f"user:{fresh.id}", f"mattermost:{fresh.id}", fresh.id, f"user:@{fresh.name}"):
        Call(world, world.alice, "mattermost_send", {"target": target, "text": text}).result
    said = [post["message"] for post in world.bot_posts(fresh, world.direct(fresh))]
    if said.count(text) != 5:
        raise Failure(f"five messages were sent, there are {said}")
    town.refused("@nobody-of-that-name", "NOT_FOUND")
    town.refused(f"user:{world.bot['id']}", "NOT_ALLOWED", "itself")  # its @name would be taken out of the question


def run(world):
    tools.offer(world, more=EVERYWHERE)
    town = Town(world)
    for part in (names, moved, people):
        part(town)
