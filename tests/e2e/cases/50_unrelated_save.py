# SPDX-License-Identifier: Apache-2.0
"""Saving settings of the server that are not ours changes nothing: processes, connection, messages."""

from lib.progress import Failure


def run(world):
    world.must_answer(world.alice)
    processes, connections, since = world.plugin.processes(), world.near.count(), world.now()
    world.admin.put("/config/patch", {"TeamSettings": {"MaxUsersPerTeam": 77}})
    world.plugin.configure()  # our own settings, saved without a change
    world.must_answer(world.alice)
    if world.plugin.processes() != processes:
        raise Failure(f"the plugin's processes changed: {processes} → {world.plugin.processes()}")
    if world.near.count() != connections:
        raise Failure("the plugin connected to the gateway again")
    said = [
        post["message"]
        for post in world.bot_posts(world.admin, world.direct(world.admin))
        if post["create_at"] >= since
    ]
    if any("settings" in message for message in said):
        raise Failure(f"the bot wrote to the administrator about settings: {said}")
