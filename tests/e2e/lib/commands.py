# SPDX-License-Identifier: Apache-2.0
"""Commands as people give them: as slash commands, and as texts to the bot."""

import time

from .progress import Failure
from .world import BOT_NAME

SECONDS = 2.0  # within which there is an answer, whatever the gateway does
EPHEMERAL_SECONDS = 30


def slash(world, person, text, channel_id=None, root_id="", limit=None):
    """A slash command; returns what the person reads, "" when only others are told."""
    started = time.monotonic()
    body = {
        "channel_id": channel_id or world.direct(person),
        "command": text,
        "team_id": world.team,
        "root_id": root_id,
    }
    said = person.post("/commands/execute", body).get("text", "")
    taken = time.monotonic() - started
    if limit is not None and taken > limit:
        raise Failure(f"{text} was answered after {taken:.1f} s: {said!r}")
    return said


def typed(world, person, text, channel_id=None, root_id=""):
    """A text to the bot; returns what its answer says: for the person only in a channel, a post in a direct message. From outside,
    where bots may not make posts for one person, a direct message always."""
    direct = channel_id is None
    since = person.events.position()
    person.say(channel_id or world.direct(person), text if direct else f"@{BOT_NAME} {text}", root_id)

    def answers(event):
        if event["event"] == "ephemeral_message":
            return True
        posted = event["event"] == "posted" and event["post"]["user_id"] == world.bot["id"]
        here = posted and event["post"]["channel_id"] == world.direct(person)  # not what everybody in a channel was told
        return here and (direct or not world.in_plugin)

    event = person.events.wait(answers, EPHEMERAL_SECONDS, f"an answer to {text!r}", since)
    return event["post"]["message"]


def told(world, person, channel_id, part, since, root_id=""):
    """Waits until the bot tells everybody in a channel."""

    def said(event):
        return (
            event["event"] == "posted"
            and event["post"]["user_id"] == world.bot["id"]
            and event["post"]["channel_id"] == channel_id
            and part in event["post"]["message"]
        )

    post = person.events.wait(said, EPHEMERAL_SECONDS, f"the channel to be told “{part}”", since)["post"]
    if post["root_id"] != root_id:
        raise Failure(f"{part!r} stands in {post['root_id']!r}, not in {root_id!r}")
    return post


def expect(what, said, part):
    """part: what must be in it; several: one of them."""
    if not any(one in said for one in (part if isinstance(part, tuple) else (part,))):
        raise Failure(f"{what}: {said!r} lacks {part!r}")


def session_key(world, kind, some_id, root_id=""):
    return f"agent:main:mattermost:{kind}:{some_id}" + (f":thread:{root_id}" if root_id else "")


def session(world, key):
    """The session as the gateway describes it, or None."""
    with world.gateway.operator() as operator:
        return operator.call("sessions.describe", {"key": key}).get("session")
