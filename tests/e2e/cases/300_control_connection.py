# SPDX-License-Identifier: Apache-2.0
"""Without gateway.control the plugin has one connection without an administrator's rights; with it a second one. A wrong token is tried once for all of them."""

import time

from lib import wait
from lib.progress import Failure

OLD_ONES_SECONDS = 10  # for the connections of the process before to be gone


def kinds(proxy, since):
    return sorted(one.kind() for one in proxy.connections[since:] if one.connect)


def open_kinds(proxy, since):
    return sorted(one.kind() for one in proxy.connections[since:] if one.connect and one.open)


def run(world):
    since = world.near.count()
    world.apply(LogLevel="info")
    world.wait_ready(world.near, since)
    world.must_answer(world.alice)
    if "control" in kinds(world.near, since):
        raise Failure("an administrator's rights were asked for without the setting")

    since = world.near.count()
    world.grant(control=True)
    run_one = world.wait_ready(world.near, since)
    control = world.wait_ready(world.near, since, kind="control")
    if "operator.admin" in run_one.connect["scopes"]:
        raise Failure("users' messages go over a connection with an administrator's rights")
    if control.connect["device"]["id"] != run_one.connect["device"]["id"]:
        raise Failure("the two connections have different device identities")
    # The settings were saved before the restart, so the process before may have opened a control connection, too.
    wait.until(
        lambda: open_kinds(world.near, since) == ["control", "run"],
        OLD_ONES_SECONDS,
        lambda: f"one connection of each kind alone: {open_kinds(world.near, since)}",
    )
    world.must_answer(world.alice)

    # A wrong token: the run connection tries it, the other one does not.
    since = world.near.count()
    world.plugin.configure(GatewayToken="surely-not-the-token")
    world.near.wait(lambda one: one.problem() == "AUTH_TOKEN_MISMATCH", 60, "a refused connection", since)
    time.sleep(3)  # so long nobody tries again
    tried = [one for one in world.near.connections[since:] if one.credential() == "surely-not-the-token"]
    if len(tried) != 1:
        raise Failure(f"the wrong token was tried {len(tried)} times: {kinds(world.near, since)}")
