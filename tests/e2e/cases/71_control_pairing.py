# SPDX-License-Identifier: Apache-2.0
"""At a remote gateway the control connection is approved by the shown command while messages are answered; afterwards both come with tokens of their own, and no token is refused."""

import re

from lib.progress import Failure

COMMAND = re.compile(r"openclaw devices approve [0-9a-f-]{36}")


def approve(world, text, since):
    found = COMMAND.search(world.notice(world.admin, text, since=since)["message"])
    if not found:
        raise Failure(f"no approving command under “{text}”")
    world.gateway.command(found[0])


def run(world):
    since, first = world.now(), world.far.count()
    world.apply(GatewayURL=world.far.url, LogLevel="debug")
    answered = world.far.wait(
        lambda one: one.kind() == "run" and one.answer is not None, 90, "the gateway's word on the handshake", first
    )
    if answered.problem() == "PAIRING_REQUIRED":  # else an earlier case has paired this server
        approve(world, "openclaw devices approve", since)
    world.wait_ready(world.far)

    since = world.now()
    world.apply(Advanced="gateway: {control: true}")
    world.wait_ready(world.far, seconds=90)  # perhaps the one from before: only the control connection is new
    approve(world, "control connection", since)
    world.wait_ready(world.far, kind="control", seconds=90)
    world.must_answer(world.alice)

    first = world.far.count()
    for _ in range(2):  # the first one may find that approving has changed the run connection's token
        first = world.far.count()
        world.plugin.restart()
        world.wait_ready(world.far, first)
        world.wait_ready(world.far, first, kind="control")
        world.must_answer(world.alice)
    problems = [one.problem() for one in world.far.connections[first:] if one.problem()]
    if problems:
        raise Failure(f"after a restart the gateway refused: {problems}")
    tokens = {one.kind(): one.credential() for one in world.far.connections[first:]}
    if world.gateway.token in tokens.values():
        raise Failure(f"a connection came with the shared token: {sorted(tokens)}")
