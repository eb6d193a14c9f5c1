# SPDX-License-Identifier: Apache-2.0
"""The core is killed right after a person was let in: the first message is answered all the same, once; and an approval
can be taken back."""

from lib import pairing
from lib.progress import Failure


def run(world):
    world.apply(AllowFrom="", DMPolicy="pairing")
    world.wait_ready(world.near, world.near.count() - 1)
    person = pairing.newcomer(world)
    question, code = pairing.asks(world, person)
    connections = world.near.count()
    pairing.expect(world.command(world.admin, f"/openclaw pairing approve {code}"), "may talk")
    world.plugin.kill_core()
    world.wait_ready(world.near, connections)
    question.answer()
    world.must_answer(person)
    question.answered_once()
    said = [post["message"] for post in world.bot_posts(person, question.channel_id)]
    if sum(pairing.LET_IN in text for text in said) != 1:
        raise Failure(f"the person was not told once: {said}")

    pairing.expect(world.command(world.admin, "/openclaw pairing list"), f"@{person.name}")
    pairing.expect(world.command(world.admin, f"/openclaw pairing remove @{person.name}"), "may not talk to me any more")
    late = world.ask(person)
    world.apply(AllowFrom=world.alice.id)
    world.wait_ready(world.near, world.near.count() - 1)
    world.must_answer(world.alice)
    late.unanswered()
