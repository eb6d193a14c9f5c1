# SPDX-License-Identifier: Apache-2.0
"""Questions of two people in several places at once are each answered once and in place."""


def run(world):
    questions = []
    for _ in range(4):
        questions.append(world.ask(world.alice))
        questions.append(world.ask(world.bob))
        questions.append(world.ask_in_channel(world.bob))
        questions.append(world.ask_in_channel(world.alice, root_id=questions[2].post["id"]))
    for question in questions:
        question.answer()
    for question in questions:
        question.answered_once()
