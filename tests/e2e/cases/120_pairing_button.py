# SPDX-License-Identifier: Apache-2.0
"""Pairing by button: a stranger writes, an administrator clicks Approve, the first message is answered and later ones are."""

from lib import pairing, rest, wait
from lib.conversation import ANSWER_SECONDS
from lib.progress import Failure


def approve(world, person, code, since):
    note = world.notice(world.admin, f"pairing approve {code}", since=since)
    if pairing.buttons(note) != {"approve": "Approve", "deny": "Deny"}:
        raise Failure(f"the approver's message has no such buttons: {note['props']}")
    try:  # who is not asked cannot click
        world.click(person, note, "approve")
        raise Failure("the person could click the approver's button")
    except rest.RestError:
        pass
    world.click(world.admin, note, "approve")

    def closed():
        post = world.admin.get(f"/posts/{note['id']}")
        return "**Approved** by @sysadmin" in post["message"] and not pairing.buttons(post)

    wait.until(closed, ANSWER_SECONDS, "the approver's message to say who decided")


def run(world):
    world.apply(AllowFrom="", DMPolicy="pairing")
    world.wait_ready(world.near, world.near.count() - 1)
    person = pairing.newcomer(world)
    question, code = pairing.asks(world, person)
    again = world.ask(person)
    approve(world, person, code, question.post["create_at"])
    question.answer()
    world.notice(person, pairing.LET_IN)
    channel = world.ask_in_channel(person)  # a pairing counts in direct messages only
    world.must_answer(person)
    question.answered_once()
    again.unanswered()
    channel.unanswered()
    said = [post["message"] for post in world.bot_posts(person, question.channel_id)]
    if sum(pairing.ASKED in text for text in said) != 1:  # told once, not at each message
        raise Failure(f"the person was told more than once: {said}")
