# SPDX-License-Identifier: Apache-2.0
"""The core is killed while the agent is answering: it comes back by itself (from outside somebody starts the program again, as systemd
does) and the answer comes, once."""

from lib.progress import Failure


def run(world):
    question = world.ask(world.alice, after=" slow 12")  # about four seconds
    question.reached_model()
    connections = world.near.count()
    if len(world.plugin.cores()) != 1:
        raise Failure(f"one core was expected: {world.plugin.processes()}")
    world.plugin.kill_core()
    world.wait_ready(world.near, connections)

    def whole(event):
        return question.is_event_of_answer(event) and "word12" in event["post"]["message"]

    world.alice.events.wait(whole, 60, "the whole answer after the core was killed", question.since)
    world.must_answer(world.alice)
    question.answered_once()
    asked = len(world.gateway.model.requests(question.nonce))
    if asked != 1:
        raise Failure(f"the model was asked {asked} times")
    if len(world.plugin.cores()) != 1:
        raise Failure(f"one core was expected: {world.plugin.processes()}")
