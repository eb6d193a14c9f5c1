# SPDX-License-Identifier: Apache-2.0
"""The agent's tools: the scripted model calls one in a person's conversation, and its answer repeats what the tool said."""

import json
import re
import secrets

from .conversation import ANSWER_SECONDS
from .progress import Failure

NAMES = [
    f"mattermost_{one}"
    for one in ("send", "react", "read", "search", "edit", "delete", "pin", "file", "directory")
]


class Call:
    """A tool call that a person provoked; said: the agent's answer, result: the tool's JSON when it did what it should."""

    def __init__(self, world, person, name, arguments, channel_id=None, root_id="", bot="openclaw"):
        self.name, self.arguments = name, arguments
        direct = channel_id is None
        channel_id = channel_id or world.direct(person)
        since = person.events.position()
        body = json.dumps({"id": name, "args": arguments}, separators=(",", ":"))
        asked = person.say(channel_id, f"{'' if direct else f'@{bot} '}tool tool_call {body}", root_id)

        def is_answer(event):
            post = event.get("post") or {}
            return (
                event["event"] == "posted"
                and post["user_id"] == world.bot["id"]
                and post["channel_id"] == channel_id
                and post["root_id"] in (root_id, asked["id"])
                and "The tool said:" in post["message"]
            )

        def missing():
            posts = world.bot_posts(person, channel_id)
            return f"the agent's answer about {name} {arguments}; it wrote {[p['message'][:300] for p in posts][-4:]}"

        person.events.wait(is_answer, ANSWER_SECONDS, missing, since)
        self.said = world.gateway.model.last_tool_result()  # the answer repeats only the beginning

    @property
    def result(self):
        """Of the tool's text the JSON object with "ok"."""
        for text in (self.said, *re.findall(r'"text": ("(?:[^"\\]|\\.)*")', self.said)):
            text = json.loads(text) if text.startswith('"') else text
            start = text.find('{"ok":true')
            if start >= 0:
                try:
                    return json.JSONDecoder().raw_decode(text[start:])[0]
                except ValueError:
                    continue
        raise Failure(f"{self.name} {self.arguments} was not done: {self.said}")

    def refused(self, code, part=""):
        if code not in self.said or part not in self.said or '"ok":true' in self.said.replace("\\", ""):
            raise Failure(f"{self.name} {self.arguments} was not refused with {code} “{part}”: {self.said}")


def offer(world, more="", **settings):
    """The tools granted, taken and approved. more: further lines of Advanced, such as switches."""
    world.grant(tools=True, more=more, StreamingMode="off", UserPerMinute="0", ChannelPerMinute="0", BotPerMinute="0", **settings)
    with world.gateway.operator() as operator:
        operator.wait_node_tools(NAMES)


def mark():
    return secrets.token_hex(4)


def first_id(text):
    return re.search(r"[a-z0-9]{26}", text).group()
