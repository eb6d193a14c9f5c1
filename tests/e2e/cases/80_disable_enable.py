# SPDX-License-Identifier: Apache-2.0
"""Disabling the plugin ends all its processes and leaves no socket; enabled again it answers."""
import glob
import os
import tempfile

from lib.progress import Failure


def sockets():
    """Names in the temp folder and abstract sockets that look like ours."""
    with open("/proc/net/unix") as file:
        named = {line.split()[-1] for line in file if "@" in line and "openclaw" in line}
    return named | set(glob.glob(os.path.join(tempfile.gettempdir(), "*openclaw*"))) | set(glob.glob("/tmp/plugin*"))


def run(world):
    world.must_answer(world.alice)
    world.plugin.disable()
    before = sockets()
    for _ in range(3):
        connections = world.near.count()
        world.plugin.enable()
        world.wait_ready(world.near, connections)
        world.must_answer(world.alice)
        world.plugin.disable()
        left = sockets() - before
        if left:
            raise Failure(f"left behind: {left}")
    connections = world.near.count()
    world.plugin.enable()
    world.wait_ready(world.near, connections)
    world.must_answer(world.alice)
