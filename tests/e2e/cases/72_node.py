# SPDX-License-Identifier: Apache-2.0
"""The agents' tools: without gateway.tools no node connection; with it the administrators are told what to approve, the tools are there when it is done, go when the gateway's configuration forbids them, and come back by themselves."""

import re

from lib import agent
from lib.progress import Failure

FORBID = {"gateway": {"nodes": {"commands": {"allow": ["mattermost.react"]}}}}


def run(world):
    since = world.near.count()
    world.apply(LogLevel="info")
    world.wait_ready(world.near, since)
    if any(one.kind() == "node" for one in world.near.connections[since:]):
        raise Failure("a node connection without the setting")

    with world.gateway.operator() as operator:
        told = world.now()
        world.grant(tools=True, LogLevel="debug")
        if "mattermost_send" not in operator.node_tools():  # else an earlier case has approved them
            # Not the one about the device: a gateway that knows this server as a remote one asks for that first.
            text = world.notice(world.admin, "openclaw nodes approve", since=told)["message"]
            for wanted in ("mattermost.send", "gateway.nodes.commands.allow", "approve the agents' tools"):
                if wanted not in text:
                    raise Failure(f"the notice does not name {wanted}: {text!r}")
            listed = world.gateway.command("openclaw nodes pending")
            request_id = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", listed)
            if not request_id:
                raise Failure(f"no request is shown: {listed!r}")
            world.gateway.command(f"openclaw nodes approve {request_id[0]}")
        operator.wait_node_tools(["mattermost_send", "mattermost_react"])

        position = world.alice.events.position()
        key_word = "said-by-a-tool"
        world.alice.say(world.direct(world.alice), agent.calls("mattermost_send", text=key_word))
        world.alice.events.wait(
            lambda event: event["event"] == "posted" and event["post"]["message"].startswith(key_word),
            60,
            "the post of the tool",
            position,
        )

        undo = world.gateway.configure(FORBID)
        try:
            operator.wait_node_tools(["mattermost_react"])
            world.plugin.wait_log("mattermost.send", 60)
        finally:
            world.gateway.configure(undo)
        operator.wait_node_tools(["mattermost_send"])
