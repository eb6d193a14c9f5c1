# SPDX-License-Identifier: Apache-2.0
"""Approvals: the agent's command is shown to the approvers alone, in the thread or by direct message, allowed by one and denied by another; others are refused."""

import os

from lib import asks, wait
from lib.progress import Failure

HOSTILE = "touch MARK.txt; echo '```' ; echo @all \u202e"


def command(text):
    return "tool exec " + asks.one_line({"command": text})


def settings(world, target, *approvers):
    ids = ", ".join(person.id for person in approvers)
    world.grant(
        control=True,
        more=f"execApprovals:\n  approvers: [{ids}]\n  target: {target}\n",
        PermissionMode="guarded",
    )


def made(world, mark):
    return os.path.exists(os.path.join(world.gateway.state, "workspace", f"{mark}.txt"))


def by_message(world):
    """Alice asks, bob decides in a direct message; she reads that she has to wait."""
    ask = asks.Ask(world, world.alice, command(HOSTILE))
    bob = world.direct(world.bob)
    post = ask.post(world.bob, bob)
    if list(asks.buttons(post)) != ["Allow once", "Deny"]:
        raise Failure(f"the buttons are {list(asks.buttons(post))}")
    for part in (f"touch {ask.mark}.txt", "\n````\n", "\\u{202E}", "alice", "a direct message", "on the gateway's host"):
        if part not in post["message"]:
            raise Failure(f"the approver does not read {part!r}: {post['message']!r}")

    def noticed():
        posts = world.bot_posts(world.alice, ask.channel_id)
        return [one for one in posts if "1 person was asked" in one["message"] and one["create_at"] > ask.asked["create_at"]]

    (notice,) = wait.until(noticed, 60, "alice to read that an approval is needed")
    if asks.buttons(notice):
        raise Failure("the notice has buttons")
    said = world.command(world.alice, "/openclaw approve")
    if "execApprovals.approvers" not in said:
        raise Failure(f"alice may not decide, but reads {said!r}")
    asks.press(world.bob, post, "Allow once")
    ask.ended("Allowed once by @bob", world.bob, bob)
    wait.until(lambda: made(world, ask.mark), 60, "the command to run")
    now = world.alice.get(f"/posts/{notice['id']}")
    if "Allowed once by @bob" not in asks.attachment_text(now):
        raise Failure(f"alice does not read how it ended: {now['props']}")
    ask.answer("The tool said")


def by_command(world):
    """Denied by typing."""
    ask = asks.Ask(world, world.alice, command("touch MARK.txt"))
    bob = world.direct(world.bob)
    ask.post(world.bob, bob)
    listed = world.command(world.bob, "/openclaw approve")
    line = next((line for line in listed.splitlines() if ask.mark in line), None)
    if line is None:
        raise Failure(f"what waits is not listed: {listed!r}")
    short = line.split("`")[1]
    for typed, expected in ((f"approve {short}", "/openclaw approve <id>"), ("approve nonsense once", "Nothing that you may decide"), (f"approve {short} deny", "Denied.")):
        said = world.command(world.bob, f"/openclaw {typed}")
        if expected not in said:
            raise Failure(f"{typed!r} is answered with {said!r}")
    ask.ended("Denied by @bob", world.bob, bob)
    ask.answer("The tool said")
    if made(world, ask.mark):
        raise Failure("a denied command has run")


def in_channel(world):
    """In the thread of the question: bob, who is there, decides; alice cannot."""
    ask = asks.Ask(world, world.alice, command("touch MARK.txt"), world.channel_id, before="@openclaw ")
    post, since = ask.post(), world.alice.events.position()
    asks.press(world.alice, post, "Allow once")
    asks.ephemeral(world.alice, since, "execApprovals.approvers")
    if made(world, ask.mark):
        raise Failure("somebody else's click counted")
    asks.press(world.bob, post, "Deny")
    ask.ended("Denied by @bob")
    ask.answer("The tool said")
    if made(world, ask.mark):
        raise Failure("a denied command has run")


def elsewhere(world):
    """Decided at the gateway itself."""
    ask = asks.Ask(world, world.alice, command("touch MARK.txt"), world.channel_id, before="@openclaw ")
    ask.post()
    with world.gateway.operator() as operator:
        (waiting,) = [one for one in operator.approvals() if ask.mark in one["request"]["command"]]
        operator.decide(waiting["id"], "allow-once")
    ask.ended("Allowed once elsewhere")
    wait.until(lambda: made(world, ask.mark), 60, "the command to run")


def nobody(world):
    """No approvers: the person is told so, and nothing is allowed."""
    ask = asks.Ask(world, world.alice, command("touch MARK.txt"))

    def told():
        posts = world.bot_posts(world.alice, ask.channel_id)
        return [one for one in posts if "nobody is named" in one["message"] and one["create_at"] > ask.asked["create_at"]]

    (notice,) = wait.until(told, 60, "alice to read that nobody may approve")
    with world.gateway.operator() as operator:
        (waiting,) = [one for one in operator.approvals() if ask.mark in one["request"]["command"]]
        operator.decide(waiting["id"], "deny")
    wait.until(lambda: "Denied elsewhere" in asks.attachment_text(world.alice.get(f"/posts/{notice['id']}")), 60, "the notice to say how it ended")
    if made(world, ask.mark):
        raise Failure("a command ran that nobody had allowed")


def run(world):
    undo = world.gateway.configure({"tools": {"exec": {"mode": "ask"}}})
    try:
        settings(world, "dm", world.bob)
        by_message(world)
        by_command(world)
        settings(world, "channel", world.bob)
        in_channel(world)
        elsewhere(world)
        settings(world, "dm")
        nobody(world)
    finally:
        world.gateway.configure(undo)
