# SPDX-License-Identifier: Apache-2.0
"""Wrong settings are named in the administrator's direct messages and the server's log, from outside in the program's with file and
line; mended, all works."""

from lib import mistakes

WRONG = {
    "GatewayURL": "http://127.0.0.1:1/",
    "GatewayToken": "",
    "GatewayCA": "-----BEGIN CERTIFICATE-----\nthis is not base64!\n-----END CERTIFICATE-----\n",
}


def all_named(world, settings, since, position):
    """All where mistakes are told, and each in the log."""
    mistakes.told(world, list(settings), since, position)
    if world.in_plugin:
        for setting in settings:
            world.plugin.wait_log(setting, 10, position)


def run(world):
    # While it runs, the old good configuration stays in force.
    position, since = world.server.log_position(), world.now()
    world.plugin.configure(**WRONG)
    all_named(world, WRONG, since, position)
    world.must_answer(world.alice)
    world.plugin.configure(**world.defaults)
    world.must_answer(world.alice)

    # After a restart there is none.
    (in_plugin if world.in_plugin else outside)(world, {**WRONG, "PermissionMode": "root"})


def in_plugin(world, wrong):
    """It runs, does not answer, and says why."""
    position, since = world.server.log_position(), world.now()
    world.apply(**wrong)
    all_named(world, WRONG, since, position)
    world.plugin.wait_log("PermissionMode", 10, position)
    unanswered = world.ask(world.alice)
    connections = world.near.count()
    world.plugin.configure(**world.defaults)
    world.wait_ready(world.near, connections)
    world.must_answer(world.alice)
    unanswered.unanswered()


def outside(world, wrong):
    """It says why and ends with the code for that; what was asked meanwhile is answered once it can start."""
    position, since = world.server.log_position(), world.now()
    world.plugin.disable()
    world.plugin.configure(**wrong)
    world.plugin.refused_start()
    all_named(world, wrong, since, position)
    late = world.ask(world.alice)
    world.apply(**world.defaults)
    late.answer()
    late.answered_once()
