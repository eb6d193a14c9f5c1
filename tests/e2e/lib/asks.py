# SPDX-License-Identifier: Apache-2.0
"""Questions (ask_user) and approvals of the agent: how the scripted model asks, and what people see and click."""

import json
import secrets

from . import wait
from .conversation import ANSWER_SECONDS
from .progress import Failure


def one_line(value):
    return json.dumps(value, separators=(",", ":"))


def tool_text(name, arguments):
    """What a person writes so that the scripted model calls a core tool with these arguments."""
    return "tool tool_call " + one_line({"id": f"openclaw:core:{name}", "args": arguments})


def question(key, text, labels=(), header="Pick", **more):
    options = [label if isinstance(label, dict) else {"label": label} for label in labels]
    return {"id": key, "header": header, "question": text, "options": options, **more}


def buttons(post):
    """label → action of all buttons and menus under a post."""
    return {
        action["name"]: action
        for attachment in post.get("props", {}).get("attachments") or []
        for action in attachment.get("actions") or []
    }


def attachment_text(post):
    return "\n".join(one.get("text") or "" for one in post.get("props", {}).get("attachments") or [])


class Ask:
    """Something that the agent waits for, as a person sees it: say() begins it, post() finds where it is asked."""

    def __init__(self, world, person, text, channel_id=None, root_id="", before=""):
        self.world, self.person = world, person
        self.channel_id = channel_id or world.direct(person)
        self.mark = secrets.token_hex(4)
        self.since = person.events.position()
        self.asked = person.say(self.channel_id, before + text.replace("MARK", self.mark), root_id)

    def find(self, reader=None, channel_id=None):
        """The bot's post that carries the mark, or None."""
        reader, channel_id = reader or self.person, channel_id or self.channel_id
        posts = self.world.bot_posts(reader, channel_id)
        found = [post for post in posts if self.mark in post["message"] and "openclaw" in post["props"]]
        asking = [post for post in found if (post["props"]["openclaw"].get("turn") or "").split(".")[0] in KINDS]
        if len(asking) > 1:
            raise Failure(f"it is asked {len(asking)} times: {[post['message'] for post in asking]}")
        return asking[0] if asking else None

    def post(self, reader=None, channel_id=None, seconds=ANSWER_SECONDS):
        def missing():
            posts = self.world.bot_posts(reader or self.person, channel_id or self.channel_id)
            return f"a post that asks about {self.mark}; the bot wrote {[p['message'] for p in posts][-4:]}"

        return wait.until(lambda: self.find(reader, channel_id), seconds, missing)

    def ended(self, text, reader=None, channel_id=None, seconds=ANSWER_SECONDS):
        """Waits until the post says how it ended and has no buttons; returns it."""

        def closed():
            post = self.find(reader, channel_id)
            return post if post and text in attachment_text(post) and not buttons(post) else None

        def missing():
            post = self.find(reader, channel_id)
            return f"the post to end with “{text}”; it has {post and post['props'].get('attachments')}"

        return wait.until(closed, seconds, missing)

    def answer(self, text, seconds=ANSWER_SECONDS):
        """Waits for the agent's answer with a text."""

        def said(event):
            post = event.get("post") or {}
            return (
                event["event"] in ("posted", "post_edited")
                and post["user_id"] == self.world.bot["id"]
                and post["channel_id"] == self.channel_id
                and text in post["message"]
            )

        def missing():
            posts = self.world.bot_posts(self.person, self.channel_id)
            return f"the agent's answer with “{text}”; the bot wrote {[p['message'] for p in posts][-4:]}"

        return self.person.events.wait(said, seconds, missing, self.since)["post"]


KINDS = ("question", "approval")


def press(person, post, label, value=""):
    """Clicks a button, or chooses value of a menu, as the client does."""
    action = buttons(post).get(label)
    if action is None:
        raise Failure(f"there is no button “{label}”: {list(buttons(post))}")
    person.post(f"/posts/{post['id']}/actions/{action['id']}", {"selected_option": value, "cookie": ""})


def ephemeral(person, since, text, seconds=ANSWER_SECONDS):
    """Waits until only this person reads a text."""

    def said(event):
        alone = event["event"] == "ephemeral_message" or (
            event["event"] == "posted" and event["data"].get("channel_type") == "D"  # from outside bots may not make the former
        )
        return alone and text in event["post"]["message"]

    return person.events.wait(said, seconds, f"an ephemeral message “{text}”", since)["post"]


def dialog(person, since, seconds=ANSWER_SECONDS):
    """Waits for a dialog on the person's screen; returns it as the client gets it."""
    event = person.events.wait(lambda one: one["event"] == "open_dialog", seconds, "a dialog to open", since)
    data = event["data"]["dialog"]
    return json.loads(data) if isinstance(data, str) else data


def submit(world, person, opened, channel_id, values, expect=(200, 201)):
    """Sends a dialog; returns the server's answer."""
    body = {
        "url": opened["url"],
        "callback_id": opened["dialog"].get("callback_id", ""),
        "state": opened["dialog"].get("state", ""),
        "user_id": person.id,
        "channel_id": channel_id,
        "team_id": world.team,
        "submission": values,
        "cancelled": False,
    }
    return person.post("/actions/dialogs/submit", body, expect=expect)
