# SPDX-License-Identifier: Apache-2.0
"""A remote gateway asks for pairing; the shown command approves it; the device token is stored and used."""

import re

from lib.progress import Failure

COMMAND = re.compile(r"openclaw devices approve [0-9a-f-]{36}")


def shown_command(text):
    found = COMMAND.search(text)
    if not found:
        raise Failure(f"no approving command in: {text!r}")
    return found[0]


def run(world):
    position, since, connections = world.server.log_position(), world.now(), world.far.count()
    world.plugin.configure(GatewayURL=world.far.url)
    refused = world.far.wait(
        lambda one: one.problem() == "PAIRING_REQUIRED", 60, "a connection that must be paired", connections
    )
    request_id = refused.answer["error"]["details"]["requestId"]
    command = shown_command(world.notice(world.admin, "openclaw devices approve", since=since)["message"])
    if command.split()[-1] != request_id:
        raise Failure(f"the shown command {command!r} is not for request {request_id}")
    world.plugin.wait_log(command, 10, position)

    world.gateway.command(command)
    paired = world.wait_ready(world.far)
    token = paired.device_token()
    if not token or token == world.gateway.token:
        raise Failure("the gateway gave no device token")
    world.must_answer(world.alice)

    connections = world.far.count()
    world.plugin.restart()
    again = world.wait_ready(world.far, connections)
    if again.credential() != token:
        raise Failure("after a restart the plugin did not come with the device token")
    if again.connect["device"]["id"] != paired.connect["device"]["id"]:
        raise Failure("after a restart the plugin has another device identity")
    world.must_answer(world.alice)
    log = world.server.log_text(position)
    if token in log or world.gateway.token in log:
        raise Failure("a token stands in the log")
