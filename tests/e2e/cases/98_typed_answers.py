# SPDX-License-Identifier: Apache-2.0
"""From outside without callbacks: a question of the agent has no buttons, says how to answer, and is answered by the next message: by number, name,
own words, commas, lines or "skip", over a restart and a killed program; what is no answer is explained; an approval says which command decides."""

import re

from lib import agent, asks
from lib.progress import Failure

TOWNS = ("Rome", "Oslo")


def begin(world, *questions, person=None, **more):
    ask = asks.Ask(world, person or world.alice, asks.tool_text("ask_user", {"questions": list(questions)}), **more)
    post = ask.post()
    if asks.buttons(post):
        raise Failure(f"the question has buttons: {list(asks.buttons(post))}")
    if "To answer, write" not in post["message"] or "“Skip”" not in post["message"]:
        raise Failure(f"the question does not say how it is answered: {post['message']!r}")
    return ask


def one(text, labels=TOWNS, **more):
    return asks.question("town", text, labels, "Town", **more)


def never_asked(world, text):
    """It reached the agent as an answer at most, not as a message of its own."""
    model = world.gateway.model
    if not model.was_asked("Which town"):
        raise Failure("what the agent was asked cannot be told")
    if model.was_asked(text):
        raise Failure(f"the agent was asked “{text}” as well")


def by_number(world):
    ask = begin(world, one("Which town, MARK?"))
    world.alice.say(ask.channel_id, "2")
    ask.ended("**Oslo** – answered by @alice")
    ask.answer("Oslo")


def by_name(world):
    ask = begin(world, one("Which town by name, MARK?"))
    world.alice.say(ask.channel_id, " rome ")
    ask.ended("**Rome** – answered by @alice")
    ask.answer("Rome")


def own_words(world):
    ask = begin(world, one("Which town of all, MARK?"))
    world.alice.say(ask.channel_id, f"Paris {ask.mark}")
    ask.ended(f"**Paris {ask.mark}** – answered by @alice")
    ask.answer(f"Paris {ask.mark}")
    never_asked(world, f"Paris {ask.mark}")


def several(world):
    """Two questions, one of them with several choices: a line each. One line alone is no answer, and the agent does not get it."""
    ask = begin(
        world,
        asks.question("toppings", "Which toppings, MARK?", ["Ham", "Corn", "Olives"], "Toppings", multiSelect=True),
        asks.question("size", "Which size?", ["S", "L"], "Size"),
    )
    since = world.alice.events.position()
    world.alice.say(ask.channel_id, f"wrong {ask.mark}")
    asks.ephemeral(world.alice, since, "I need 2 lines.")
    if asks.attachment_text(ask.find()):
        raise Failure("what was no answer ended the question")
    world.alice.say(ask.channel_id, "1, olives\nL")
    ask.ended("answered by @alice")
    ask.answer("Olives")
    never_asked(world, f"wrong {ask.mark}")


def skipped(world):
    ask = begin(world, one("Skip MARK?"))
    world.alice.say(ask.channel_id, "skip")
    ask.ended("Skipped by @alice")


def over_a_restart(world):
    ask = begin(world, one("Restart MARK?"))
    since = world.near.count()
    world.plugin.restart()
    world.wait_ready(world.near, since)
    world.alice.say(ask.channel_id, "1")
    ask.ended("**Rome** – answered by @alice")
    ask.answer("Rome")


def killed(world):
    """The answer is written while nobody is there to hear it; it is found afterwards, and answers."""
    ask = begin(world, one("Killed MARK?"))
    since = world.near.count()
    world.plugin.child.kill()
    world.alice.say(ask.channel_id, f"Lyon {ask.mark}")
    world.plugin.enable()
    world.wait_ready(world.near, since)
    ask.ended(f"**Lyon {ask.mark}** – answered by @alice")
    ask.answer(f"Lyon {ask.mark}")
    never_asked(world, f"Lyon {ask.mark}")


def killed_after(world):
    """The program dies right after the answer was taken: it does not become a message of its own."""
    ask = begin(world, one("Killed after MARK?"))
    since = world.near.count()
    world.alice.say(ask.channel_id, f"Bonn {ask.mark}")
    ask.ended(f"**Bonn {ask.mark}** – answered by @alice")
    world.plugin.kill_core()
    world.wait_ready(world.near, since)
    ask.answer(f"Bonn {ask.mark}")
    world.must_answer(world.alice)
    never_asked(world, f"Bonn {ask.mark}")


def in_a_channel(world):
    """Only who may talk to the agent, and who mentions it, answers; other messages are let be."""
    ask = begin(world, one("Channel MARK?"), channel_id=world.channel_id, before="@openclaw ")
    if "Mention @openclaw" not in ask.find()["message"]:
        raise Failure(f"the question does not say that the bot must be mentioned: {ask.find()['message']!r}")
    world.bob.say(world.channel_id, "@openclaw 1")
    world.alice.say(world.channel_id, "1")
    world.alice.say(world.channel_id, "@openclaw 2")
    ask.ended("**Oslo** – answered by @alice")
    ask.answer("Oslo")


def approval(world):
    approvers = f"execApprovals:\n  approvers: [{world.alice.id}]\n  target: dm\n"
    world.grant(control=True, more=approvers, PermissionMode="guarded")
    ask = asks.Ask(world, world.alice, agent.runs("touch MARK.txt"))
    post = ask.post()
    command = re.search(r"`(@openclaw /openclaw approve \S+)`", post["message"])
    if asks.buttons(post) or not command or "`once`, `deny`" not in post["message"]:
        raise Failure(f"the approval does not say how it is decided: {post['message']!r}")
    world.alice.say(ask.channel_id, f"{command.group(1)} deny")
    ask.ended("Denied by @alice")


PARTS = (by_number, by_name, own_words, several, skipped, over_a_restart, killed, killed_after, in_a_channel, approval)


def run(world):
    world.plugin.listens = False
    try:
        world.apply(AllowFrom=world.alice.id)
        for part in PARTS:
            part(world)
    finally:
        world.plugin.listens = True
        world.apply(AllowFrom="*", Advanced="", PermissionMode="read-only")
