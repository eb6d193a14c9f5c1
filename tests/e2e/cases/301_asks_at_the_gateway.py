# SPDX-License-Identifier: Apache-2.0
"""A question, an approval and a job's text of the real gateway are there as the cases about them need: another client of the gateway sees them, answers them, and the agent goes on."""

import json

from lib import agent
from lib.progress import Failure


def final_in(key, text):
    def wanted(one):
        return one.get("state") == "final" and one.get("sessionKey") == key and text in json.dumps(one)

    return wanted


def run(world):
    with world.gateway.operator() as operator:
        since, position = operator.position(), world.alice.events.position()
        world.alice.say(world.direct(world.alice), agent.asks())
        question = operator.event("question.requested", since=since)
        key = question["sessionKey"]
        if question["questions"][0]["question"] != agent.COLOR["question"] or ":mattermost:direct:" not in key:
            raise Failure(f"another question than was asked: {question}")
        operator.answer(question["id"], {"color": ["Blue"]})
        operator.event("question.resolved", lambda one: one["id"] == question["id"], since=since)
        world.alice.events.wait(
            lambda event: event["event"] in ("posted", "post_edited")
            and event["post"]["user_id"] == world.bot["id"]
            and "The tool said" in event["post"]["message"]
            and "Blue" in event["post"]["message"],
            60,
            "what the agent made of the answer",
            position,
        )
        since = operator.position()
        operator.cron(key, "echo from a job")
        operator.event("chat", final_in(key, "from a job"), since=since)

        undo = world.gateway.configure(agent.ASK_FOR_APPROVAL)
        try:
            world.grant(control=True, PermissionMode="guarded")
            since = operator.position()
            world.alice.say(world.direct(world.alice), agent.runs("touch made-by-approval"))
            asked = operator.event("exec.approval.requested", since=since)
            if asked["request"]["command"] != "touch made-by-approval" or asked["request"]["sessionKey"] != key:
                raise Failure(f"another approval than was asked for: {asked}")
            operator.decide(asked["id"], "deny")
            operator.event("exec.approval.resolved", lambda one: one["id"] == asked["id"], since=since)
        finally:
            world.gateway.configure(undo)
