# SPDX-License-Identifier: Apache-2.0
"""What the agent says by itself: jobs of the gateway that speak in the plugin's sessions, and where their texts arrive."""

import secrets

from . import wait
from .progress import Failure

ARRIVES_SECONDS = 120
RUNS_SECONDS = 120


class Place:
    """A conversation: its session key, and where its posts stand."""

    def __init__(self, world, kind, peer, channel_id, root_id=""):
        self.world, self.channel_id, self.root_id = world, channel_id, root_id
        self.key = f"agent:main:mattermost:{kind}:{peer}" + (f":thread:{root_id}" if root_id else "")

    def posts(self, text):
        return [
            post
            for post in self.world.bot_posts(self.world.alice, self.channel_id)
            if text in post["message"]
        ]

    def arrives(self, text, seconds=ARRIVES_SECONDS):
        """Waits for the one post of the bot that holds the text; returns it."""
        found = wait.until(
            lambda: self.posts(text), seconds, f"the agent's own message “{text}” in {self.key}"
        )
        if found[0]["root_id"] != self.root_id:
            raise Failure(f"{self.key}: the message stands in the thread of {found[0]['root_id']!r}")
        return found[0]

    def once(self, text):
        if len(self.posts(text)) != 1:
            raise Failure(f"{self.key}: “{text}” was posted {len(self.posts(text))} times")


def places(world):
    """A direct message, a channel and a thread in it."""
    root = world.bob.say(world.channel_id, "here is something to talk about")["id"]
    return {
        "direct": Place(world, "direct", world.alice.id, world.direct(world.alice)),
        "channel": Place(world, "channel", world.channel_id, world.channel_id),
        "thread": Place(world, "channel", world.channel_id, world.channel_id, root),
    }


def job(operator, place, said=None):
    """A job whose text is returned; it runs at once."""
    said = said or f"job {secrets.token_hex(8)}"
    operator.cron(place.key, f"echo {said}")
    return f"echo: {said}"


def ran(operator, place, text, since):
    """Waits until the gateway has the job's text."""
    operator.event(
        "chat",
        lambda payload: payload.get("state") == "final"
        and payload.get("sessionKey") == place.key
        and text in str(payload.get("message")),
        RUNS_SECONDS,
        since,
    )
