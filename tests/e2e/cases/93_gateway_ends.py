# SPDX-License-Identifier: Apache-2.0
"""The gateway is stopped (SIGTERM) and crashes (SIGKILL) while the agent is answering: one answer each time.

OPENCLAW_GATEWAY_ENDS says how often each (2; a start of the gateway takes a while)."""

import os

from lib.ledger import Ledger

LOSS_SECONDS = 180


def run(world):
    ledger = Ledger(world)
    for number in range(2 * int(os.environ.get("OPENCLAW_GATEWAY_ENDS", "2"))):
        question = ledger.ask(world.alice, after=" slow 8")  # between two and three seconds
        question.reached_model()
        if number % 2 == 0:
            world.gateway.child.stop()
        else:
            world.gateway.child.kill()
        world.gateway.start()
        ledger.settle(LOSS_SECONDS)
    ledger.check()
