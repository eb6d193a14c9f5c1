# SPDX-License-Identifier: Apache-2.0
"""A thread in a direct message, a private channel and a group message are answered where the question stands."""

from lib.conversation import Question
from lib.world import BOT_NAME


def private_channel(world):
    channel = world.alice.post(
        "/channels", {"team_id": world.team, "name": "quiet", "display_name": "Quiet", "type": "P"}
    )
    world.alice.post(f"/channels/{channel['id']}/members", {"user_id": world.bot["id"]})
    return channel["id"]


def run(world):
    opening = world.ask(world.alice)
    opening.answer()
    Question(world, world.alice, opening.channel_id, root_id=opening.post["id"]).answer()
    group = world.alice.post("/channels/group", [world.alice.id, world.bob.id, world.bot["id"]])["id"]
    for channel_id in (private_channel(world), group):
        Question(world, world.alice, channel_id, before=f"@{BOT_NAME} ").answer()
