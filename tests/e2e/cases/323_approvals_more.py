# SPDX-License-Identifier: Apache-2.0
"""Approvals over a restart of the plugin, of a plugin's tool, of a run that is stopped; a click while the gateway is away is answered within two seconds."""

import os
import secrets
import threading
import time

from lib import asks, wait
from lib.progress import Failure


def command(text):
    return "tool exec " + asks.one_line({"command": text})


def made(world, mark):
    return os.path.exists(os.path.join(world.gateway.state, "workspace", f"{mark}.txt"))


def over_a_restart(world, bob):
    ask = asks.Ask(world, world.alice, command("touch MARK.txt"))
    post = ask.post(world.bob, bob)
    since = world.near.count()
    world.plugin.restart()
    world.wait_ready(world.near, since, kind="control")
    again = ask.post(world.bob, bob)
    if again["id"] != post["id"]:
        raise Failure("the approval was posted anew")
    asks.press(world.bob, again, "Allow once")
    ask.ended("Allowed once by @bob", world.bob, bob)
    wait.until(lambda: made(world, ask.mark), 60, "the command to run")
    ask.answer("The tool said")


def of_a_tool(world, bob):
    """Asked for by a client of the gateway, in alice's session."""
    mark, key = secrets.token_hex(4), f"agent:main:mattermost:direct:{world.alice.id}"
    decided = []

    def ask(operator):
        request = {
            "title": f"Send {mark}",
            "description": "To @all",
            "toolName": "mail",
            "severity": "warning",
            "sessionKey": key,
            "agentId": "main",
            "timeoutMs": 60000,
        }
        decided.append(operator.call("plugin.approval.request", request))

    with world.gateway.operator() as operator:
        waiting = threading.Thread(target=ask, args=(operator,), daemon=True)
        waiting.start()

        def asked():
            posts = world.bot_posts(world.bob, bob)
            return next((post for post in posts if mark in post["message"] and asks.buttons(post)), None)

        post = wait.until(asked, 60, "the tool's approval to be asked")
        for part in (f"```\nSend {mark}\n```", "Tool: mail", "Severity: warning"):
            if part not in post["message"]:
                raise Failure(f"the approver does not read {part!r}: {post['message']!r}")
        asks.press(world.bob, post, "Deny")
        waiting.join(60)
    if not decided or decided[0].get("decision") != "deny":
        raise Failure(f"the gateway heard {decided}")
    wait.until(
        lambda: "Denied by @bob" in asks.attachment_text(world.bob.get(f"/posts/{post['id']}")), 60, "the post to end"
    )


def stopped(world, bob):
    ask = asks.Ask(world, world.alice, command("touch MARK.txt"))
    ask.post(world.bob, bob)
    world.alice.say(ask.channel_id, "stop")

    def closed():
        post = ask.find(world.bob, bob)
        return post and not asks.buttons(post)

    wait.until(closed, 60, "the approval of a run that was stopped to be closed")
    if made(world, ask.mark):
        raise Failure("a command of a stopped run has run")


def gateway_away(world, bob):
    ask = asks.Ask(world, world.alice, command("touch MARK.txt"))
    post = ask.post(world.bob, bob)
    world.gateway.stop()
    since, began = world.bob.events.position(), time.monotonic()
    asks.press(world.bob, post, "Allow once")
    told = world.bob.events.wait(
        lambda one: one["event"] == "ephemeral_message", 10, "a word that the gateway is away", since
    )
    if time.monotonic() - began > 2:
        raise Failure("the click was answered after more than two seconds")
    if "gateway" not in told["post"]["message"]:
        raise Failure(f"the click is answered with {told['post']['message']!r}")
    since = world.near.count()
    world.gateway.start()
    world.wait_ready(world.near, since, kind="control")
    ask.ended("not open any more", world.bob, bob)  # the gateway forgets what waited
    if made(world, ask.mark):
        raise Failure("a command ran that nobody had allowed")


def run(world):
    undo = world.gateway.configure({"tools": {"exec": {"mode": "ask"}}})
    try:
        world.grant(
            control=True,
            more=f"execApprovals:\n  approvers: [{world.bob.id}]\n",
            PermissionMode="guarded",
        )
        bob = world.direct(world.bob)
        for part in (over_a_restart, of_a_tool, stopped, gateway_away):
            part(world, bob)
    finally:
        world.gateway.configure(undo)
