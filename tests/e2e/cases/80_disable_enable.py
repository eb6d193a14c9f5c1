# SPDX-License-Identifier: Apache-2.0
"""Disabling the plugin ends all its processes and leaves no file of a socket; enabled again it answers."""

import os

from lib.progress import Failure


def run(world):
    for _ in range(3):
        world.must_answer(world.alice)
        before = set(os.listdir(world.server.temp))
        world.plugin.disable()
        left = [name for name in os.listdir(world.server.temp) if name.startswith(("plugin", "openclaw"))]
        if left:
            raise Failure(f"left behind in the temp folder: {left}; while it ran: {sorted(before)}")
        connections = world.near.count()
        world.plugin.enable()
        world.wait_ready(world.near, connections)
    world.must_answer(world.alice)
