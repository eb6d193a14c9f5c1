# SPDX-License-Identifier: Apache-2.0
"""A command typed as text to the bot goes through the same table: its answer is for the person only, and the agent sees
nothing of it."""

from lib import pairing


def alone(world, person, since):
    """What the person alone is told: a post that nobody else sees; from outside, where bots may not make such, a direct one."""
    direct = world.direct(person)

    def is_it(event):
        post = event.get("post") or {}
        mine = event["event"] == "posted" and post.get("channel_id") == direct and post.get("user_id") == world.bot["id"]
        return event["event"] == "ephemeral_message" or (mine and not world.in_plugin)

    return person.events.wait(is_it, 30, "an answer for the person alone", since)


def run(world):
    world.settle()
    since = world.alice.events.position()
    world.alice.say(world.channel_id, "@openclaw /pairing list")
    told = alone(world, world.alice, since)
    pairing.expect(told["post"]["message"], "You may not use this command")
    since = world.admin.events.position()
    world.admin.post(f"/channels/{world.channel_id}/members", {"user_id": world.admin.id})
    post = world.admin.say(world.channel_id, "@openclaw /openclaw help")
    told = alone(world, world.admin, since)
    pairing.expect(told["post"]["message"], "/openclaw pairing list", "/openclaw why")
    world.must_answer(world.alice)
    assert not world.gateway.model.saw("pairing list"), "the model saw a command"
    assert not [p for p in world.bot_posts(world.alice, world.channel_id) if p["create_at"] > post["create_at"]]
