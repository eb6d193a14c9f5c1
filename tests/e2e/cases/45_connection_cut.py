# SPDX-License-Identifier: Apache-2.0
"""A connection that breaks while the agent is answering costs nothing: the answer comes, once."""

from lib.progress import Failure


def run(world):
    question = world.ask(world.alice, after=" slow 12")  # about four seconds
    question.reached_model()
    connections = world.near.count()
    world.near.cut()
    world.wait_ready(world.near, connections)

    def whole(event):
        return question.is_event_of_answer(event) and "word12" in event["post"]["message"]

    world.alice.events.wait(whole, 60, "the whole answer after the connection broke", question.since)
    world.must_answer(world.alice)
    question.answered_once()
    asked = len(world.gateway.model.requests(question.nonce))
    if asked != 1:
        raise Failure(f"the model was asked {asked} times")
