# SPDX-License-Identifier: Apache-2.0
"""A command typed as text to the bot goes through the same table: its answer is for the person only, and the agent sees
nothing of it."""

from lib import pairing


def run(world):
    world.settle()
    since = world.alice.events.position()
    world.alice.say(world.channel_id, "@openclaw /pairing list")
    told = world.alice.events.wait(
        lambda event: event["event"] == "ephemeral_message", 30, "an ephemeral answer to the command", since
    )
    pairing.expect(told["post"]["message"], "You may not use this command")
    since = world.admin.events.position()
    world.admin.post(f"/channels/{world.channel_id}/members", {"user_id": world.admin.id})
    post = world.admin.say(world.channel_id, "@openclaw /openclaw help")
    told = world.admin.events.wait(
        lambda event: event["event"] == "ephemeral_message", 30, "an ephemeral answer to the command", since
    )
    pairing.expect(told["post"]["message"], "/openclaw pairing list", "/openclaw why")
    world.must_answer(world.alice)
    assert not world.gateway.model.saw("pairing list"), "the model saw a command"
    assert not [p for p in world.bot_posts(world.alice, world.channel_id) if p["create_at"] > post["create_at"]]
