# SPDX-License-Identifier: Apache-2.0
"""What the cases about questions, approvals and agents that speak first stand on: a scripted agent asks, wants to run a command, is woken and has a job, and another client of the gateway sees it."""

import json
import time

from lib.progress import Failure

ASK = {"questions": [{"id": "color", "header": "Color", "question": "Which color?", "options": [{"label": "Red"}, {"label": "Blue"}]}]}


def run(world):
    with world.gateway.operator() as operator:
        since = operator.position()
        world.alice.say(world.direct(world.alice), "tool ask_user " + json.dumps(ASK))
        question = operator.event("question.requested", since=since)
        if question["questions"][0]["question"] != "Which color?" or ":mattermost:direct:" not in question["sessionKey"]:
            raise Failure(f"another question than was asked: {question}")
        operator.answer(question["id"], {"color": ["Blue"]})
        operator.event("question.resolved", lambda one: one["id"] == question["id"], since=since)
        position = world.alice.events.position()
        world.alice.events.wait(
            lambda event: event["event"] in ("posted", "post_edited")
            and event["post"]["user_id"] == world.bot["id"]
            and "Blue" in event["post"]["message"],
            60,
            "what the agent made of the answer",
            max(0, position - 50),
        )
        key = question["sessionKey"]
        since = operator.position()
        operator.wake(key, "echo woken up")
        operator.event("chat", lambda one: one.get("state") == "final" and one["sessionKey"] == key, since=since)
        since = operator.position()
        operator.cron(key, "echo from a job")
        operator.event(
            "chat",
            lambda one: one.get("state") == "final" and one["sessionKey"] == key and "from a job" in json.dumps(one),
            since=since,
        )

        undo = world.gateway.configure({"tools": {"exec": {"mode": "ask"}}})
        try:
            time.sleep(2)
            world.grant(control=True, PermissionMode="guarded")
            since = operator.position()
            world.alice.say(world.direct(world.alice), 'tool exec {"command":"touch made-by-approval"}')
            asked = operator.event("exec.approval.requested", since=since)
            print("   approval:", json.dumps(asked)[:400])
            operator.decide(asked["id"], "deny")
            operator.event("exec.approval.resolved", lambda one: one["id"] == asked["id"], since=since)
        finally:
            world.gateway.configure(undo)
