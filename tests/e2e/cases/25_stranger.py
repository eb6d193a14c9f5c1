# SPDX-License-Identifier: Apache-2.0
"""Somebody who is not in AllowFrom gets no answer, and the model sees nothing of it."""


def run(world):
    # Without the second setting what strangers write in a channel is known to the agent, as marked data.
    world.apply(AllowFrom=world.alice.id, Advanced="contextVisibility: allowlist")
    world.wait_ready(world.near, world.near.count() - 1)
    strange = [world.ask(world.bob), world.ask_in_channel(world.bob)]
    world.must_answer(world.alice)
    world.ask_in_channel(world.alice).answer()
    for question in strange:
        question.unanswered()
        assert not world.gateway.model.saw(question.nonce), "a stranger's words are in a request to the model"
