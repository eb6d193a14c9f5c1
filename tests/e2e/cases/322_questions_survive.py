# SPDX-License-Identifier: Apache-2.0
"""Open questions over a restart of the plugin, a killed core and a gateway that is gone; in a channel only people who may talk to the agent answer; of two clicks one counts."""

import threading

from lib import asks
from lib.progress import Failure


def begin(world, text, **more):
    tool = asks.tool_text("ask_user", {"questions": [asks.question("a", text, ["Yes", "No"])]})
    return asks.Ask(world, world.alice, tool, **more)


def over_a_restart(world):
    ask = begin(world, "Restart MARK?")
    post = ask.post()
    since = world.near.count()
    world.plugin.restart()
    world.wait_ready(world.near, since)
    again = ask.post()  # fails when it is asked twice
    if again["id"] != post["id"]:
        raise Failure("the question was posted anew")
    asks.press(world.alice, again, "Yes")
    ask.ended("**Yes** – answered by @alice")
    ask.answer("Yes")


def core_killed(world):
    ask = begin(world, "Killed MARK?")
    post = ask.post()
    since = world.near.count()
    world.plugin.kill_core()
    world.wait_ready(world.near, since)
    asks.press(world.alice, post, "No")
    ask.ended("**No** – answered by @alice")
    ask.answer("No")
    ask.post()  # still once


def gateway_gone(world):
    ask = begin(world, "Gone MARK?")
    ask.post()
    since = world.near.count()
    world.gateway.stop()
    world.gateway.start()
    world.wait_ready(world.near, since)
    ask.ended("not open any more")


def gone_while_away(world):
    """It ended while the plugin was off."""
    ask = begin(world, "Away MARK?")
    ask.post()
    world.plugin.disable()
    with world.gateway.operator() as operator:
        (waiting,) = [one for one in operator.questions() if ask.mark in one["questions"][0]["question"]]
        operator.answer(waiting["id"], {"a": ["Yes"]})
    since = world.near.count()
    world.plugin.enable()
    world.wait_ready(world.near, since)
    ask.ended("not open any more")


def two_clicks(world):
    ask = begin(world, "Twice MARK?")
    post, since = ask.post(), world.alice.events.position()
    problems = []

    def press(label):
        try:
            asks.press(world.alice, post, label)
        except Failure as failure:  # the buttons may be gone already
            problems.append(str(failure))

    clicks = [threading.Thread(target=press, args=(label,)) for label in ("Yes", "No")]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    ended = ask.ended("answered by @alice")
    told = [one for one in world.alice.events.events[since:] if one["event"] == "ephemeral_message"]
    if len(told) + len(problems) != 1:
        raise Failure(f"two clicks: {asks.attachment_text(ended)!r}, told {[one['post']['message'] for one in told]}, refused {problems}")


def strangers(world):
    world.apply(AllowFrom=world.alice.id)
    world.wait_ready(world.near, world.near.count() - 1)
    ask = begin(world, "Channel MARK?", channel_id=world.channel_id, before="@openclaw ")
    post, since = ask.post(), world.bob.events.position()
    asks.press(world.bob, post, "Yes")
    asks.ephemeral(world.bob, since, "Only people who may talk to me here")
    if not asks.buttons(world.alice.get(f"/posts/{post['id']}")):
        raise Failure("a stranger's click closed the question")
    asks.press(world.alice, post, "No")
    ask.ended("**No** – answered by @alice")
    ask.answer("No")


def run(world):
    for part in (two_clicks, over_a_restart, core_killed, gone_while_away, gateway_gone, strangers):
        part(world)
