# SPDX-License-Identifier: Apache-2.0
"""A wrong token halts after one try, the administrator is told why, and the right token mends it."""

from lib import wait
from lib.progress import Failure

QUIET_SECONDS = 5  # a back-off would try again after one or two


def run(world):
    attempts, position, since = world.near.count(), world.server.log_position(), world.now()
    wrong = "wrong-token-0123456789"
    world.plugin.configure(GatewayToken=wrong)
    tried = world.near.wait(
        lambda one: one.problem() == "AUTH_TOKEN_MISMATCH", 30, "a refused connection", attempts
    )
    if tried.credential() != wrong:
        raise Failure("the refused connection did not come with the new token")
    name = "GatewayToken" if world.in_plugin else "gateway.token"  # as who reads it has it
    world.notice(world.admin, f"setting {name}", since=since)
    world.plugin.wait_log(f"setting {name}", 10, position)
    wait.stays(
        lambda: world.near.count() == attempts + 1,
        QUIET_SECONDS,
        lambda: f"{world.near.count() - attempts} tries instead of one",
    )
    log = world.server.log_text(position)
    if wrong in log or world.gateway.token in log:
        raise Failure("a token stands in the log")
    world.plugin.configure(GatewayToken=world.defaults["GatewayToken"])
    world.wait_ready(world.near, attempts + 1)
    world.must_answer(world.alice)
