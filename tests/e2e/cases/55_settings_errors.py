# SPDX-License-Identifier: Apache-2.0
"""Wrong settings are named in the administrator's direct messages and the server's log; mended, all works."""

from lib.progress import Failure

WRONG = {
    "GatewayURL": "http://127.0.0.1:1/",
    "GatewayToken": "",
    "GatewayCA": "-----BEGIN CERTIFICATE-----\nthis is not base64!\n-----END CERTIFICATE-----\n",
}


def all_named(world, since, position):
    """All three in one message to the administrator, and each in the log."""
    told = world.notice(world.admin, "GatewayURL", since=since)["message"]
    for setting in WRONG:
        if setting not in told:
            raise Failure(f"the message to the administrator does not name {setting}: {told!r}")
        world.plugin.wait_log(setting, 10, position)


def run(world):
    # While it runs, the old good configuration stays in force.
    position, since = world.server.log_position(), world.now()
    world.plugin.configure(**WRONG)
    all_named(world, since, position)
    world.must_answer(world.alice)
    world.plugin.configure(**world.defaults)
    world.must_answer(world.alice)

    # After a restart there is none: it runs, does not answer, and says why.
    wrong = {**WRONG, "PermissionMode": "root"}
    position, since = world.server.log_position(), world.now()
    world.apply(**wrong)
    all_named(world, since, position)
    world.plugin.wait_log("PermissionMode", 10, position)
    unanswered = world.ask(world.alice)
    connections = world.near.count()
    world.plugin.configure(**world.defaults)
    world.wait_ready(world.near, connections)
    world.must_answer(world.alice)
    unanswered.unanswered()
