# SPDX-License-Identifier: Apache-2.0
"""What was asked while the plugin was off is answered when it is on again, once; what was answered is not repeated."""


def run(world):
    before = world.ask(world.alice)
    before.answer()
    world.plugin.disable()
    missed = [world.ask(world.alice), world.ask_in_channel(world.alice)]
    world.plugin.enable()
    for question in missed:
        question.answer()
    world.must_answer(world.alice)
    for question in (before, *missed):
        question.answered_once()
