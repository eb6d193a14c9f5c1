# SPDX-License-Identifier: Apache-2.0
"""A scheduled job of the gateway speaks in a direct message, a channel and a thread: its text arrives there once, with its
files; what is none (silence, a heartbeat's word) does not, nor what is meant for people or channels that the bot has no business
with."""

import os

from lib import speaks
from lib.progress import Failure


def run(world):
    places = speaks.places(world)
    with world.gateway.operator() as operator:
        for place in places.values():
            place.arrives(speaks.job(operator, place))
        silent(world, operator, places["direct"])
        files(world, operator, places["channel"])
        operator.wake(places["direct"].key, "it is time")
        places["direct"].arrives("I heard:")  # the scripted model repeats what the gateway asks of it
        outside(world, operator)
    for place in places.values():
        texts = [post["message"] for post in place.posts("echo: job")]
        if len(texts) != len(set(texts)):
            raise Failure(f"{place.key}: a message was posted twice: {texts}")
    world.must_answer(world.alice)  # and who asks is answered as ever


def said_behind(operator, place):
    """What was said in the session before is posted before this is."""
    place.arrives(speaks.job(operator, place))


def silent(world, operator, place):
    count = len(world.bot_posts(world.alice, place.channel_id))
    for word in ("NO_REPLY", "HEARTBEAT_OK"):
        operator.cron(place.key, f"raw {word}")
    said_behind(operator, place)
    if len(world.bot_posts(world.alice, place.channel_id)) != count + 1:
        raise Failure("silence was posted")


def files(world, operator, place):
    with open(os.path.join(world.gateway.state, "workspace", "spoken-note.txt"), "w") as file:
        file.write("what the agent noted")
    operator.cron(place.key, "raw a note of mine\\nMEDIA:spoken-note.txt")
    post = place.arrives("a note of mine")
    if len(post.get("file_ids") or []) != 1 or "MEDIA" in post["message"]:
        raise Failure(f"the message came without its file: {post}")


def outside(world, operator):
    """A person who was not let in, and a channel that the bot is not in."""
    world.apply(AllowFrom=world.alice.id)
    world.wait_ready(world.near, world.near.count() - 1)
    secret = world.alice.post(
        "/channels", {"team_id": world.team, "name": "no-agents", "display_name": "No agents", "type": "O"}
    )["id"]
    for place, why in (
        (speaks.Place(world, "direct", world.bob.id, world.direct(world.bob)), "that person"),
        (speaks.Place(world, "channel", secret, secret), "is not a member"),
    ):
        since, position = operator.position(), len(world.bot_posts(world.bob, world.direct(world.bob)))
        text = speaks.job(operator, place)
        speaks.ran(operator, place, text, since)
        world.plugin.wait_log(why, 60)
        if len(world.bot_posts(world.bob, world.direct(world.bob))) != position:
            raise Failure("the agent wrote to somebody who was not let in")
    wrote = [post["message"] for post in world.bot_posts(world.alice, secret)]
    if any("echo: job" in text for text in wrote):
        raise Failure(f"the agent spoke in a channel that it is not in: {wrote}")
