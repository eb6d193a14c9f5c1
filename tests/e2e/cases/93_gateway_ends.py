# SPDX-License-Identifier: Apache-2.0
"""The gateway is stopped (SIGTERM) and crashes (SIGKILL) while the agent is answering: one answer each time.

OPENCLAW_GATEWAY_ENDS says how often each (2; a start of the gateway takes a while)."""

import os

from lib import wait
from lib.ledger import Ledger, outcomes
from lib.progress import Failure, say

LOSS_SECONDS = 180
WORK_SECONDS = 90


def ask_until_it_works(world, ledger):
    """A question that the model works on. A gateway that has just started may fail one by itself; that is said."""
    for _ in range(3):
        question = ledger.ask(world.alice, after=" slow 8")  # between two and three seconds
        asked = world.gateway.model.requests
        wait.until(
            lambda q=question: asked(q.nonce) or q.post["id"] in outcomes(world), WORK_SECONDS, "the model's work"
        )
        if asked(question.nonce):
            return question
        say(f"  (the gateway failed a question by itself: {outcomes(world)[question.post['id']]})")
    raise Failure("the gateway failed three questions in a row before the model saw them")


def run(world):
    ledger, interrupted = Ledger(world), []
    for number in range(2 * int(os.environ.get("OPENCLAW_GATEWAY_ENDS", "2"))):
        interrupted.append(ask_until_it_works(world, ledger))
        if number % 2 == 0:
            world.gateway.child.stop()
        else:
            world.gateway.child.kill()
        world.gateway.start()
        ledger.settle(LOSS_SECONDS)
    ledger.check(all_answered=False)
    known = outcomes(world)
    lost = [one.post["id"] for one in interrupted if known[one.post["id"]] != ["answered"]]
    if lost:
        raise Failure(f"interrupted and not answered: {[(one, known[one]) for one in lost]}")
