# SPDX-License-Identifier: Apache-2.0
"""Answers with buttons and menus, and clicks on them as the browser sends them, or as somebody who has learned their contexts."""

import json

from . import callbacks, wait
from .conversation import ANSWER_SECONDS
from .progress import Failure
from .world import BOT_NAME

ON = {"Advanced": "capabilities: [inlineButtons]\n"}
CLICK_PATH = "/api/v1/buttons/click"
BLOCKS = [
    {
        "type": "buttons",
        "buttons": [
            {"label": "Go ahead", "value": "go:1", "style": "primary"},
            {"label": "Stop", "value": "Stop", "style": "danger"},
        ],
    },
    {"type": "select", "placeholder": "Size", "options": [{"label": "Small", "value": "s"}, {"label": "Large", "value": "l"}]},
]


def offered(world, person, channel_id, root_id="", blocks=None):
    """The person asks, and the scripted model answers with choices; returns the bot's post once they stand under it."""
    answer = "Shall I?\\n\\n```presentation\\n" + json.dumps({"blocks": blocks or BLOCKS}) + "\\n```"
    asked = person.say(channel_id, f"@{BOT_NAME} raw {answer}", root_id)

    def stands():
        posts = [one for one in world.bot_posts(person, channel_id) if one["create_at"] >= asked["create_at"]]
        return next((one for one in posts if actions(one)), None)

    def missing():
        return f"an answer with choices; the bot wrote {[one['message'] for one in world.bot_posts(person, channel_id)][-3:]}"

    return wait.until(stands, ANSWER_SECONDS, missing)


def attachments(post):
    return post.get("props", {}).get("attachments") or []


def actions(post):
    """{name: action}"""
    return {one["name"]: one for part in attachments(post) for one in part.get("actions") or []}


def fresh(person, post):
    return person.get(f"/posts/{post['id']}")


def choose(person, post, name, option=""):
    """As the browser does it."""
    path = f"/posts/{post['id']}/actions/{actions(post)[name]['id']}"
    person.post(path, {"selected_option": option, "cookie": ""})


def context_of(world, post, name):
    """What only the server knows: the context of an action."""
    rows = world.server.database.query(f"select encode(convert_to(props::text, 'UTF8'), 'hex') from posts where id = '{post['id']}'")
    props = json.loads(bytes.fromhex(rows[0][0]))
    found = [one for part in props["attachments"] for one in part.get("actions", []) if one["name"] == name]
    return found[0]["integration"]["context"]


def send(world, person, body, **more):
    """A click that does not come by way of a post: (status, headers, answer)."""
    return callbacks.send(world, person, CLICK_PATH, body, **more)


def heard(world, person, channel_id, *parts):
    """The model got a message with these texts, and its answer stands in the channel."""

    def said():
        posts = world.bot_posts(person, channel_id)
        return next((one for one in posts if "I heard" in one["message"] and all(part in one["message"] for part in parts)), None)

    return wait.until(said, ANSWER_SECONDS, lambda: f"an answer to {parts}; the bot wrote {[one['message'] for one in world.bot_posts(person, channel_id)][-3:]}")


def shows_choice(person, post, label, name):
    """The post says who has chosen what, and nothing else of it has changed."""

    def done():
        now = fresh(person, post)
        return now if f"**{label}** chosen by @{name}" in json.dumps(attachments(now), ensure_ascii=False) else None

    now = wait.until(done, ANSWER_SECONDS, lambda: f"the post to show the choice; it shows {attachments(fresh(person, post))}")
    if actions(now):
        raise Failure(f"the post still has its buttons: {actions(now)}")
    if now["message"] != post["message"] or now["props"].get("openclaw") != post["props"].get("openclaw"):
        raise Failure(f"the click changed the post: {post} became {now}")
    return now
